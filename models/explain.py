"""Names the stretches of a text that drove each label, by leaving them out.

Occlusion (Zeiler and Fergus 2014, arXiv 1311.2901; Li, Monroe and Jurafsky 2016, arXiv
1612.08220): the weight of a stretch is how far the probability of the chosen label falls
when the stretch is removed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sedno.models.inference import Reading
from sedno.models.units import Piece, segments, share_out, span_of, units

MAX_VARIANTS = 48
"""Most variants of one text that are read to explain it."""

TOP = 5
"""Most stretches named for a label."""

MIN_WEIGHT = 0.01
"""Least weight, for or against, that is named."""

_OPENED = 3
_GROUP = 64

Read = Callable[[Sequence[str]], Sequence[Reading]]


@dataclass(frozen=True, slots=True)
class Driver:
    """A stretch that spoke for or against a label.

    Attributes:
        piece: Where it lies in the normalised text.
        weight: How far the label's probability falls without it, -1 to 1.
    """

    piece: Piece
    weight: float


@dataclass(frozen=True, slots=True)
class _Weighed:
    piece: Piece
    weights: NDArray[np.float64]  # one a task
    parts: tuple[_Weighed, ...] = ()


def find_drivers(
    texts: Sequence[str],
    readings: Sequence[Reading],
    columns: Mapping[str, slice],
    read: Read,
) -> list[dict[str, tuple[Driver, ...]]]:
    """Weighs the stretches of each text.

    Short texts are weighed word by word. Of long ones clauses are weighed first and then
    the words of the strongest, so that no text takes more than ``MAX_VARIANTS`` readings.
    The variants of many texts are read together.

    Args:
        texts: Normalised texts.
        readings: What the model made of each.
        columns: Where the labels of each task lie in a reading's scores.
        read: Reads the variants.

    Returns:
        For each text, by task: at most ``TOP`` drivers of its most probable label, the
        strongest first, those against it with a negative weight.
    """
    out: list[dict[str, tuple[Driver, ...]]] = []
    # In groups, because the variants of all texts at once might not fit into memory.
    for at in range(0, len(texts), _GROUP):
        group = range(at, min(at + _GROUP, len(texts)))
        subjects = [_Subject(texts[i], readings[i].scores, tuple(columns.values())) for i in group]
        out.extend(
            {name: _strongest(weighed, task) for task, name in enumerate(columns)}
            for weighed in _weigh_all(subjects, read)
        )
    return out


class _Subject:
    """A text to explain, with the place of each task's most probable label."""

    def __init__(self, text: str, scores: NDArray[np.float64], columns: Sequence[slice]) -> None:
        self.text = text
        self.chosen = np.array([c.start + int(scores[c].argmax()) for c in columns])
        self.base = scores[self.chosen]


def _weigh_all(subjects: Sequence[_Subject], read: Read) -> list[list[_Weighed]]:
    pieces = [units(subject.text) for subject in subjects]
    runs = [
        segments(subject.text, found) if len(found) > MAX_VARIANTS else [[p] for p in found]
        for subject, found in zip(subjects, pieces, strict=True)
    ]
    outer = _weigh(subjects, [[span_of(run) for run in by_text] for by_text in runs], read)
    opened = [_to_open(by_text, weighed) for by_text, weighed in zip(runs, outer, strict=True)]
    inner = _weigh(
        subjects, [[part for parts in by_run.values() for part in parts] for by_run in opened], read
    )
    return [
        _nest(weighed, by_run, parts)
        for weighed, by_run, parts in zip(outer, opened, inner, strict=True)
    ]


def _to_open(runs: Sequence[list[Piece]], weighed: Sequence[_Weighed]) -> dict[int, list[Piece]]:
    """Which runs to look into, and the stretches to weigh in each."""
    long = [at for at, run in enumerate(runs) if len(run) > 1]
    strongest = sorted(long, key=lambda at: -float(np.abs(weighed[at].weights).max()))[:_OPENED]
    if not strongest:
        return {}
    most = (MAX_VARIANTS - len(runs)) // len(strongest)
    return {at: share_out(runs[at], most) for at in strongest}


def _nest(
    weighed: Sequence[_Weighed], opened: Mapping[int, list[Piece]], parts: Sequence[_Weighed]
) -> list[_Weighed]:
    out = list(weighed)
    taken = 0
    for at, pieces in opened.items():
        own = tuple(parts[taken : taken + len(pieces)])
        taken += len(pieces)
        out[at] = _Weighed(weighed[at].piece, weighed[at].weights, own)
    return out


def _weigh(
    subjects: Sequence[_Subject], pieces: Sequence[Sequence[Piece]], read: Read
) -> list[list[_Weighed]]:
    variants = [
        [piece.cut_from(subject.text) for piece in own]
        for subject, own in zip(subjects, pieces, strict=True)
    ]
    distinct = list(dict.fromkeys(variant for own in variants for variant in own))
    found = dict(zip(distinct, read(distinct), strict=True))
    return [
        [
            _Weighed(piece, subject.base - found[variant].scores[subject.chosen])
            for piece, variant in zip(own, texts, strict=True)
        ]
        for subject, own, texts in zip(subjects, pieces, variants, strict=True)
    ]


def _strongest(weighed: Sequence[_Weighed], task: int) -> tuple[Driver, ...]:
    drivers = [
        Driver(item.piece, float(item.weights[task]))
        for whole in weighed
        for item in _parts_or_whole(whole, task)
    ]
    drivers.sort(key=lambda driver: (-abs(driver.weight), driver.piece.start))
    return tuple(driver for driver in drivers[:TOP] if abs(driver.weight) >= MIN_WEIGHT)


def _parts_or_whole(whole: _Weighed, task: int) -> tuple[_Weighed, ...]:
    """The parts of a run, unless what it says is in none of them alone."""
    weight = whole.weights[task]
    if any(part.weights[task] * weight >= 0.5 * weight * weight for part in whole.parts):
        return whole.parts
    return (whole,)

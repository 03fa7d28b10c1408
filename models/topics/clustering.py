"""From the questions of one scope to topics and single questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from sedno.models.topics.grouping import group
from sedno.models.topics.joining import join
from sedno.models.topics.views import Matrix, letter_table, view
from sedno.models.topics.waves import carve_waves
from sedno.models.topics.words import plain, words

Ints = NDArray[np.int64]

NONE = -1


@dataclass(frozen=True, slots=True)
class Clustering:
    """Which question belongs where.

    Attributes:
        groups: ``(rows,)`` number of the topic, :data:`NONE` for single questions.
        scores: ``(rows,)`` similarity to the topic's centre, from 0 to 1.
        count: Number of topics.
    """

    groups: Ints
    scores: NDArray[np.float64]
    count: int


def cluster(
    texts: Sequence[str],
    vectors: Matrix,
    sure: NDArray[np.bool_],
    *,
    min_size: int,
    seed: int,
    owners: Sequence[str] | None = None,
    weeks: Sequence[date | None] | None = None,
) -> Clustering:
    """Finds the topics of the questions of one scope; how many is found out too.

    Copies of a text are one row while topics are sought, and count fully for their size.
    Groups that are too small are dissolved; their questions join a near topic or stay single.

    Args:
        texts: The questions.
        vectors: ``(rows, dim)`` embeddings of unit length.
        sure: ``(rows,)`` whether a row may found a topic, or only join one.
        min_size: Fewest comments of a topic.
        seed: Seed of all chance.
        owners: Comment of each row, so that a comment counts once; the rows where ``None``.
        weeks: Monday of the week of each row, for waves; they are not looked for without.
    """
    count = len(texts)
    if count == 0:
        return Clustering(np.zeros(0, np.int64), np.zeros(0), 0)
    kinds, first, copies = distinct(texts)
    kind_sure = np.zeros(first.size, dtype=bool)
    np.logical_or.at(kind_sure, kinds, sure)
    founders = np.flatnonzero(kind_sure)
    table = letter_table([texts[row] for row in first])
    kind_groups = np.full(first.size, NONE, dtype=np.int64)
    if founders.size:
        rows = first[founders]
        part = None if table is None else table[founders]
        shown = view(part, vectors[rows], seed=seed)
        found = group(shown, copies[founders], seed=seed)
        if weeks is not None:
            begun = _first_weeks(kinds, weeks, first.size)
            found = carve_waves(found, shown, [begun[kind] for kind in founders])
        kind_groups[founders] = found
    kind_groups = _dissolved(kind_groups, kinds, owners, min_size)
    everyone = np.ones(first.size, dtype=bool)
    joined = join(table, vectors[first], kind_groups, everyone)
    single = kind_groups == NONE
    kind_groups[single] = np.where(joined.taken, joined.best, NONE)[single]
    scores = np.where(kind_groups == NONE, 0.0, np.clip(joined.score, 0.0, 1.0))
    groups = kind_groups[kinds]
    return Clustering(groups, scores[kinds], int(groups.max()) + 1 if count else 0)


def distinct(texts: Sequence[str]) -> tuple[Ints, Ints, Ints]:
    """Finds copies: texts of the same words, however they are typed.

    Returns:
        The kind of each text, the first text of each kind, and how many there are of it.
    """
    seen: dict[str, int] = {}
    kinds = np.empty(len(texts), dtype=np.int64)
    first: list[int] = []
    for at, text in enumerate(texts):
        key = " ".join(plain(word) for word in words(text)) or text.strip()
        kind = seen.setdefault(key, len(seen))
        if kind == len(first):
            first.append(at)
        kinds[at] = kind
    return kinds, np.asarray(first, dtype=np.int64), np.bincount(kinds, minlength=len(first))


def _first_weeks(kinds: Ints, weeks: Sequence[date | None], count: int) -> list[date | None]:
    """The week in which each kind of text was asked first."""
    begun: list[date | None] = [None] * count
    for kind, week in zip(kinds.tolist(), weeks, strict=True):
        earlier = begun[kind]
        if week is not None and (earlier is None or week < earlier):
            begun[kind] = week
    return begun


def _dissolved(groups: Ints, kinds: Ints, owners: Sequence[str] | None, min_size: int) -> Ints:
    """Numbers the groups that are large enough anew; the others are dissolved."""
    rows = groups[kinds]
    asked: dict[int, set[object]] = {}
    for row, number in enumerate(rows.tolist()):
        if number != NONE:
            asked.setdefault(number, set()).add(row if owners is None else owners[row])
    kept = [number for number in sorted(asked) if len(asked[number]) >= min_size]
    renumber = np.full(int(groups.max(initial=NONE)) + 2, NONE, dtype=np.int64)
    renumber[kept] = np.arange(len(kept))
    return renumber[groups]

"""Keeping what a model is judged by out of what it learns from.

A training example *leaks* when a test set holds an example

- of the same group (another sentence of the same review),
- with the same text key (the same text, however it is spelled),
- with a near text (a few typos away), or
- whose text holds it or is held by it (a sentence of a test review, a quoted comment).

Very short texts ("super", "polecam") repeat naturally, and knowing them is no cheating. They
are taken out of training all the same: a promise with exceptions cannot be checked, and a model
loses nothing by missing one spelling of applause. :class:`LeakReport` counts them apart.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from sedno.datasets.corpora.example import Example
from sedno.datasets.similar import SimilarTexts
from sedno.datasets.textkey import text_key

__all__ = ["Leak", "LeakReport", "leak_free", "leakage", "leaks", "text_key", "without_repeats"]

LeakKind = Literal["group", "key", "near", "contained"]

SHORT_CHARS: Final = 12
"""Keys shorter than this are counted as natural repeats in reports."""


@dataclass(frozen=True, slots=True)
class Leak:
    """A training example that gives a test example away, and how."""

    train: Example
    test: Example
    how: LeakKind


@dataclass(frozen=True, slots=True)
class LeakReport:
    """How much of a training set leaks from a test set.

    Attributes:
        train: Number of training examples.
        test: Number of test examples.
        group: Training examples that share a group with a test example.
        key: Of the others, those with the same text key.
        near: Of the others, those with a near text.
        contained: Of the others, those that hold a test text or are held by one.
        short: Of all that leak by text, those too short to be anything but natural repeats.
    """

    train: int
    test: int
    group: int = 0
    key: int = 0
    near: int = 0
    contained: int = 0
    short: int = 0

    @property
    def total(self) -> int:
        """Training examples that leak in any way."""
        return self.group + self.key + self.near + self.contained

    def __bool__(self) -> bool:
        return self.total > 0


def leaks(
    train: Iterable[Example], *tests: Iterable[Example], groups: bool = True
) -> list[Leak | None]:
    """For every training example, in order, how it leaks; ``None`` where it does not.

    Args:
        train: Training examples.
        tests: Test sets.
        groups: Whether sharing a group is a leak. Official splits that cut groups are compared
            with published figures only when it is not.
    """
    held = [example for test in tests for example in test]
    by_group = {example.group: example for example in held if example.group} if groups else {}
    index = SimilarTexts(example.text for example in held)
    found: list[Leak | None] = []
    for example in train:
        if example.group in by_group:
            found.append(Leak(example, by_group[example.group], "group"))
            continue
        match = index.first(example.text)
        found.append(Leak(example, held[match.position], match.how) if match else None)
    return found


def leak_free(
    train: Iterable[Example], *tests: Iterable[Example], groups: bool = True
) -> list[Example]:
    """``train`` without every example that leaks from any of ``tests`` (see the module).

    Args:
        train: Training examples.
        tests: Test sets.
        groups: As in :func:`leaks`.
    """
    kept = list(train)
    found = leaks(kept, *tests, groups=groups)
    return [example for example, leak in zip(kept, found, strict=True) if leak is None]


def leakage(train: Sequence[Example], test: Sequence[Example], *, groups: bool = True) -> LeakReport:
    """How many examples of ``train`` leak from ``test``, and how."""
    found = [leak for leak in leaks(train, test, groups=groups) if leak is not None]
    by_kind = Counter(leak.how for leak in found)
    short = sum(
        leak.how != "group" and len(text_key(leak.train.text)) < SHORT_CHARS for leak in found
    )
    return LeakReport(
        train=len(train),
        test=len(test),
        group=by_kind["group"],
        key=by_kind["key"],
        near=by_kind["near"],
        contained=by_kind["contained"],
        short=short,
    )


def without_repeats(examples: Iterable[Example]) -> list[Example]:
    """One example for every text key: the one of highest weight, the first of equals.

    Put gold first and it wins over the same comment under weaker labels.
    """
    best: dict[str, Example] = {}
    for example in examples:
        key = text_key(example.text)
        if key not in best or example.weight > best[key].weight:
            best[key] = example
    return list(best.values())

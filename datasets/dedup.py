"""Keeping what a model is judged by out of what it learns from.

A training example *leaks* when a test set holds an example

- of the same group (another sentence of the same review),
- with the same text key (the same text, however it is spelled),
- with a near text (a few typos away), or
- whose text holds it or is held by it (a sentence of a test review, a quoted comment).

Very short texts ("super", "polecam") repeat naturally, and knowing them is no cheating. They
are taken out of training all the same: a promise with exceptions cannot be checked, and a model
loses nothing by missing one spelling of applause.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from sedno.datasets.corpora.example import Example
from sedno.datasets.similar import SimilarTexts

LeakKind = Literal["group", "key", "near", "contained"]


@dataclass(frozen=True, slots=True)
class Leak:
    """A training example that gives a test example away, and how."""

    train: Example
    test: Example
    how: LeakKind


class HeldOut:
    """Test examples, indexed once, that training examples are held against.

    Args:
        tests: Test sets.
        groups: Whether sharing a group is a leak. Official splits that cut groups can be
            compared with published figures only when it is not.
    """

    def __init__(self, *tests: Iterable[Example], groups: bool = True) -> None:
        self._examples = [example for test in tests for example in test]
        self._by_group = {e.group: e for e in self._examples if e.group} if groups else {}
        self._texts = SimilarTexts(example.text for example in self._examples)

    def leak(self, example: Example) -> Leak | None:
        """How ``example`` would leak if a model learned from it; ``None`` where it does not."""
        if example.group in self._by_group:
            return Leak(example, self._by_group[example.group], "group")
        match = self._texts.first(example.text)
        return Leak(example, self._examples[match.position], match.how) if match else None

    def leak_free(self, train: Iterable[Example]) -> list[Example]:
        """``train`` without every example that leaks."""
        return [example for example in train if self.leak(example) is None]


def leaks(
    train: Iterable[Example], *tests: Iterable[Example], groups: bool = True
) -> list[Leak | None]:
    """For every training example, in order, how it leaks; ``None`` where it does not.

    Args:
        train: Training examples.
        tests: Test sets.
        groups: As in :class:`HeldOut`.
    """
    held_out = HeldOut(*tests, groups=groups)
    return [held_out.leak(example) for example in train]


def leak_free(
    train: Iterable[Example], *tests: Iterable[Example], groups: bool = True
) -> list[Example]:
    """``train`` without every example that leaks from any of ``tests`` (see the module).

    To clean several training sets of the same tests build one :class:`HeldOut`.

    Args:
        train: Training examples.
        tests: Test sets.
        groups: As in :class:`HeldOut`.
    """
    return HeldOut(*tests, groups=groups).leak_free(train)

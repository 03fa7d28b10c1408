"""Right and given answers, item by item, so that two models can be compared pairwise later.

They hold no text: positions of labels, and which items are copies of each other.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sedno.evaluation.bootstrap import Ints

_NONE = "-"


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The answers to one task of a benchmark.

    Attributes:
        items: SHA-256 over the ids of the items, in order; equal for equal tests.
        copies: Positions of items that are copies of one text, a tuple a text.
        truth: The position of the right label, one digit an item, ``-`` where it has none.
        predicted: The position of the label that was given, one digit an item.
    """

    items: str
    copies: tuple[tuple[int, ...], ...]
    truth: str
    predicted: str

    @classmethod
    def of(
        cls, ids: Sequence[str], clusters: Sequence[str], truth: Ints, predicted: Ints
    ) -> Outcomes:
        """Notes the outcomes of a test.

        Args:
            ids: Id of every item.
            clusters: A key of every item that is equal for copies.
            truth: Position of the right label, -1 where there is none.
            predicted: Position of the label that was given.
        """
        together: dict[str, list[int]] = defaultdict(list)
        for position, key in enumerate(clusters):
            together[key].append(position)
        return cls(
            items=hashlib.sha256("\n".join(ids).encode()).hexdigest(),
            copies=tuple(tuple(same) for same in together.values() if len(same) > 1),
            truth=_digits(truth),
            predicted=_digits(predicted),
        )

    def clusters(self) -> list[int]:
        """The number of every item's cluster."""
        cluster = list(range(len(self.truth)))
        for same in self.copies:
            for position in same:
                cluster[position] = same[0]
        return cluster

    def truth_indices(self) -> Ints:
        """Position of the right label of every item, -1 where there is none."""
        return _indices(self.truth)

    def predicted_indices(self) -> Ints:
        """Position of the label given to every item."""
        return _indices(self.predicted)


def _digits(positions: Ints) -> str:
    return "".join(_NONE if position < 0 else str(position) for position in positions.tolist())


def _indices(digits: str) -> Ints:
    return np.array([-1 if sign == _NONE else int(sign) for sign in digits], dtype=np.int64)

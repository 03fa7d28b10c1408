"""Finds what is new inside old topics: questions of the last week that form a knot of their own.

A question that begins to be asked lands at first in the topic that is nearest. It is told apart
when the last week's questions of a topic are nearer to each other than to the topic's older ones,
by more than chance: the same number of its questions, drawn at random, are seldom as near to each
other and as far from the rest (a permutation test).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from sedno.models.topics.views import Matrix

Ints = NDArray[np.int64]

LEVEL: Final = 0.1
"""Probability by chance below which a knot is told apart."""

_DRAWS: Final = 400
_FEWEST: Final = 2
_MOST: Final = 400
"""Larger topics are not looked at: there the tree tells apart what is different."""


def tell_apart(rows: Matrix, groups: Ints, recent: NDArray[np.bool_], *, seed: int) -> Ints:
    """Gives new numbers to knots of recent questions inside older groups.

    Args:
        rows: Rows of unit length.
        groups: ``(rows,)`` number of the group of each, below 0 for none.
        recent: ``(rows,)`` whether a row is of the last week.
        seed: Seed of the draws.

    Returns:
        The numbers, knots numbered after the groups there were.
    """
    out = groups.copy()
    following = int(groups.max(initial=-1)) + 1
    for number in range(following):
        inside = np.flatnonzero(groups == number)
        fresh = recent[inside]
        count = int(fresh.sum())
        if count < _FEWEST or count == inside.size or inside.size > _MOST:
            continue
        alike = np.asarray(rows[inside] @ rows[inside].T, dtype=np.float64)
        if _p_value(alike, fresh, np.random.default_rng(seed)) <= LEVEL:
            out[inside[fresh]] = following
            following += 1
    return out


def _p_value(
    alike: NDArray[np.float64], fresh: NDArray[np.bool_], rng: np.random.Generator
) -> float:
    """Probability that as many questions drawn by chance are as apart as the fresh ones."""
    size, count = fresh.size, int(fresh.sum())
    draws = rng.permuted(np.tile(fresh, (_DRAWS, 1)), axis=1)
    every = np.vstack([fresh, draws]).astype(np.float64)
    shared = every @ alike
    own = (np.einsum("ij,ij->i", shared, every) - count) / max(count * (count - 1), 1)
    cross = np.einsum("ij,ij->i", shared, 1.0 - every) / (count * (size - count))
    apart = own - cross
    return float((1 + (apart[1:] >= apart[0] - 1e-12).sum()) / (_DRAWS + 1))

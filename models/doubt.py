"""Which comments teach most: those whose labels are doubted more than is usual."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def entropy(chances: Floats) -> Floats:
    """Shannon entropy in nats of each row of ``(comments, labels)`` probabilities."""
    sure = np.clip(chances, 1e-12, 1.0)
    found: Floats = -(sure * np.log(sure)).sum(axis=1)
    return found


def against_usual(doubts: Floats) -> Floats:
    """Each comment's doubt about one task as a multiple of the mean over the comments."""
    found: Floats = doubts / max(float(doubts.mean()), 1e-12) if doubts.size else doubts
    return found


def unusual_doubt(chances: Sequence[Floats]) -> Floats:
    """How much more than usual the labels of each comment are in doubt.

    The sum over tasks of the entropy (uncertainty sampling, Lewis and Gale 1994), each divided by
    its mean over the comments: a task that is unsure of most comments would else decide alone, and
    rare labels, of which there is most to learn, would hardly count.

    Args:
        chances: For each task, probabilities ``(comments, labels)``.

    Returns:
        ``(comments,)``; the mean is the number of tasks.

    Raises:
        ValueError: There is no task.
    """
    if not chances:
        raise ValueError("chances: at least one task is needed")
    total = np.zeros(len(chances[0]))
    for of in chances:
        total += against_usual(entropy(of))
    return total


def descending(values: Floats) -> NDArray[np.int64]:
    """Positions from the highest value to the lowest; equal ones keep their order."""
    return np.asarray(np.argsort(-values, kind="stable"), dtype=np.int64)

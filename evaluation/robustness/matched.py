"""The part of a test on which length gives nothing away.

Substantive comments are longer, so a model that has only learned "long means substantive" looks
good. Here every item of one label is paired with one of the other of nearly the same length
(nearest-neighbour matching with a caliper, Rosenbaum and Rubin 1985); the rest is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from sedno.evaluation.bootstrap import Floats, Ints
from sedno.evaluation.extras import MissingExtraError

try:
    from sklearn.metrics import roc_auc_score
except ModuleNotFoundError as error:
    raise MissingExtraError("scikit-learn", "evaluate") from error

CALIPER: Final = 0.10
"""Most that the lengths of a pair may differ, as a share of the shorter one."""

SMALLEST: Final = 20
"""Fewer matched items than this say nothing."""


def length_matched(texts: Sequence[str], truth: Ints) -> Ints:
    """Positions of items that form pairs of both labels with nearly equal lengths.

    Both labels are walked from the shortest text to the longest; each item is paired at most
    once, which on sorted lengths finds the greatest number of pairs.

    Args:
        texts: The texts.
        truth: Position of the right label of each: 0, 1, or -1 where there is none.

    Returns:
        Positions in ascending order; as many of label 0 as of label 1.
    """
    lengths = np.array([len(text) for text in texts])
    sides = [
        sorted(np.flatnonzero(truth == label).tolist(), key=lambda at: (lengths[at], at))
        for label in (0, 1)
    ]
    pairs: list[int] = []
    first = second = 0
    while first < len(sides[0]) and second < len(sides[1]):
        one, two = sides[0][first], sides[1][second]
        shorter, longer = sorted((int(lengths[one]), int(lengths[two])))
        if longer - shorter <= CALIPER * shorter:
            pairs += [one, two]
            first, second = first + 1, second + 1
        elif lengths[one] < lengths[two]:
            first += 1
        else:
            second += 1
    return np.array(sorted(pairs), dtype=np.int64)


def length_auc(texts: Sequence[str], truth: Ints) -> float:
    """How well length alone parts the two labels: .5 is not at all, 1 is wholly.

    Not a number where only one label occurs.
    """
    known = truth >= 0
    if np.unique(truth[known]).size < 2:  # noqa: PLR2004 - two labels
        return float("nan")
    lengths: Floats = np.array([float(len(text)) for text in texts])
    auc = float(roc_auc_score(truth[known] == 0, lengths[known]))
    return max(auc, 1.0 - auc)

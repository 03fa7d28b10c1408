"""Waves: what many begin to ask in the last week, in the words of an older topic.

Clustering sees no time. "Is the pool heated at Christmas?" of this week lies near last month's
"when are you open?", and three of it vanish among thirty. So the questions of the last week are
grouped once more by themselves, and a group becomes a topic of its own if hardly anything of
before is as near to its centre as its own questions are. In the next run it stands by itself, or
goes where it belongs, which is recorded as a merge.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from sedno.models.topics.grouping import TREE_ROWS, cohesions, rows_below
from sedno.models.topics.views import Matrix
from sedno.models.topics.weeks import FEWEST_NEW, at_least, few_before

Ints = NDArray[np.int64]

_FEWEST_BEFORE: Final = 10
"""So many questions of before are needed to tell what is new from what was always asked."""

_COHESION: Final = 0.4
_NEAR: Final = 0.75
"""A question of before counts as asking the same where it is nearer to the centre than so large a
share of the wave's own questions: the rim of a wave has neighbours that ask something else."""

_ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class _Branch:
    rows: Ints
    weight: float


def carve_waves(groups: Ints, rows: Matrix, weeks: Sequence[date | None]) -> Ints:
    """Makes waves groups of their own.

    Args:
        groups: ``(rows,)`` numbers of groups from 0.
        rows: ``(rows, width)`` of unit length, what the groups were found in.
        weeks: Monday of the week in which each was asked first; ``None`` where unknown.

    Returns:
        ``(rows,)`` groups; waves have numbers past the others'. The same where times are
        missing, where there are over :data:`~sedno.models.topics.grouping.TREE_ROWS` rows (what
        is new there is large enough to stand out), or too few of before.
    """
    known = sorted({week for week in weeks if week is not None})
    if len(known) < 2 or len(rows) > TREE_ROWS:
        return groups
    last = np.array([week == known[-1] for week in weeks])
    before = np.array([week is not None and week < known[-1] for week in weeks])
    if before.sum() < _FEWEST_BEFORE or last.sum() < FEWEST_NEW:
        return groups
    share = float(last.sum() / (last.sum() + before.sum()))
    older = rows[before].astype(np.float64)
    found = [
        branch
        for branch in _branches(rows, np.flatnonzero(last))
        if _is_new(rows[branch.rows], older, share)
    ]
    out = groups.copy()
    free = np.ones(len(rows), dtype=bool)
    for branch in sorted(found, key=lambda branch: -branch.weight):
        if free[branch.rows].all():
            free[branch.rows] = False
            out[branch.rows] = out.max() + 1
    return out


def _branches(rows: Matrix, chosen: Ints) -> list[_Branch]:
    """Branches of the chosen rows' tree (average linkage) that are alike enough."""
    count = len(chosen)
    own = rows[chosen].astype(np.float64)
    # SciPy's own cosine divides by the length, which a row of zeros has not.
    tree = linkage(squareform(1.0 - own @ own.T, checks=False), "average")
    children, sizes = tree[:, :2].astype(np.int64), tree[:, 3]
    cohesion = cohesions(children, rows[chosen], np.ones(count))[count:]
    return [
        _Branch(chosen[np.sort(rows_below(children, count + at))], float(sizes[at] * cohesion[at]))
        for at in np.flatnonzero((sizes >= FEWEST_NEW) & (cohesion >= _COHESION)).tolist()
    ]


def _is_new(own: Matrix, before: NDArray[np.float64], share: float) -> bool:
    total = own.sum(axis=0, dtype=np.float64)
    # Each question against the centre of the others: its own part would flatter it.
    others = total - own
    apart = np.einsum("ij,ij->i", own, others) / np.maximum(np.linalg.norm(others, axis=1), 1e-9)
    asked = int((before @ total / np.linalg.norm(total) >= np.quantile(apart, _NEAR)).sum())
    return few_before(len(own), asked) and at_least(len(own), len(own) + asked, share) <= _ALPHA

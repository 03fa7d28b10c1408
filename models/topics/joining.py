"""Lets questions join topics that are there: leftovers of a run, and comments that come later."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, diags

from sedno.models.topics.views import LETTERS, Matrix, normalised

Floats = NDArray[np.float64]

MARGIN: Final = 0.5
"""How much less near than its members a question may be to join a topic: this share of the
similarity of the member at :data:`_QUANTILE`."""

_QUANTILE: Final = 0.25
_FLOOR: Final = 0.12
_BLOCK: Final = 4_096


@dataclass(frozen=True, slots=True)
class Joined:
    """Where questions belong.

    Attributes:
        best: ``(rows,)`` number of the nearest topic.
        score: ``(rows,)`` similarity to it, from -1 to 1.
        enough: ``(rows,)`` the similarity from which that topic takes a question in.
    """

    best: NDArray[np.int64]
    score: Floats
    enough: Floats

    @property
    def taken(self) -> NDArray[np.bool_]:
        """``(rows,)`` whether the nearest topic takes the question in."""
        return self.score >= self.enough


def join(
    table: csr_matrix | None,
    vectors: Matrix,
    groups: NDArray[np.int64],
    asking: NDArray[np.bool_],
) -> Joined:
    """Finds the nearest topic of questions.

    Args:
        table: The letters of all questions, members of topics and others, as
            :func:`~sedno.models.topics.views.letter_table` gives them.
        vectors: ``(rows, dim)`` embeddings.
        groups: ``(rows,)`` number of the topic of each member, -1 for the others; each number
            up to the largest occurs.
        asking: ``(rows,)`` which rows to find a topic for.

    Returns:
        One entry for each row that asks, in order.
    """
    members = np.flatnonzero(groups >= 0)
    rows = np.flatnonzero(asking)
    if not members.size or not rows.size:
        none = np.zeros(rows.size)
        return Joined(np.full(rows.size, -1), none - 1.0, none + 1.0)
    count = int(groups.max()) + 1
    belongs = csr_matrix(
        (np.ones(members.size, np.float32), (groups[members], members)), shape=(count, len(groups))
    )
    meaning = normalised(vectors - vectors[members].mean(axis=0))
    centres = normalised(belongs @ meaning)
    spelt = None if table is None else _unit_rows(belongs @ table)

    def similarity(chosen: NDArray[np.int64]) -> Floats:
        near = np.asarray(meaning[chosen] @ centres.T, dtype=np.float64)
        if table is None or spelt is None:
            return near
        shared = np.asarray((table[chosen] @ spelt.T).todense(), dtype=np.float64)
        return (1 - LETTERS) * near + LETTERS * shared

    enough = _enough(similarity, members, groups, count)
    best = np.empty(rows.size, dtype=np.int64)
    score = np.empty(rows.size)
    for start in range(0, rows.size, _BLOCK):
        part = rows[start : start + _BLOCK]
        near = similarity(part)
        best[start : start + _BLOCK] = near.argmax(axis=1)
        score[start : start + _BLOCK] = near.max(axis=1)
    return Joined(best, score, enough[best])


def _enough(
    similarity: Callable[[NDArray[np.int64]], Floats],
    members: NDArray[np.int64],
    groups: NDArray[np.int64],
    count: int,
) -> Floats:
    own = np.empty(members.size)
    for start in range(0, members.size, _BLOCK):
        part = members[start : start + _BLOCK]
        own[start : start + _BLOCK] = similarity(part)[np.arange(part.size), groups[part]]
    enough = np.full(count, _FLOOR)
    order = np.argsort(groups[members], kind="stable")
    bounds = np.searchsorted(groups[members][order], np.arange(count + 1))
    for topic in range(count):
        values = own[order[bounds[topic] : bounds[topic + 1]]]
        if values.size:
            enough[topic] = max(_FLOOR, MARGIN * float(np.quantile(values, _QUANTILE)))
    return enough


def _unit_rows(table: csr_matrix) -> csr_matrix:
    length = np.sqrt(np.asarray(table.multiply(table).sum(axis=1)).ravel())
    return diags(1.0 / np.maximum(length, 1e-9)) @ table

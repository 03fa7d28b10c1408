"""Keeps the ids of topics from run to run: who is whom, what merged, what split.

Two clusterings of nearly the same comments never agree entirely. Topics are matched one to one by
what they share: the comments that were in both runs, and where no comment tells, the nearness of
their centres.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

SHARED: Final = 0.3
"""Least overlap (Dice coefficient, over comments known to both runs) of the same topic."""

NEAR: Final = 0.85
"""Least cosine of centres of the same topic where the runs have no comment of it in common."""

MOST: Final = 0.5
"""A topic that gave so large a share of its comments to another one merged into it."""

Kind = Literal["born", "merged", "split", "gone"]


@dataclass(frozen=True, slots=True)
class Event:
    """What happened to a topic between two runs.

    Attributes:
        kind: ``born`` (a new id), ``merged`` (``topic`` became part of ``other``), ``split``
            (``topic`` came out of ``other``), ``gone`` (no longer found).
        topic: The id it happened to.
        other: The other id; ``None`` for ``born`` and ``gone``.
        share: Share of the topic's comments that went to, or came from, the other one.
        run: Number of the run, from 1.
    """

    kind: Kind
    topic: str
    other: str | None
    share: float
    run: int

    def to_dict(self) -> dict[str, Any]:
        """The event as plain JSON types."""
        return {
            "kind": self.kind,
            "topic": self.topic,
            "other": self.other,
            "share": round(self.share, 3),
            "run": self.run,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """A topic of the previous run.

    Attributes:
        id: Its id.
        centre: ``(dim,)`` unit vector.
    """

    id: str
    centre: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Matched:
    """Which id each cluster of a run gets.

    Attributes:
        ids: One id a cluster, ``None`` where it is new.
        merged: Old id -> cluster that took most of it, for old ids that no cluster got.
        split: New cluster -> old id that most of it came from.
        shares: Share that stands behind each entry of ``merged`` (by old id) and ``split`` (by
            cluster number).
        gone: Old ids that nothing is left of.
    """

    ids: tuple[str | None, ...]
    merged: Mapping[str, int]
    split: Mapping[int, str]
    shares: Mapping[str | int, float]
    gone: tuple[str, ...]


def match(  # noqa: PLR0912 - one pass over one table, plainer in one place
    known: Sequence[Known],
    before: Mapping[str, Sequence[str]],
    members: Sequence[Sequence[str]],
    centres: NDArray[np.float32],
) -> Matched:
    """Matches the clusters of a run to the topics of the run before.

    Args:
        known: The topics there were.
        before: Unit key -> ids of the topics it was in.
        members: Unit keys of each new cluster.
        centres: ``(clusters, dim)`` unit vectors.

    Returns:
        The ids, and what merged, split and went.
    """
    at = {topic.id: row for row, topic in enumerate(known)}
    shared = np.zeros((len(known), len(members)))
    old_sizes = np.zeros(len(known))
    new_sizes = np.zeros(len(members))
    for column, keys in enumerate(members):
        for key in keys:
            rows = [at[name] for name in before.get(key, ()) if name in at]
            if key in before:
                new_sizes[column] += 1
            for row in rows:
                shared[row, column] += 1
    for names in before.values():
        for name in names:
            if name in at:
                old_sizes[at[name]] += 1
    # Comments that left the scope since (deleted, another time window) speak for nobody.
    present = np.minimum(old_sizes, shared.sum(axis=1))
    sizes = present[:, None] + new_sizes[None, :]
    dice = np.divide(2.0 * shared, sizes, out=np.zeros_like(shared), where=sizes > 0)
    score = np.where(dice >= SHARED, 1.0 + dice, 0.0)
    if known and len(members):
        cosine = np.stack([topic.centre for topic in known]) @ centres.T
        unseen = (present[:, None] == 0) & (new_sizes[None, :] == 0)
        score = np.where(unseen & (cosine >= NEAR), cosine, score)
        # Of equal overlaps the nearer centre wins.
        score += np.where(score > 0, 1e-3 * cosine, 0.0)
    ids: list[str | None] = [None] * len(members)
    rows, columns = linear_sum_assignment(-score)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if score[row, column] > 0:
            ids[column] = known[row].id
    taken = {name for name in ids if name is not None}
    merged: dict[str, int] = {}
    split: dict[int, str] = {}
    shares: dict[str | int, float] = {}
    gone: list[str] = []
    for row, topic in enumerate(known):
        if topic.id in taken:
            continue
        share = shared[row].max() / present[row] if present[row] else 0.0
        if share >= MOST:
            merged[topic.id] = int(shared[row].argmax())
            shares[topic.id] = float(share)
        else:
            gone.append(topic.id)
    for column, given in enumerate(ids):
        if given is None and new_sizes[column] > 0 and len(known):
            row = int(shared[:, column].argmax())
            share = shared[row, column] / len(members[column])
            if share >= MOST:
                split[column] = known[row].id
                shares[column] = float(share)
    return Matched(tuple(ids), merged, split, shares, tuple(gone))

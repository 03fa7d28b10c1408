"""Helps to split a topic: parts to begin with, and what would come of a split."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from sklearn.cluster import AgglomerativeClustering

from sedno.models.topics.describe import centre
from sedno.models.topics.edits import EditError, place, split
from sedno.models.topics.records import Found
from sedno.models.topics.views import letter_table, view

MOST_PARTS: Final = 4
SEEDS: Final = 3
"""Comments that a suggested part is given by; the others go where they are nearest."""

_MOST_ROWS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of a topic would be.

    Attributes:
        id: Its id; the first part keeps the topic's.
        name: What it would be called.
        size: Comments that ask it.
        asked: Id and question of each of its comments, the most typical first.
    """

    id: str
    name: str
    size: int
    asked: tuple[tuple[str, str], ...]


def suggest(found: Found, topic: str, parts: int = 2) -> list[list[str]]:
    """Comments that parts of a topic could be given by, the largest part first.

    Args:
        found: The topics.
        topic: Id of the one to split.
        parts: How many parts.

    Raises:
        EditError: The topic is not there, or fewer comments than parts ask it.
    """
    if not 2 <= parts <= MOST_PARTS:
        raise EditError(f"parts: is {parts}; give 2 to {MOST_PARTS}")
    shown = place(found.members, found.vectors, found.edits)
    owners: dict[str, int] = {}
    for at, member in enumerate(found.members):
        if shown[at] == topic:
            owners.setdefault(member.comment, at)
    rows = list(owners.values())[:_MOST_ROWS]
    if len(rows) < parts:
        raise EditError(
            f"topic: {topic!r} has {len(rows)} comments, too few for {parts} parts; give fewer "
            "parts, or another topic"
        )
    vectors = found.vectors[rows]
    seen = view(letter_table([found.members[at].text for at in rows]), vectors, seed=0)
    groups = AgglomerativeClustering(n_clusters=parts).fit_predict(seen)
    made = []
    for number in range(parts):
        inside = np.flatnonzero(groups == number)
        near = vectors[inside] @ centre(vectors[inside])
        order = inside[np.argsort(-near, kind="stable")]
        made.append((len(inside), [found.members[rows[at]].comment for at in order[:SEEDS]]))
    return [seeds for _, seeds in sorted(made, key=lambda part: -part[0])]


def preview(found: Found, topic: str, parts: Sequence[Sequence[str]]) -> list[Part]:
    """What would come of a split, part by part; a part may turn out empty.

    Raises:
        EditError: It cannot be split like that.
    """
    after = split(found, topic, parts)
    known = {one.id: one for one in after.topics}
    shown = place(after.members, after.vectors, after.edits)
    out = []
    for part in after.edits[-1]["parts"]:
        rows = [at for at, one in enumerate(shown) if one == part["id"]]
        near = after.vectors[rows] @ centre(after.vectors[rows]) if rows else np.zeros(0)
        asked: dict[str, str] = {}
        for at in np.argsort(-near, kind="stable").tolist():
            member = after.members[rows[at]]
            asked.setdefault(member.comment, member.text)
        name = known[part["id"]].name if part["id"] in known else ""
        out.append(Part(part["id"], name, len(asked), tuple(asked.items())))
    return out

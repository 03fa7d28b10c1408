"""The run before as the next one sees it: which topics there were, of what, and where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from sedno.models.topics.describe import centre
from sedno.models.topics.identity import Known
from sedno.models.topics.records import Asked, Found, Matrix, Member


@dataclass(frozen=True, slots=True, eq=False)
class Before:
    """What is known of the run before.

    Attributes:
        known: The topics of each scope. A topic is of one scope only, also where its comments are
            kept apart otherwise now than then: that which most of its questions are in.
        topics: By scope: key of each question that is read anew, and the topic it was in.
        staying: Questions that this run does not read; they stay in their topics.
        vectors: ``(staying, dim)`` their embeddings.
        left: Scopes that questions were in which are read anew, or are no longer there.
    """

    known: Mapping[str, Sequence[Known]] = field(default_factory=dict)
    topics: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)
    staying: tuple[Member, ...] = ()
    vectors: Matrix | None = None
    left: frozenset[str] = frozenset()

    @property
    def alive(self) -> frozenset[str]:
        """Topics with questions that stay."""
        return frozenset(member.topic for member in self.staying) - {""}


def look_back(previous: Found | None, asked: Sequence[Asked], kept: Collection[str]) -> Before:
    """Sees the run before from the next one.

    Args:
        previous: The run before; ``None`` for the first.
        asked: Comments that are read anew.
        kept: Ids of comments that are not, and stay where they are.
    """
    if previous is None:
        return Before()
    kept = frozenset(kept) - {one.id for one in asked}
    now = {one.id: one.scope for one in asked}
    scopes = [
        member.scope if member.comment in kept else now.get(member.comment, member.scope)
        for member in previous.members
    ]
    rows: dict[str, list[int]] = defaultdict(list)
    topics: dict[str, dict[str, Sequence[str]]] = defaultdict(dict)
    staying: list[int] = []
    for at, member in enumerate(previous.members):
        if member.topic:
            rows[member.topic].append(at)
        if member.comment in kept:
            staying.append(at)
        else:
            topics[scopes[at]][member.key] = (member.topic,) if member.topic else ()
    known: dict[str, list[Known]] = defaultdict(list)
    for topic in sorted(rows):
        inside = [at for at in rows[topic] if previous.members[at].comment in kept] or rows[topic]
        counts = Counter(scopes[at] for at in inside)
        home = max(counts, key=lambda scope: (counts[scope], scope))
        known[home].append(Known(topic, centre(previous.vectors[rows[topic]])))
    return Before(
        known=known,
        topics=topics,
        staying=tuple(previous.members[at] for at in staying),
        vectors=previous.vectors[np.asarray(staying, dtype=np.int64)] if staying else None,
        left=frozenset(one.scope for one in previous.members if one.comment not in kept),
    )

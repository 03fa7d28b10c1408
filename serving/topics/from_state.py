"""Topics of a state file, for reports."""

from __future__ import annotations

from collections import defaultdict

from sedno.models.topics.edits import place
from sedno.models.topics.records import Found, Member
from sedno.serving.topics.shown import Asked, Dot, Report, Shown, at_most


def report_of(found: Found, *, most: int | None = None, questions: int = 5) -> Report:
    """What a report shows of topics in a file; hidden ones are left out.

    Args:
        found: The topics.
        most: Most topics of each source; all where ``None``.
        questions: Most questions of each topic.
    """
    shown_in = place(found.members, found.vectors, found.edits)
    inside: dict[str, list[Member]] = defaultdict(list)
    for member, topic_id in zip(found.members, shown_in, strict=True):
        inside[topic_id].append(member)
    topics = at_most(
        [
            Shown(
                data={name: value for name, value in topic.to_dict().items()
                      if name != "canonical"},
                question=topic.canonical,
                asked=tuple(_asked(inside[topic.id], topic.examples, questions)),
            )
            for topic in found.topics
            if not topic.hidden
        ],
        most,
    )  # fmt: skip
    kept = {topic.id for topic in topics} | {""}
    comments = {member.comment for member in found.members}
    placed = {member.comment for member in found.members if member.topic}
    return Report(
        topics=tuple(topics),
        questions=len(comments),
        single=len(comments - placed),
        run=found.run,
        model=found.model,
        dots=tuple(
            Dot(member.x, member.y, topic_id, member.comment, member.text)
            for member, topic_id in zip(found.members, shown_in, strict=True)
            if member.x is not None and member.y is not None and topic_id in kept
        ),
        sampled=any(member.x is None for member in found.members),
        names={topic.id: topic.name for topic in found.topics if not topic.hidden},
        events=tuple(event.to_dict() for event in found.events),
        edits=tuple(dict(edit) for edit in found.edits),
    )


def _asked(members: list[Member], examples: tuple[str, ...], most: int) -> list[Asked]:
    """The most typical questions, one a comment; those chosen as examples first."""
    rank = {comment: at for at, comment in enumerate(examples)}
    ordered = sorted(members, key=lambda one: (rank.get(one.comment, len(rank)), -one.score))
    first: dict[str, Member] = {}
    for member in ordered:
        first.setdefault(member.comment, member)
    return [
        Asked(
            comment=one.comment,
            text=one.text,
            when=one.when,
            language=one.language,
            sentiment=one.sentiment,
            product=one.product,
            score=one.score,
        )
        for one in list(first.values())[:most]
    ]

"""Topics of the store, for plots, reports and digests; needs none of the engine's libraries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import StoredTopic, TopicUnit
from sedno.serving.topics import happened, pages
from sedno.serving.topics.choice import APART
from sedno.serving.topics.narrowed import AS_WORDED, conditions
from sedno.serving.topics.pages import Row
from sedno.serving.topics.shown import Asked, Dot, Report, Shown
from sedno.serving.topics.wanted import ALL, Wanted

MOST_QUESTIONS: Final = 10_000
"""Most questions in the export of one topic."""

_EXAMPLES: Final = 5
_PORTION: Final = 500


def report_of(
    session: Session,
    *,
    scope: str | None = None,
    text: str | None = None,
    verdict: str | None = None,
    hidden: bool = False,
    examples: int = _EXAMPLES,
    dots: bool = True,
    rows: list[Row] | None = None,
    single: bool | None = None,
    wanted: Wanted = ALL,
) -> Report:
    """What a report shows of the topics that filters let through.

    Args:
        session: Where.
        scope: As in :func:`sedno.serving.topics.pages.topics`.
        text: As there.
        verdict: As there.
        hidden: As there.
        examples: Most questions of each topic; none are read for 0.
        dots: Whether to read the map.
        rows: What a search has found instead, counted over what is wanted.
        single: Whether the map shows questions of no topic; where ``None``, it does unless
            topics are chosen by what they are about.
        wanted: Which questions count, in numbers, examples and on the map.
    """
    narrowed = bool(text or verdict or rows is not None)
    if rows is None:
        rows = pages.topics(
            session, scope=scope, text=text, verdict=verdict, hidden=hidden, wanted=wanted
        )
    return _report(
        session, rows, examples=examples, dots=dots, scope=scope, wanted=wanted,
        single=not narrowed if single is None else single,
    )  # fmt: skip


def report_of_one(
    session: Session, topic_id: str, *, questions: int = MOST_QUESTIONS
) -> Report | None:
    """What a report shows of one topic, also a hidden one; ``None`` where there is none."""
    row = pages.topic(session, topic_id)
    if row is None:
        return None
    found = _report(session, [row], examples=questions, dots=False, single=False, scope=None)
    return replace(found, history=happened.changes(session, topic_id))


def _report(
    session: Session,
    rows: list[Row],
    *,
    examples: int,
    dots: bool,
    single: bool,
    scope: str | None,
    wanted: Wanted = ALL,
) -> Report:
    state = pages.state(session)
    ids = [row.topic.id for row in rows]
    asked = _asked(session, ids, examples, wanted) if examples else {}
    return Report(
        topics=tuple(
            Shown(
                comment_id=row.topic.canonical_comment_id,
                data={name: value for name, value in row.topic.data.items() if name != "canonical"},
                question=row.question,
                asked=tuple(asked.get(row.topic.id, ())),
                answers=row.answers,
                published=row.published,
            )
            for row in rows
        ),
        questions=state.questions if state else 0,
        single=state.single if state else 0,
        run=state.run if state else 0,
        model=state.model if state else None,
        at=state.updated_at if state else None,
        dots=tuple(_dots(session, set(ids), single=single, scope=scope, wanted=wanted))
        if dots
        else (),
        sampled=dots and _sampled(session, scope),
        names=_names(session),
        events=tuple(state.events) if state else (),
        edits=tuple(state.edits) if state else (),
        wanted=wanted,
        apart=state.apart if state else APART[0],
    )


def comments_of(report: Report) -> set[int]:
    """Numbers of all comments that words are shown of."""
    found = {int(dot.comment) for dot in report.dots}
    for topic in report.topics:
        found.update(int(one.comment) for one in topic.asked)
        if topic.comment_id is not None:
            found.add(topic.comment_id)
    return found


def _asked(session: Session, ids: list[str], most: int, wanted: Wanted) -> dict[str, list[Asked]]:
    """The most typical questions of topics, one a comment."""
    found: dict[str, list[Asked]] = defaultdict(list)
    seen: set[tuple[str, int]] = set()
    best = (
        select(
            TopicUnit.comment_id,
            TopicUnit.unit,
            TopicUnit.topic,
            func.row_number()
            .over(
                partition_by=TopicUnit.topic,
                order_by=(TopicUnit.score.desc(), TopicUnit.comment_id, TopicUnit.unit),
            )
            .label("place"),
        )
    )  # fmt: skip
    if wanted:
        best = best.join(StoredComment, AS_WORDED).where(*conditions(wanted))
    for start in range(0, len(ids), _PORTION):
        part = best.where(TopicUnit.topic.in_(ids[start : start + _PORTION])).subquery()
        rows = session.execute(
            select(TopicUnit, StoredComment)
            .join(part, (part.c.comment_id == TopicUnit.comment_id)
                  & (part.c.unit == TopicUnit.unit))
            .join(StoredComment, AS_WORDED)
            .where(part.c.place <= most)
            .order_by(part.c.topic, part.c.place)
        )  # fmt: skip
        for unit, comment in rows:
            if (unit.topic, comment.id) in seen:
                continue  # the same comment asks it twice
            seen.add((unit.topic, comment.id))
            found[unit.topic].append(
                Asked(
                    comment=str(comment.id),
                    text=unit.text,
                    when=comment.posted_at or comment.at,
                    language=comment.language,
                    sentiment=comment.sentiment,
                    product=comment.product,
                    score=unit.score,
                )
            )
    return found


def _dots(
    session: Session, ids: Collection[str], *, single: bool, scope: str | None, wanted: Wanted
) -> list[Dot]:
    query = (
        select(TopicUnit.x, TopicUnit.y, TopicUnit.topic, TopicUnit.comment_id, TopicUnit.text)
        .join(StoredComment, AS_WORDED)
        .where(TopicUnit.x.is_not(None), *conditions(wanted))
    )
    if scope is not None:
        query = query.where(TopicUnit.scope == scope)
    return [
        Dot(x, y, topic, str(comment), text)
        for x, y, topic, comment, text in session.execute(
            query.order_by(TopicUnit.comment_id, TopicUnit.unit)
        )
        if x is not None and y is not None and (topic in ids or (single and not topic))
    ]


def _sampled(session: Session, scope: str | None) -> bool:
    query = select(TopicUnit.comment_id).join(StoredComment, AS_WORDED).where(TopicUnit.x.is_(None))
    if scope is not None:
        query = query.where(TopicUnit.scope == scope)
    return session.scalar(query.limit(1)) is not None


def _names(session: Session) -> dict[str, str]:
    rows = session.execute(
        select(StoredTopic.id, StoredTopic.name).where(StoredTopic.hidden.is_(False))
    )
    return {row.id: row.name for row in rows}

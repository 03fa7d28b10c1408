"""Topics counted anew over some of their questions: those of a product, a language, some weeks.

What is stored of a topic counts all of its comments. Where a list asks for part of them, size,
weeks, authors, moods and trend are those of that part, by the same rules as a run counts.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sedno.models.topics.weeks import NO_TREND, Trend, monday, trends, weeks_between
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import StoredTopic, TopicUnit
from sedno.serving.topics.wanted import Wanted

_ROWS: Final = 5_000

AS_WORDED: Final = (StoredComment.id == TopicUnit.comment_id) & (
    StoredComment.version == TopicUnit.version
)
"""Questions of a comment that was reworded since count for nothing."""


# Weeks that begin later have no end that a date can say.
_LAST_DAY: Final = date.max - timedelta(weeks=2)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A comment that asks in a topic."""

    comment: int
    topic: str
    scope: str
    author: str | None
    when: datetime
    language: str | None
    sentiment: str | None
    product: str | None


def conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What is wanted, as conditions on stored comments."""
    found: list[ColumnElement[bool]] = []
    if wanted.product is not None:
        found.append(StoredComment.product == wanted.product)
    if wanted.language is not None:
        found.append(StoredComment.language == wanted.language)
    if wanted.first_week is not None:
        found.append(StoredComment.at >= _begin(wanted.first_week))
    if wanted.last_week is not None and wanted.last_week <= _LAST_DAY:
        found.append(StoredComment.at < _begin(wanted.last_week) + timedelta(weeks=1))
    return found


def narrow(session: Session, topics: Sequence[StoredTopic], wanted: Wanted) -> list[StoredTopic]:
    """Topics as the wanted questions alone make them, the largest first.

    Args:
        session: Where.
        topics: Topics as they are stored; they stay as they are.
        wanted: Which questions count.

    Returns:
        Copies that belong to no session. Topics that nobody asks among the wanted are left out.
    """
    inside: dict[str, list[_Asked]] = defaultdict(list)
    scopes: dict[str, list[_Asked]] = defaultdict(list)
    for asked in _read(session, wanted):
        scopes[asked.scope].append(asked)
        if asked.topic:
            inside[asked.topic].append(asked)
    over_time: dict[str, tuple[dict[str, int], Trend]] = {}
    comments: dict[str, int] = {}
    for scope, asked_there in scopes.items():
        comments[scope] = len({one.comment for one in asked_there})
        # Hidden ones too: a trend is tested among all topics of the scope.
        ids = sorted({one.topic for one in asked_there} - {""})
        over_time |= _over_time(asked_there, {name: inside[name] for name in ids})
    found = [
        _counted_anew(topic, inside[topic.id], comments[topic.scope], *over_time[topic.id])
        for topic in topics
        if topic.id in inside
    ]
    return sorted(found, key=lambda topic: (-topic.size, topic.position))


def _read(session: Session, wanted: Wanted) -> Iterable[_Asked]:
    """Each comment once a topic, also where it asks the same twice."""
    rows = session.execute(
        select(
            TopicUnit.comment_id,
            TopicUnit.topic,
            TopicUnit.scope,
            StoredComment.author,
            StoredComment.at,
            StoredComment.language,
            StoredComment.sentiment,
            StoredComment.product,
        )
        .join(StoredComment, AS_WORDED)
        .where(*conditions(wanted))
        .distinct()
        .execution_options(yield_per=_ROWS)
    )
    return (_Asked(*row) for row in rows)


def _over_time(
    every: Sequence[_Asked], inside: Mapping[str, Sequence[_Asked]]
) -> dict[str, tuple[dict[str, int], Trend]]:
    """Weeks and trend of each topic of a scope."""
    mondays = [monday(one.when) for one in every]
    weeks = weeks_between(min(mondays), max(mondays))
    place = {week: at for at, week in enumerate(weeks)}

    def counts(asked: Iterable[_Asked]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        found = np.zeros(len(weeks), dtype=np.int64)
        for week, _ in {(monday(one.when), one.comment) for one in asked}:
            found[place[week]] += 1
        return found

    if not inside:
        return {}
    table = np.stack([counts(asked) for asked in inside.values()])
    by_week = [
        {week.isoformat(): int(number) for week, number in zip(weeks, row, strict=True)}
        for row in table
    ]
    moves = trends(table, counts(every)) if len(weeks) > 1 else [NO_TREND] * len(inside)
    return dict(zip(inside, zip(by_week, moves, strict=True), strict=True))


def _counted_anew(
    topic: StoredTopic, asked: Sequence[_Asked], every: int, weeks: dict[str, int], trend: Trend
) -> StoredTopic:
    authors = {one.author for one in asked if one.author is not None}
    times = sorted(one.when for one in asked)
    data: dict[str, Any] = {
        **topic.data,
        "size": len(asked),
        "authors": len(authors) if authors else None,
        "share": round(len(asked) / every, 4),
        "sentiments": _counted(one.sentiment for one in asked),
        "languages": _counted(one.language for one in asked),
        "products": _counted(one.product for one in asked),
        "first_seen": times[0].isoformat(),
        "last_seen": times[-1].isoformat(),
        "weeks": weeks,
        "trend": trend.to_dict(),
    }
    # Not the stored one changed: that would be written with the session.
    return StoredTopic(
        id=topic.id,
        position=topic.position,
        scope=topic.scope,
        name=topic.name,
        size=len(asked),
        hidden=topic.hidden,
        data=data,
        canonical_comment_id=topic.canonical_comment_id,
        canonical_unit=topic.canonical_unit,
    )


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value for value in values if value is not None)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _begin(day: date) -> datetime:
    """The beginning of a day's week."""
    first = date.fromordinal(max(day.toordinal() - day.weekday(), 1))
    return datetime.combine(first, time.min, UTC)

"""Reads stored comments: one, a page of those that a filter leaves, all of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    column,
    func,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    true,
)
from sqlalchemy.orm import Session, defer

from sedno.serving.store.database import Database
from sedno.serving.store.filters import FilterError, Filters, Scores
from sedno.serving.store.selective import few, some
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.words import fts5_query, like_patterns, tsquery

MOST_A_PAGE = 500
_EXPORT_PAGE = 1_000
__all__ = ["FilterError", "Filters", "Page", "Scores", "count", "every", "get", "page", "selected"]

_WORDS = table("comments_search", column("rowid", Integer))
_EACH_ROWID: ColumnElement[int] = literal_column("+comments_search.rowid", Integer)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list.

    Attributes:
        comments: The comments, newest first. Texts found by words come in the order of their
            receipt, all others by the time they were posted.
        next: Where the next page begins; ``None`` at the end.
    """

    comments: list[StoredComment]
    next: str | None


def get(session: Session, comment_id: int) -> StoredComment | None:
    """One comment."""
    return session.get(StoredComment, comment_id)


def page(
    session: Session,
    filters: Filters,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page:
    """A page of those comments that the filters leave.

    What is added or removed meanwhile moves no page: each begins behind the last comment of
    the one before.

    Args:
        session: Reads.
        filters: Which.
        cursor: :attr:`Page.next` of the page before.
        limit: Most comments of the page, 1 to :data:`MOST_A_PAGE`.

    Raises:
        FilterError: The cursor is none of this list, or the limit out of its range.
    """
    if not 1 <= limit <= MOST_A_PAGE:
        raise FilterError("limit", f"is {limit}; give 1 to {MOST_A_PAGE}")
    by_words = filters.text is not None
    behind = None if cursor is None else _behind(cursor, by_words=by_words)
    places = [
        place
        for asked in filters.by_label()
        for place in _places(session, asked, behind, limit + 1)
    ]
    if by_words:
        places.sort(key=lambda place: place.id, reverse=True)
    else:
        places.sort(key=lambda place: (place.at, place.id), reverse=True)
    ids = [place.id for place in places[:limit]]
    found = {
        comment.id: comment
        for comment in session.scalars(
            select(StoredComment)
            .where(StoredComment.id.in_(ids))
            .options(defer(StoredComment.embedding))
        )
    }
    # One that was erased between the two readings is no longer there.
    comments = [found[number] for number in ids if number in found]
    more = len(places) > limit
    return Page(comments, _cursor(places[limit - 1], by_words=by_words) if more else None)


def _places(
    session: Session, filters: Filters, behind: _Behind | None, limit: int
) -> Sequence[Any]:
    """Number and time of the first comments that the filters leave, in the order of the list."""
    by_words = filters.text is not None
    parts = filters.parts()
    # One filter alone is an index of its own, read in its order.
    several = len(parts) > 1 or (parts and by_words) or filters.scores
    rare = few(session, parts) if several else None
    if rare == []:
        return []
    if rare is not None:
        # "Is true" keeps a database from going by the index of another condition instead.
        holds = and_(*filters.conditions()).is_(true())
        query = select(StoredComment).where(StoredComment.id.in_(rare), holds)
        number: ColumnElement[Any] = StoredComment.__table__.c.id
        if filters.text is not None:
            words = literal(" ").concat(StoredComment.folded).concat(" ")
            query = query.where(*(words.like(word) for word in like_patterns(filters.text)))
    else:
        query, number = selected(session, filters)
    first = number
    if rare is None and by_words and (conditions := some(session, parts)) is not None:
        if number is _WORDS.c.rowid:
            # Without the plus SQLite would look for the words once for each of these numbers.
            query = query.where(_EACH_ROWID.in_(select(StoredComment.id).where(*conditions)))
        else:
            # Else PostgreSQL may read all comments in the order of their numbers.
            first = number + 0
    at = StoredComment.__table__.c.at
    if behind is not None:
        query = query.where(behind.condition(number))
    order = (first.desc(),) if by_words else (at.desc(), number.desc())
    columns = (number.label("id"), at.label("at"))
    query = query.with_only_columns(*columns)
    return session.execute(query.order_by(*order).limit(limit)).all()


def selected(
    session: Session, filters: Filters
) -> tuple[Select[StoredComment], ColumnElement[Any]]:
    """A query of those comments that the filters leave, and the number to sort it by.

    Where words are looked for, sorting by any other column means to find them all first.
    """
    query = select(StoredComment).where(*filters.conditions())
    if filters.text is None:
        return query, StoredComment.__table__.c.id
    if session.get_bind().dialect.name == "sqlite":
        # FTS5 gives its rows in the order of their numbers, so a page of a common word ends
        # after its first comments.
        query = query.join_from(_WORDS, StoredComment, _WORDS.c.rowid == StoredComment.id)
        match = text("comments_search MATCH :words").bindparams(words=fts5_query(filters.text))
        return query.where(match), _WORDS.c.rowid
    match = text("comments.search @@ to_tsquery('simple', :words)")
    return (
        query.where(match.bindparams(words=tsquery(filters.text))),
        StoredComment.__table__.c.id,
    )


def count(session: Session, filters: Filters, *, most: int | None = None) -> int:
    """How many comments the filters leave, counted up to ``most``."""
    inner = selected(session, filters)[0].with_only_columns(StoredComment.id)
    if most is not None:
        inner = inner.limit(most)
    return session.scalar(select(func.count()).select_from(inner.subquery())) or 0


def every(database: Database, filters: Filters) -> Iterator[list[StoredComment]]:
    """All comments that the filters leave, some at a time, oldest receipt first.

    Each part is read by a transaction of its own, so that a slow reader holds nothing up.
    """
    after = 0
    while True:
        with database.session() as session:
            query, number = selected(session, filters)
            found = list(
                session.scalars(
                    query.where(number > after)
                    .order_by(number)
                    .limit(_EXPORT_PAGE)
                    .options(defer(StoredComment.embedding))
                )
            )
        if not found:
            return
        after = found[-1].id
        yield found


@dataclass(frozen=True, slots=True)
class _Behind:
    """The last comment of the page before."""

    id: int
    at: datetime | None

    def condition(self, number: ColumnElement[Any]) -> ColumnElement[bool]:
        """What is behind it: by number, else by time."""
        if self.at is None:
            return number < self.id
        return and_(
            # Said twice, because this is what an index is entered by.
            StoredComment.at <= self.at,
            or_(StoredComment.at < self.at, number < self.id),
        )


def _cursor(last: Any, *, by_words: bool) -> str:
    place: list[Any] = [last.id] if by_words else [last.at.isoformat(), last.id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _behind(cursor: str, *, by_words: bool) -> _Behind:
    """Reads :attr:`Page.next`."""
    fault = FilterError("cursor", "is none of this list; leave it out to begin at its start")
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if by_words:
            (last,) = place
            return _Behind(_whole(last), None)
        moment, last = place
        return _Behind(_whole(last), datetime.fromisoformat(moment).astimezone(UTC))
    except (binascii.Error, ValueError, TypeError, OverflowError) as error:
        raise fault from error


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise TypeError
    return value

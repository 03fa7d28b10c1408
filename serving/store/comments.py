"""Reads stored comments: one, a page of those that a filter leaves, all of them."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Integer, Select, and_, column, func, or_, select, table, text
from sqlalchemy.orm import Session, defer

from sedno.models.taxonomy import TASK_BY_NAME
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signatures
from sedno.serving.store.tables.comments import REVIEW_STATES, STATES, StoredComment
from sedno.serving.store.words import fts5_query, tsquery

MOST_A_PAGE = 500
_EXPORT_PAGE = 1_000
_WORDS = table("comments_search", column("rowid", Integer))


class FilterError(ValueError):
    """A filter that cannot be used.

    Attributes:
        field: Which.
        detail: What is wrong and what to do about it.
    """

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Scores:
    """From and to which probability the chosen label of a task may have."""

    least: float = 0.0
    most: float = 1.0


@dataclass(frozen=True, slots=True)
class Filters:
    """Which comments are meant; what is not said leaves all.

    Attributes:
        text: Words that all have to be in it, or beginnings of words.
        since: Posted at this time or later.
        until: Posted before this time.
        labels: Label by task.
        scores: Range of the chosen label's probability, by task.
        author: A pseudonym.
    """

    source: str | None = None
    post_id: str | None = None
    language: str | None = None
    author: str | None = None
    product: str | None = None
    brand: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Scores] = field(default_factory=dict)
    state: str | None = None
    review_state: str | None = None
    needs_review: bool | None = None
    model: str | None = None
    text: str | None = None
    external_id: str | None = None

    def __post_init__(self) -> None:
        """Checks them.

        Raises:
            FilterError: A value is none that there can be.
        """
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, str) and not _is_storable(value):
                raise FilterError(name, "has a character that nothing stored has; leave it out")
        for task, label in self.labels.items():
            known = TASK_BY_NAME.get(task)
            if known is None:
                raise FilterError(task, f"is no task; use one of {', '.join(TASK_BY_NAME)}")
            if label not in known.labels:
                raise FilterError(task, f"{label!r} is no label; use {', '.join(known.labels)}")
        for task in self.scores:
            if task not in TASK_BY_NAME:
                raise FilterError(task, f"is no task; use one of {', '.join(TASK_BY_NAME)}")
        if self.state is not None and self.state not in STATES:
            raise FilterError("state", f"{self.state!r} is none; use one of {', '.join(STATES)}")
        if self.review_state is not None and self.review_state not in REVIEW_STATES:
            raise FilterError(
                "review_state",
                f"{self.review_state!r} is none; use one of {', '.join(REVIEW_STATES)}",
            )
        if self.text is not None and fts5_query(self.text) is None:
            raise FilterError("text", "has no word to look for; give letters or digits")

    def conditions(self) -> list[ColumnElement[bool]]:
        """What has to hold for a comment, save for :attr:`text`."""
        comment = StoredComment
        out: list[ColumnElement[bool]] = [
            getattr(comment, name) == value
            for name in (
                *("source", "post_id", "language", "author", "product", "brand"),
                *("state", "review_state", "needs_review", "model", "external_id"),
            )
            if (value := getattr(self, name)) is not None
        ]
        out += [getattr(comment, task) == label for task, label in self.labels.items()]
        if len(self.labels) > 1:
            out.append(comment.signature.in_(signatures(self.labels)))
        for task, span in self.scores.items():
            score = getattr(comment, f"{task}_score")
            if span.least > 0:
                out.append(score >= span.least)
            if span.most < 1:
                out.append(score <= span.most)
        if self.since is not None:
            out.append(comment.at >= self.since)
        if self.until is not None:
            out.append(comment.at < self.until)
        return out

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types; :meth:`from_dict` reads it."""
        out: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = value.isoformat()
            if name == "scores":
                value = {task: [span.least, span.most] for task, span in value.items()}
            if value is not None and value != {}:
                out[name] = dict(value) if isinstance(value, Mapping) else value
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Filters:
        """What :meth:`to_dict` gave."""
        values = dict(data)
        for name in ("since", "until"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        if "scores" in values:
            values["scores"] = {task: Scores(*span) for task, span in values["scores"].items()}
        return cls(**values)


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
    query, number = selected(session, filters)
    query = query.options(defer(StoredComment.embedding))
    if by_words:
        query = query.order_by(number.desc())
    else:
        query = query.order_by(StoredComment.at.desc(), StoredComment.id.desc())
    if cursor is not None:
        query = query.where(_behind(cursor, number if by_words else None))
    found = list(session.scalars(query.limit(limit + 1)))
    more = len(found) > limit
    comments = found[:limit]
    return Page(comments, _cursor(comments[-1], by_words=by_words) if more else None)


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


def _is_storable(value: str) -> bool:
    try:
        return b"\x00" not in value.encode()
    except UnicodeEncodeError:  # half of a character
        return False


def _cursor(last: StoredComment, *, by_words: bool) -> str:
    place: list[Any] = [last.id] if by_words else [last.at.isoformat(), last.id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def _behind(cursor: str, number: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """What is behind the last comment of a page: by ``number``, else by time."""
    fault = FilterError("cursor", "is none of this list; leave it out to begin at its start")
    try:
        place = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if number is not None:
            (last,) = place
            return number < _whole(last)
        moment, last = place
        at = datetime.fromisoformat(moment).astimezone(UTC)
        return and_(
            # Said twice, because this is what an index is entered by.
            StoredComment.at <= at,
            or_(StoredComment.at < at, StoredComment.id < _whole(last)),
        )
    except (binascii.Error, ValueError, TypeError, OverflowError) as error:
        raise fault from error


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 63:
        raise TypeError
    return value

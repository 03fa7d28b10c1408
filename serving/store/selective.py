"""Finds the filter that leaves so few comments that each of them can be looked at.

A list is read off an index in its order until the page is full. Where all the filters together
leave next to nothing, that is the whole index, a million entries, each with a look at the comment.
So each filter is asked first, by itself and in an index of its own, whether it leaves only a few;
a database that plans by averages cannot tell a rare language from a common one.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.comments import StoredComment

FEW = 2_000
"""So many comments are looked at one by one."""

SOME = 20_000
"""So many numbers of comments are compared with those of the texts that have a word."""

_VERY_FEW = 50


def few(session: Session, parts: Sequence[Sequence[ColumnElement[bool]]]) -> list[int] | None:
    """The comments that the most selective filter leaves; ``None`` where each leaves many.

    Args:
        session: Reads.
        parts: The conditions of each filter; an index begins with the columns of each.
    """
    best: list[int] | None = None
    for conditions in parts:
        most = FEW + 1 if best is None else len(best)
        query = select(StoredComment.id).where(*conditions).limit(most)
        found = list(session.scalars(query))
        if len(found) < most:
            best = found
        if best is not None and len(best) <= _VERY_FEW:
            break
    return best


def some(
    session: Session, parts: Sequence[Sequence[ColumnElement[bool]]]
) -> Sequence[ColumnElement[bool]] | None:
    """The conditions of the first filter that leaves no more than :data:`SOME` comments."""
    for conditions in parts:
        inner = select(StoredComment.id).where(*conditions).limit(SOME + 1).subquery()
        if (session.scalar(select(func.count()).select_from(inner)) or 0) <= SOME:
            return conditions
    return None

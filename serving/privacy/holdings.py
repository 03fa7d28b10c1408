"""What is held on someone: every comment with all that was derived from it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import record
from sedno.serving.people.looks import Look, looks_at
from sedno.serving.privacy import derived
from sedno.serving.privacy.target import Target
from sedno.serving.privacy.waiting import waiting_rows
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment

_PAGE = 200
# Made for machines, and following from what is given.
_LEFT_OUT = frozenset({"embedding", "folded", "text_key"})


def holdings(database: Database, actor: Actor, target: Target) -> Iterator[dict[str, Any]]:
    """What is held on someone, one object a comment; the asking itself is written down.

    Args:
        database: Where.
        actor: Who asks.
        target: Whose comments.

    Yields:
        ``comment`` with its columns, ``derived`` rows by table, and ``looks``: when it was shown
        to somebody, alone or in a list, or done something to. Rows of jobs that wait for their
        turn come last, as ``waiting``.
    """
    with database.transaction() as session:
        record(session, actor, "author.exported", target.subject)
    last = 0
    while True:
        with database.session() as session:
            query = (
                select(StoredComment)
                .where(target.condition(), StoredComment.id > last)
                .order_by(StoredComment.id)
                .limit(_PAGE)
            )
            found = list(session.scalars(query))
            looks = looks_at(session, [comment.id for comment in found])
            described = [
                _described(session, comment, looks.get(comment.id, [])) for comment in found
            ]
        yield from described
        if len(found) < _PAGE:
            break
        last = found[-1].id
    for job_id, row in waiting_rows(database, target):
        yield {"waiting": row, "job": job_id}


def _described(session: Session, comment: StoredComment, looks: Sequence[Look]) -> dict[str, Any]:
    columns = {
        column.key: getattr(comment, column.key)
        for column in inspect(StoredComment).column_attrs
        if column.key not in _LEFT_OUT
    }
    return {
        "comment": derived.plain(columns),
        "derived": derived.rows(session, comment.id),
        "looks": [
            {"at": at.isoformat(), "action": action, "by": kind} for at, action, kind in looks
        ],
    }

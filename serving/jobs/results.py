"""What came of the rows of a job, as pages and as files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from sedno.serving.jobs import board
from sedno.serving.store import shape
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.jobs import Job, JobItem

COLUMNS = ("row", "outcome", "reason", *shape.COLUMNS)
"""Columns of a table of results."""

_PART = 500


def job_dict(job: Job) -> dict[str, Any]:
    """A job in the published shape; times are left to the JSON writer."""
    options = {name: value for name, value in job.options.items() if name != "last"}
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state,
        "total": job.total,
        "done": job.position,
        "step": job.step,
        "counts": job.counts,
        "error": job.error,
        "attempts": job.attempts,
        "next_at": job.next_at if job.state == "queued" else None,
        "model": job.model,
        "options": options,
        "created_by": job.created_by,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def page(
    session: Session, job_id: int, *, after: int = 0, limit: int = 100
) -> tuple[list[dict[str, Any]], int | None]:
    """Results from behind row ``after`` on, and after which row the next page begins.

    Args:
        session: Reads.
        job_id: The job.
        after: Number of a row, from 1; 0 begins at the start.
        limit: Most rows.

    Raises:
        NoJobError: There is no such job.
    """
    board.get(session, job_id)
    items = board.items_page(session, job_id, after=after - 1, limit=limit + 1)
    shown = items[:limit]
    rows = [_result(item, comment) for item, comment in _with_comments(session, shown)]
    return rows, shown[-1].position + 1 if len(items) > limit else None


def every(database: Database, job_id: int, *, table: bool) -> Iterator[list[dict[str, Any]]]:
    """All results, some at a time, in the order of the rows.

    Args:
        database: Where.
        job_id: The job.
        table: Whether to give rows of :data:`COLUMNS` instead of objects.
    """
    after = -1
    while True:
        with database.session() as session:
            items = board.items_page(session, job_id, after=after, limit=_PART)
            found = _with_comments(session, items)
        if not items:
            return
        after = items[-1].position
        yield [_row(item, one) if table else _result(item, one) for item, one in found]


def _with_comments(
    session: Session, items: Sequence[JobItem]
) -> list[tuple[JobItem, StoredComment | None]]:
    ids = [item.comment_id for item in items if item.comment_id is not None]
    found = {
        comment.id: comment
        for comment in session.scalars(
            select(StoredComment)
            .where(StoredComment.id.in_(ids))
            .options(defer(StoredComment.embedding))
        )
    }
    return [(item, found.get(item.comment_id or 0)) for item in items]


def _result(item: JobItem, comment: StoredComment | None) -> dict[str, Any]:
    out: dict[str, Any] = {"row": item.position + 1, "outcome": item.outcome}
    if item.reason is not None:
        out["reason"] = item.reason
    if comment is not None:
        out["comment"] = shape.to_dict(comment)
    return out


def _row(item: JobItem, comment: StoredComment | None) -> dict[str, Any]:
    known = shape.to_row(comment) if comment is not None else dict.fromkeys(shape.COLUMNS)
    return {"row": item.position + 1, "outcome": item.outcome, "reason": item.reason, **known}

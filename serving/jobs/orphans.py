"""Comments that wait for an answer and that no job will give one: their request broke off."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.comments import Filters
from sedno.serving.store.tables.comments import WAITING, StoredComment
from sedno.serving.store.tables.jobs import Job

AGE = timedelta(minutes=10)
"""How long a comment may wait before it is taken for left behind."""


def queue_them(session: Session, queue: Callable[[Session, int], None]) -> int | None:
    """Makes a job of them; its number, or ``None`` where there are none or a job is at work."""
    busy = session.scalar(select(exists().where(Job.state.in_((*board.OPEN, "uploading")))))
    oldest = session.scalar(
        select(StoredComment.updated_at)
        .where(StoredComment.state == WAITING)
        .order_by(StoredComment.at)
        .limit(1)
    )
    if busy or oldest is None or oldest > now() - AGE:
        return None
    options = {"filters": Filters(state=WAITING).to_dict()}
    job = board.create(session, board.SELECTION, options, created_by="sedno")
    queue(session, job.id)
    return job.id

"""New comments on their way to the topics there are: noted with their answer, joined by a job.

Nothing here needs the libraries of the extra ``topics``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.tables.topics import TopicState, TopicUnit, TopicWaiting

PATIENCE: Final = timedelta(seconds=5)
"""How long a comment waits for others to come along."""

_REST: Final = 4
"""So many times as long as it took, no other join is begun: topics are to cost little."""

_AFTER_FAILURE: Final = timedelta(hours=1)
_AT_ONCE = 400


def note(session: Session, comment_ids: Collection[int]) -> None:
    """Notes comments that were answered and may ask something, with their answer.

    Does nothing before topics are found for the first time: the first run reads all comments.
    """
    if not comment_ids or session.scalar(select(TopicState.id)) is None:
        return
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    statement = insert(TopicWaiting)
    moment = now()
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["comment_id"], set_={"since": statement.excluded.since}
        ),
        [{"comment_id": number, "since": moment} for number in sorted(comment_ids)],
    )


def forget(session: Session, comment_ids: Sequence[int]) -> None:
    """Drops what was cut out of an earlier wording of comments."""
    for start in range(0, len(comment_ids), _AT_ONCE):
        part = comment_ids[start : start + _AT_ONCE]
        session.execute(delete(TopicUnit).where(TopicUnit.comment_id.in_(part)))


def lost(session: Session) -> None:
    """Notes that questions were erased, so that topics are counted anew."""
    session.execute(update(TopicState).values(stale=TopicState.stale + 1))


def is_due(session: Session) -> bool:
    """Whether :func:`wake` would queue a job."""
    stale = session.scalar(select(TopicState.stale))
    if stale is None:
        return False
    waits = exists().where(TopicWaiting.since <= now() - PATIENCE)
    if not stale and not session.scalar(select(waits)):
        return False
    at_work = exists().where(Job.kind.in_((board.JOIN, board.TOPICS)), Job.state.in_(board.OPEN))
    return not session.scalar(select(at_work)) and _has_rested(_last(session))


def wake(session: Session, queue: Callable[[Session, int], None]) -> int | None:
    """Queues the job that lets what waits join; ``None`` where there is nothing to do.

    It is one job that is queued again and again, not one for each handful of comments.
    """
    # Of two servers that look at the same time the second one finds the job open.
    session.execute(select(TopicState.id).with_for_update())
    if not is_due(session):
        return None
    job = _last(session)
    if job is None:
        job = board.create(session, board.JOIN, {}, created_by="sedno")
    else:
        board.renew(job)
    queue(session, job.id)
    return job.id


def waiting(session: Session) -> int:
    """How many comments wait to join."""
    return session.scalar(select(func.count()).select_from(TopicWaiting)) or 0


def failure(session: Session) -> str | None:
    """Why the last job that works on topics failed; ``None`` where it did not."""
    query = select(Job).where(Job.kind.in_((board.TOPICS, board.JOIN)))
    job = session.scalars(query.order_by(Job.created_at.desc(), Job.id.desc()).limit(1)).first()
    return (job.error or "") if job is not None and job.state == "failed" else None


def _last(session: Session) -> Job | None:
    return session.scalars(
        select(Job).where(Job.kind == board.JOIN).order_by(Job.id.desc()).limit(1)
    ).first()


def _has_rested(job: Job | None) -> bool:
    if job is None or job.finished_at is None:
        return True
    if job.state != "done":
        return now() - job.finished_at > _AFTER_FAILURE
    took = job.finished_at - (job.started_at or job.finished_at)
    return now() - job.finished_at > min(_REST * took, _AFTER_FAILURE)

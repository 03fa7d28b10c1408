"""Jobs as they stand in the database: made, taken, gone on with, ended."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, CursorResult, and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from sedno.serving.store.base import now
from sedno.serving.store.tables.jobs import Job, JobChunk, JobItem

FILE, LISTED, SELECTION, TOPICS = "file", "listed", "selection", "topics"
JOIN = "join"
"""New questions join the topics there are."""

MOST_ATTEMPTS = 5
"""How often a job is begun that fails each time."""

_FIRST_PAUSE = timedelta(seconds=5)
_MOST_PAUSE = timedelta(minutes=10)
OPEN = ("queued", "running")
ENDED = ("done", "failed", "cancelled")
_GRACE = timedelta(seconds=30)
_STALE_UPLOAD = timedelta(hours=1)


class LostJobError(Exception):
    """The worker has been given up and another has its job; none of its writes count."""


class CancelledError(Exception):
    """Somebody has cancelled the job, and it has ended; what it was doing is not written."""


class ImpossibleError(ValueError):
    """The job cannot be done, and no further attempt would help; says why and what to do."""


class NoJobError(LookupError):
    """There is no job of this number."""


class JobStateError(ValueError):
    """The job is in a state in which this cannot be done; says which and what can be."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A worker's hold on a job.

    Attributes:
        job_id: The job.
        fence: The worker's number; see :class:`~sedno.serving.store.tables.jobs.Job`.
        lease: How long the worker is believed to live after a sign of life.
    """

    job_id: int
    fence: int
    lease: timedelta


def create(
    session: Session,
    kind: str,
    options: Mapping[str, Any],
    *,
    created_by: str | None,
    state: str = "queued",
    total: int | None = None,
) -> Job:
    """Adds a job to the board; it is worked on once the transaction is committed."""
    job = Job(
        kind=kind,
        state=state,
        options=dict(options),
        created_by=created_by,
        total=total,
        counts={},
        next_at=after_grace(),
    )
    session.add(job)
    session.flush()
    return job


def after_grace() -> datetime:
    """From when on a job is taken for forgotten that was queued just now."""
    return now() + _GRACE


def create_listed(
    session: Session, comments: Sequence[tuple[int, int]], *, created_by: str | None, size: int
) -> Job:
    """Adds a job that answers certain comments.

    Args:
        session: Of a transaction that writes.
        comments: Number and wording of each.
        created_by: Who asks.
        size: Comments of one chunk.
    """
    job = create(session, LISTED, {}, created_by=created_by, total=len(comments))
    for number, start in enumerate(range(0, len(comments), size)):
        add_chunk(session, job.id, number, comments[start : start + size])
    return job


def add_chunk(session: Session, job_id: int, number: int, rows: Sequence[Any]) -> None:
    """Adds rows for a job to do."""
    data = zlib.compress(orjson.dumps(rows), 1)
    session.add(JobChunk(job_id=job_id, number=number, rows=len(rows), data=data))


def rows_of(chunk: JobChunk) -> list[Any]:
    """The rows of a chunk."""
    rows: list[Any] = orjson.loads(zlib.decompress(chunk.data))
    return rows


def get(session: Session, job_id: int) -> Job:
    """A job.

    Raises:
        NoJobError: There is none.
    """
    job = session.get(Job, job_id)
    if job is None:
        raise NoJobError(f"there is no job {job_id}")
    return job


def jobs(
    session: Session, *, state: str | None = None, before: int | None = None, limit: int = 50
) -> list[Job]:
    """Jobs, the newest first."""
    query = select(Job).order_by(Job.id.desc()).limit(limit)
    if state is not None:
        query = query.where(Job.state == state)
    if before is not None:
        query = query.where(Job.id < before)
    return list(session.scalars(query))


def take(session: Session, job_id: int, lease: timedelta) -> Job | None:
    """Takes a job to work on; ``None`` where it is another's, ended, or not yet due.

    Whoever had it before has lost it from now on.
    """
    moment = now()
    job = session.get(Job, job_id, with_for_update=True)
    if job is None or job.state not in OPEN:
        return None
    if job.lease_until is not None and job.lease_until > moment:
        return None
    if job.cancel_asked:
        _end(session, job, "cancelled")
        return None
    job.state = "running"
    job.fence += 1
    job.attempts += 1
    job.started_at = job.started_at or moment
    job.lease_until = moment + lease
    return job


def hold(session: Session, held: Hold, **values: Any) -> None:
    """Gives a sign of life, and writes to the job: in the transaction of what was done.

    Raises:
        LostJobError: Another has the job now, or somebody cancelled or deleted it.
    """
    done = session.execute(
        update(Job)
        .where(Job.id == held.job_id, Job.fence == held.fence, Job.state == "running")
        .values(lease_until=now() + held.lease, **values)
    )
    if cast(CursorResult[Any], done).rowcount != 1:
        raise LostJobError(held.job_id)


def finish(session: Session, held: Hold) -> None:
    """Ends a job that is done.

    Raises:
        LostJobError: Another has the job now.
    """
    hold(session, held)
    _end(session, get(session, held.job_id), "done")


def stumble(session: Session, held: Hold, error: str) -> timedelta | None:
    """Notes that a worker failed: the job is tried again later, or ends as failed.

    Args:
        session: Of a transaction that writes.
        held: The worker's hold.
        error: Why, without a comment's text.

    Returns:
        After which time to try again; ``None`` where it is given up.
    """
    job = session.get(Job, held.job_id, with_for_update=True)
    if job is None or job.fence != held.fence or job.state != "running":
        return None
    job.error = error
    if job.attempts >= MOST_ATTEMPTS:
        _end(session, job, "failed")
        return None
    pause: timedelta = min(_FIRST_PAUSE * 2 ** (job.attempts - 1), _MOST_PAUSE)
    job.state = "queued"
    job.lease_until = now() + pause
    job.next_at = job.lease_until + _GRACE
    return pause


def fail(session: Session, held: Hold, error: str) -> None:
    """Ends a job that no further attempt would help.

    Args:
        session: Of a transaction that writes.
        held: The worker's hold.
        error: Why, and what to do.
    """
    job = session.get(Job, held.job_id, with_for_update=True)
    if job is not None and job.fence == held.fence and job.state == "running":
        job.error = error
        _end(session, job, "failed")


def put_back(session: Session, held: Hold) -> None:
    """Gives a job up without a fault, for the next worker to go on with at once."""
    job = session.get(Job, held.job_id, with_for_update=True)
    if job is not None and job.fence == held.fence and job.state == "running":
        job.state = "queued"
        job.attempts -= 1
        job.lease_until = None
        job.next_at = after_grace()


def cancel(session: Session, job_id: int) -> Job:
    """Cancels a job: at once where nobody works on it, else with its next chunk.

    What is done stays done.

    Raises:
        NoJobError: There is none.
        JobStateError: It has ended.
    """
    job = session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NoJobError(f"there is no job {job_id}")
    if job.state in ENDED:
        raise JobStateError(f"job {job_id} is {job.state}; only a job that has not ended can be")
    job.cancel_asked = True
    if job.state != "running" or job.lease_until is None or job.lease_until <= now():
        _end(session, job, "cancelled")
    return job


def end_if_cancelled(session: Session, held: Hold) -> bool:
    """Ends a job that somebody has cancelled meanwhile.

    Raises:
        LostJobError: Another has the job now.
    """
    hold(session, held)
    job = get(session, held.job_id)
    if job.cancel_asked:
        _end(session, job, "cancelled")
        return True
    return False


def retry(session: Session, job_id: int) -> Job:
    """Queues a job that failed or was cancelled again; it goes on where it was.

    Raises:
        NoJobError: There is none.
        JobStateError: It has not failed.
    """
    job = session.get(Job, job_id, with_for_update=True)
    if job is None:
        raise NoJobError(f"there is no job {job_id}")
    if job.state not in ("failed", "cancelled"):
        raise JobStateError(f"job {job_id} is {job.state}; only failed and cancelled jobs can be")
    job.state = "queued"
    job.attempts = 0
    job.cancel_asked = False
    job.error = job.lease_until = job.finished_at = None
    job.next_at = after_grace()
    return job


def renew(job: Job) -> None:
    """Queues a job that has ended once more, as if it were new."""
    job.state = "queued"
    job.created_at = now()
    job.started_at = job.finished_at = job.lease_until = job.error = job.total = None
    job.attempts = job.position = job.cursor = 0
    job.step = None
    job.counts = {}
    job.cancel_asked = False
    job.next_at = after_grace()


def delete_job(session: Session, job_id: int) -> None:
    """Deletes a job that has ended, with its list of results; the comments stay.

    Raises:
        NoJobError: There is none.
        JobStateError: It has not ended.
    """
    job = get(session, job_id)
    if job.state not in ENDED:
        raise JobStateError(f"job {job_id} is {job.state}; cancel it first")
    session.delete(job)


def is_due(session: Session) -> bool:
    """Whether :func:`due` would name a job."""
    return session.scalar(select(exists().where(*_due()))) or False


def due(session: Session, again: timedelta) -> list[int]:
    """Jobs that nobody works on and whose time has come; each is named once in ``again``."""
    found = session.scalars(
        select(Job).where(*_due()).order_by(Job.id).limit(100).with_for_update(skip_locked=True)
    ).all()
    for job in found:
        job.state = "queued"
        job.lease_until = None
        job.next_at = now() + again
    return [job.id for job in found]


def _due() -> tuple[ColumnElement[bool], ...]:
    moment = now()
    running = and_(Job.state == "running", Job.lease_until <= moment)
    queued = and_(Job.state == "queued", Job.next_at <= moment)
    # A running job was queued last before it began, so its next time says nothing of it.
    return (or_(running, queued),)


def drop_stale_uploads(session: Session) -> None:
    """Deletes what was left of uploads that broke off."""
    session.execute(
        delete(Job).where(Job.state == "uploading", Job.next_at <= now() - _STALE_UPLOAD)
    )


def _end(session: Session, job: Job, state: str) -> None:
    job.state = state
    job.finished_at = now()
    job.lease_until = None
    if state == "done":
        job.error = None
        session.execute(delete(JobChunk).where(JobChunk.job_id == job.id))


def items_page(
    session: Session, job_id: int, *, after: int = -1, limit: int = 100
) -> list[JobItem]:
    """Results of a job in the order of its rows, from behind row ``after`` on."""
    return list(
        session.scalars(
            select(JobItem)
            .where(JobItem.job_id == job_id, JobItem.position > after)
            .order_by(JobItem.position)
            .limit(limit)
        )
    )

"""Runs that find topics anew: asked for, looked at, cancelled; needs no library of the engine."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.jobs import board
from sedno.serving.jobs.board import NoJobError
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.store.tables.jobs import Job
from sedno.serving.topics import pages, taking
from sedno.serving.topics.choice import APART, Choice, ChoiceError


def ask(session: Session, put: Callable[[Session, int], None], actor: Actor, choice: Choice) -> int:
    """Queues a run, unless one of the same choice waits already; gives the number of its job.

    Args:
        session: Of a transaction that writes.
        put: Queues a job.
        actor: Who asks.
        choice: What it is to read.

    Raises:
        ChoiceError: The choice does not go with the topics there are.
    """
    state = pages.state(session)
    now = state.apart if state is not None else APART[0]
    is_part = choice.selection is not None and not choice.selection.is_whole
    if state is not None and is_part and choice.apart not in (None, now):
        raise ChoiceError(taking.cannot_part(now, str(choice.apart)))
    options = choice.to_dict()
    waiting = select(Job).where(Job.kind == board.TOPICS, Job.state == "queued")
    for job in session.scalars(waiting.order_by(Job.id)):
        if job.options == options:
            return job.id
    job = board.create(session, board.TOPICS, options, created_by=actor.name)
    put(session, job.id)
    said = {"choice": options} if options else {}
    record(session, actor, "topics.run", Subject("topics", "all"), job=job.id, **said)
    return job.id


def last(session: Session) -> Job | None:
    """The run that was asked for last, whatever became of it; one that is open comes first."""
    query = select(Job).where(Job.kind == board.TOPICS)
    at_work = query.where(Job.state.in_(board.OPEN)).order_by(Job.state.desc(), Job.id)
    return (
        session.scalars(at_work.limit(1)).first()
        or session.scalars(query.order_by(Job.id.desc()).limit(1)).first()
    )


def get(session: Session, job_id: int) -> Job:
    """A run.

    Raises:
        NoJobError: There is none of this number.
    """
    job = session.get(Job, job_id)
    if job is None or job.kind != board.TOPICS:
        raise NoJobError(f"there is no run {job_id}; 'POST /v1/topics/runs' gives a number")
    return job


def cancel(session: Session, actor: Actor, job_id: int) -> Job:
    """Cancels a run: at once where it waits, else before its next step. Topics stay as they were.

    Raises:
        NoJobError: There is none of this number.
        JobStateError: It has ended.
    """
    get(session, job_id)
    job = board.cancel(session, job_id)
    record(session, actor, "topics.run_cancelled", Subject("topics", "all"), job=job_id)
    return job

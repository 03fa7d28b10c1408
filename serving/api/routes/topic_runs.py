"""Finding topics anew: ``/v1/topics/runs``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Body, Path
from pydantic import BaseModel, ConfigDict, Field

from sedno.serving.api import problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread, sentence
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.jobs.board import JobStateError, NoJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.store.opening import Store
from sedno.serving.store.transact import transact
from sedno.serving.topics import runs
from sedno.serving.topics.choice import Choice, ChoiceError, choose
from sedno.serving.topics.progress import progress_of

router = APIRouter(prefix="/v1/topics/runs", tags=["topics"], route_class=Route)

Editor = Annotated[Actor, require(May.EDIT_TOPICS)]
Number = Annotated[int, Path(ge=1, le=(1 << 63) - 1)]
Names = Annotated[list[Name], Field(max_length=100)]

T = TypeVar("T")

_COMMON = (problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY)
_ONE = problem_responses(*_COMMON, problems.NOT_FOUND)


class ChoiceIn(BaseModel):
    """Which comments a run reads, and what keeps topics apart.

    Without any of it a run reads again what topics are made of: all questions, unless runs so far
    were limited to a part. What a run does not read stays as it is.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{}, {"products": ["Kubek"], "comments": "all"}]},
    )

    sources: Names = Field([], description="Only comments of these; of all where empty.")
    brands: Names = []
    products: Names = []
    languages: Names = Field([], description="ISO 639-1 codes.")
    since: datetime | None = Field(None, description="Posted at this time or later.")
    until: datetime | None = Field(None, description="Posted before this time.")
    comments: Literal["questions", "all"] | None = Field(
        None, description="`all` takes comments that ask nothing too; spam and toxic ones never."
    )
    apart: Literal["source", "brand", "product", "language", "together"] | None = Field(
        None,
        description="What keeps topics apart; without it what does so far (the source, at first). "
        "A run over a part cannot change it.",
    )


class TopicRunOut(BaseModel):
    """A run: a job that finds topics anew, and how far it is."""

    job_id: int
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    step: Literal["reading", "cutting", "grouping", "naming"] | None = Field(
        description="What is being done, or was last; null before it begins and once it is done."
    )
    total: int | None = Field(
        description="Each comment counts once for each of the four steps; null before it begins."
    )
    done: int
    share: float = Field(description="Done, from 0 to 1.")
    choice: dict[str, Any] = Field(description="What was chosen; empty where nothing was.")
    counts: dict[str, int] = Field(description="Questions read and topics found, once it is done.")
    error: str | None
    created_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@router.post("", status_code=202, responses=problem_responses(
    *_COMMON, problems.NOT_FOUND, problems.CONFLICT, problems.MALFORMED_JSON))  # fmt: skip
async def start_run(
    actor: Editor, store: StoreDep, given: Annotated[ChoiceIn | None, Body()] = None
) -> TopicRunOut:
    """Find topics anew, as a job, of all comments or of a part; ids, names and edits survive."""
    choice = chosen(**given.model_dump()) if given is not None else Choice()
    return await in_thread(lambda: _shown(store, queue_run(store, actor, choice)))


@router.get("/{job_id}", responses=_ONE)
async def read_run(actor: Editor, store: StoreDep, job_id: Number) -> TopicRunOut:
    """Tell how far a run is."""
    del actor
    return await in_thread(lambda: _told(lambda: _shown(store, job_id)))


@router.post("/{job_id}/cancel", responses=problem_responses(
    *_COMMON, problems.NOT_FOUND, problems.CONFLICT))  # fmt: skip
async def cancel_run(actor: Editor, store: StoreDep, job_id: Number) -> TopicRunOut:
    """Cancel a run, at once or before its next step; the topics stay as they were."""

    def do() -> TopicRunOut:
        stop_run(store, actor, job_id)
        return _shown(store, job_id)

    return await in_thread(do)


def chosen(**given: Any) -> Choice:
    """A choice as :func:`sedno.serving.topics.choice.choose` makes it.

    Raises:
        ProblemError: It cannot be; 422.
    """
    try:
        return choose(**given)
    except ChoiceError as error:
        raise _refused(error) from error


def queue_run(store: Store, actor: Actor, choice: Choice) -> int:
    """Queues a run, unless one of this choice waits already; gives the number of its job.

    Raises:
        ProblemError: The choice does not go with the topics there are; 422.
    """
    database = store.open()
    queue = JobQueue(database)
    try:
        return transact(database, lambda session: runs.ask(session, queue.put, actor, choice))
    except ChoiceError as error:
        raise _refused(error) from error


def stop_run(store: Store, actor: Actor, job_id: int) -> None:
    """Cancels a run.

    Raises:
        ProblemError: There is none, 404; it has ended, 409.
    """
    _told(lambda: transact(store.open(), lambda session: runs.cancel(session, actor, job_id)))


def _told(do: Callable[[], T]) -> T:
    try:
        return do()
    except NoJobError as error:
        raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
    except JobStateError as error:
        raise ProblemError(problems.CONFLICT, sentence(error)) from error


def _refused(error: ChoiceError) -> ProblemError:
    field, _, detail = str(error).partition(": ")
    fault = Fault(
        f"#/body/{field}", "wrong_value", detail, "see docs/topics.md, 'A run over a part'"
    )
    return ProblemError(problems.INVALID_REQUEST, sentence(error), [fault])


def _shown(store: Store, job_id: int) -> TopicRunOut:
    with store.open().session() as session:
        job = runs.get(session, job_id)
        return TopicRunOut.model_validate({
            "job_id": job.id,
            "state": job.state,
            "step": job.step,
            "total": job.total,
            "done": job.position,
            "share": round(progress_of(job).share, 4),
            "choice": job.options,
            "counts": job.counts,
            "error": job.error,
            "created_by": job.created_by,
            "created_at": job.created_at,
            "started_at": job.started_at,
            "finished_at": job.finished_at,
        })  # fmt: skip

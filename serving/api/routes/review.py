"""The review for programs of people: ``/v1/review``. Only people decide, so it takes a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from sedno.serving.api import problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name, Text
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.people.audit import Subject, record_look
from sedno.serving.people.looks import record_looks
from sedno.serving.review import acts, queue
from sedno.serving.review.counted import proposal_of
from sedno.serving.review.errors import BadLabelsError, ReviewError, UnknownCommentError
from sedno.serving.review.priority import priority
from sedno.serving.review.queue import Wanted
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision
from sedno.serving.store.transact import transact

T = TypeVar("T")

router = APIRouter(prefix="/v1/review", tags=["review"], route_class=Route)

Moderator = Annotated[Actor, require(May.REVIEW)]
Key = Annotated[int, Path(ge=1, le=2**63 - 1, description="The comment's number.")]

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED,
    problems.FORBIDDEN,
    problems.NOT_FOUND,
    problems.CONFLICT,
    problems.INVALID_REQUEST,
    problems.NOT_READY,
)


class WorthOut(BaseModel):
    """Why a comment stands where it does in the queue: the product of three factors."""

    priority: float
    doubt: float = Field(description="Probability that at least one label is wrong.")
    reach: float = Field(description="1 or more.")
    suspicion: float = Field(description="1 to 2.")


class WaitingOut(BaseModel):
    """A comment to look at."""

    id: int
    source: str
    external_id: str
    text: str
    context: str | None
    language: str | None
    version: int = Field(description="Send it with the decision.")
    model: str | None
    proposal: dict[str, dict[str, Any]] = Field(
        description="By task: `label`, its calibrated `score`, and `review`."
    )
    worth: WorthOut


class QueueOut(BaseModel):
    """A part of the queue, in its order. Nothing is taken by looking at it."""

    comments: list[WaitingOut]
    next_after: int | None = Field(description="`after` of the next part; null at the end.")


class NextOut(BaseModel):
    """What the person has got to look at."""

    comment: WaitingOut | None = Field(description="Null where nothing waits.")
    drawn: bool = Field(
        False, description="Whether it was drawn by chance: then send its number as `after_drawn`."
    )


class VersionIn(BaseModel):
    """What was looked at."""

    model_config = ConfigDict(extra="forbid")

    version: int = Field(ge=1, le=2**31 - 1, description="Of the comment, as it was shown.")


class EscalationIn(VersionIn):
    """Why the editors are asked."""

    note: Text | None = None


class DecisionIn(EscalationIn):
    """What a person says of a comment."""

    labels: dict[Name, Name] = Field(
        description="A label for each task.",
        examples=[
            {
                "substance": "substantive",
                "authenticity": "real",
                "sentiment": "mixed",
                "question": "none",
                "toxicity": "ok",
            }
        ],
    )
    model: Name | None = Field(None, description="Whose proposal was shown.")


class UndoIn(BaseModel):
    """What to take back."""

    model_config = ConfigDict(extra="forbid")

    decision: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Its number; null for the caller's last."
    )


class DoneOut(BaseModel):
    """What was kept."""

    decision: int
    verdict: str = Field(examples=["accepted", "corrected", "skipped", "escalated"])


class UndoneOut(BaseModel):
    """What was taken back."""

    decisions: list[int]
    comments: list[int]


def _wanted(
    state: Annotated[str, Query(pattern="^(open|skipped)$")] = "open",
    source: Annotated[Name | None, Query()] = None,
    language: Annotated[Name | None, Query()] = None,
    label: Annotated[
        Name | None, Query(description="A label of the model, such as toxicity:toxic.")
    ] = None,
) -> Wanted:
    try:
        return Wanted(state=state, source=source, language=language, label=label)
    except ValueError as error:
        fault = Fault("#/label", "bad_label", str(error), "write it like toxicity:toxic")
        raise ProblemError(problems.INVALID_REQUEST, f"{error}.", [fault]) from error


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("/queue", responses=_PROBLEMS)
async def read_queue(
    actor: Moderator,
    store: StoreDep,
    wanted: WantedDep,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QueueOut:
    """Read what waits for a look, the most worthwhile first."""

    def read(session: Session) -> QueueOut:
        found = queue.page(session, wanted, after=after, limit=limit)
        ids = [comment.id for comment in found]
        record_looks(session, actor, "comments.listed", Subject("comments", "queue"), ids)
        last = found[-1].id if len(found) == limit else None
        return QueueOut(comments=[_waiting(comment) for comment in found], next_after=last)

    return await _run(store, read)


@router.post("/next", responses=_PROBLEMS)
async def take_next(
    actor: Moderator,
    store: StoreDep,
    settings: SettingsDep,
    wanted: WantedDep,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    after_drawn: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> NextOut:
    """Take the most worthwhile comment that nobody has; what the caller had is given back.

    One in ten is one of those drawn by chance, which tell how often the model is right.
    """

    def take(session: Session) -> NextOut:
        taken = queue.take_next(
            session,
            actor,
            wanted,
            after=after,
            after_drawn=after_drawn,
            lease=settings.review_lease,
        )
        if taken is None:
            return NextOut(comment=None, drawn=False)
        record_look(session, actor, "comment.read", Subject("comment", str(taken.comment.id)))
        return NextOut(comment=_waiting(taken.comment), drawn=taken.comment.sample is not None)

    return await _run(store, take)


@router.post("/{comment_id}/decision", responses=_PROBLEMS)
async def decide_comment(
    comment_id: Key, asked: DecisionIn, actor: Moderator, store: StoreDep, settings: SettingsDep
) -> DoneOut:
    """Decide on a comment."""
    return await _run(
        store,
        lambda session: _done(
            acts.decide(
                session,
                actor,
                comment_id,
                asked.labels,
                version=asked.version,
                model=asked.model,
                note=asked.note,
                second_share=settings.second_opinion_share,
            )
        ),
    )


@router.post("/{comment_id}/skip", responses=_PROBLEMS)
async def skip_comment(
    comment_id: Key, asked: VersionIn, actor: Moderator, store: StoreDep
) -> DoneOut:
    """Pass a comment on."""
    return await _run(
        store, lambda s: _done(acts.skip(s, actor, comment_id, version=asked.version))
    )


@router.post("/{comment_id}/escalation", responses=_PROBLEMS)
async def escalate_comment(
    comment_id: Key, asked: EscalationIn, actor: Moderator, store: StoreDep
) -> DoneOut:
    """Hand a comment to the editors."""
    return await _run(
        store,
        lambda s: _done(
            acts.escalate(s, actor, comment_id, version=asked.version, note=asked.note)
        ),
    )


@router.post("/undo", responses=_PROBLEMS)
async def undo_decision(
    asked: UndoIn,
    actor: Annotated[Actor, require(May.UNDO_DECISIONS)],
    store: StoreDep,
) -> UndoneOut:
    """Take back the caller's last decision, or the one that is named; a stroke as a whole."""

    def undo(session: Session) -> UndoneOut:
        undone = acts.undo(session, actor, asked.decision).decisions
        return UndoneOut(
            decisions=[one.id for one in undone], comments=[one.comment_id for one in undone]
        )

    return await _run(store, undo)


async def _run(store: Store, work: Callable[[Session], T]) -> T:
    try:
        return await in_thread(lambda: transact(store.open(), work))
    except UnknownCommentError as error:
        raise ProblemError(problems.NOT_FOUND, str(error)) from error
    except BadLabelsError as error:
        fault = Fault("#/labels", error.code, str(error), "give one label of each task")
        raise ProblemError(problems.INVALID_REQUEST, f"{error}.", [fault]) from error
    except ReviewError as error:
        raise ProblemError(problems.CONFLICT, str(error)) from error


def _done(decision: Decision) -> DoneOut:
    return DoneOut(decision=decision.id, verdict=decision.verdict)


def _waiting(comment: StoredComment) -> WaitingOut:
    worth = priority(comment.answer, comment.reach)
    return WaitingOut(
        id=comment.id,
        source=comment.source,
        external_id=comment.external_id,
        text=comment.text,
        context=comment.context,
        language=comment.language,
        version=comment.version,
        model=comment.model,
        proposal=proposal_of(comment.answer),
        worth=WorthOut(
            priority=comment.priority,
            doubt=worth.doubt,
            reach=worth.reach,
            suspicion=worth.suspicion,
        ),
    )

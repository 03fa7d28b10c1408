"""Questions that keep coming back: ``/v1/topics``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from sedno.datasets.io.errors import MissingExtraError
from sedno.serving.api import problems
from sedno.serving.api.dependencies import EngineDep, StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread, sentence
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.topic_filters import WantedDep
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.base import now
from sedno.serving.store.opening import Store
from sedno.serving.store.transact import transact
from sedno.serving.topics import extra, happened, pages, search
from sedno.serving.topics.choice import APART
from sedno.serving.topics.history import Kind
from sedno.serving.topics.sorting import Order, Sort, ordered
from sedno.serving.topics.taking import reach_of

router = APIRouter(prefix="/v1/topics", tags=["topics"], route_class=Route)

Reader = Annotated[Actor, require(May.READ_TOPICS)]
Editor = Annotated[Actor, require(May.EDIT_TOPICS)]
TopicId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,32}$")]
Verdict = Literal["new", "rising", "fading", "gone", "steady", "unknown"]
Text = Annotated[Name | None, Query(description="In name, question or key phrases.")]

SortBy = Annotated[
    Sort | None,
    Query(description="Not given: the largest first, of a search the best first."),
]
Direction = Annotated[
    Order | None,
    Query(description="Not given: large, strong, new first; names from A."),
]

Parts = Annotated[
    list[Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=1_000)]],
    Field(max_length=4),
]
"""Numbers of the comments that each part of a topic is given by."""

T = TypeVar("T")

_READING = (problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY)
_PROBLEMS = problem_responses(*_READING)
_ONE = problem_responses(*_READING, problems.NOT_FOUND)
WRITING = problem_responses(*_READING, problems.NOT_FOUND, problems.CONFLICT,
                             problems.MALFORMED_JSON)  # fmt: skip


class TrendOut(BaseModel):
    """How a topic's weekly share changes, by a test."""

    verdict: Verdict
    statistic: float
    p_value: float
    q_value: float
    test: str


class TopicOut(BaseModel):
    """A question that keeps coming back."""

    id: str
    scope: str
    name: str
    question: str | None = Field(description="One that was asked; null where it was erased.")
    phrases: list[str]
    size: int = Field(description="Comments that ask it.")
    authors: int | None
    share: float = Field(description="Share of the source's questions.")
    sentiments: dict[str, int]
    languages: dict[str, int]
    first_seen: datetime | None
    last_seen: datetime | None
    weeks: dict[str, int] = Field(description="Comments by week, named by its Monday.")
    trend: TrendOut
    hidden: bool
    pinned: bool
    answers: int = Field(description="Entries made from it.")
    published: int = Field(description="Those of them that are published.")
    products: dict[str, int] = Field({}, description="Comments by product.")
    related: list[str] = Field([], description="Topics that ask something near to it.")
    by_words: bool | None = Field(None, description="Of a search: whether it says the words.")
    likeness: float | None = Field(
        None, description="Of a search: cosine to what was meant, where that could be compared."
    )


class TopicsOut(BaseModel):
    """Topics of the last run, the largest first."""

    topics: list[TopicOut]
    run: int = Field(description="Number of the last run; 0 before the first.")
    model: str | None
    questions: int
    single: int = Field(description="Questions that nobody else asks.")
    updated_at: datetime | None
    apart: str = Field(description="What keeps them apart: `scope` of each topic is a value of it.")
    made_of: list[dict[str, Any]] = Field(
        description="Which comments they are made of: what runs so far have covered, together."
    )
    searched_by: Literal["meaning", "words"] | None = Field(
        None,
        description="Of a search: `words` alone where the model is not loaded yet or is not the "
        "one that the topics were found with.",
    )


class AskedOut(BaseModel):
    """A question of a topic."""

    comment_id: int
    text: str
    score: float


class ChangeOut(BaseModel):
    """What happened to a topic."""

    kind: Kind = Field(
        description="`merged` and `split` tell what a topic became part of and what it came out "
        "of; `took` and `gave` are the same, seen from the other topic."
    )
    other: str | None = Field(description="Id of the other topic, where there is one.")
    other_name: str | None = Field(description="Its name, or the one that it had, where known.")
    there: bool = Field(description="Whether the other topic is still there.")
    name: str | None = Field(description="Of `renamed`: the new name.")
    share: float | None = Field(description="Share of the comments that moved, where a run did it.")
    run: int | None = Field(description="Number of the run; null for what an editor decided.")
    by: str | None = Field(description="Who decided it, or had topics found anew.")
    at: datetime | None = Field(description="Null for runs that the audit log forgot.")


class TopicFullOut(TopicOut):
    """A topic with its most typical questions."""

    asked: list[AskedOut]
    history: list[ChangeOut] = Field(description="What happened to it, the newest first.")


class EditIn(BaseModel):
    """What an editor decides on a topic; it survives every later run."""

    op: Literal["rename", "hide", "show", "pin", "unpin", "merge", "split"]
    name: Name | None = Field(None, description="The new name, for `rename`.")
    into: Name | None = Field(None, description="The topic that it becomes part of, for `merge`.")
    parts: Parts | None = Field(
        None,
        description="For `split`: comments that each part is given by, the first of which keeps "
        "the id; the others go where they are nearest. `split-preview` shows what comes of it.",
    )


@router.get("", responses=_PROBLEMS)
async def list_topics(
    actor: Reader,
    store: StoreDep,
    engine: EngineDep,
    wanted: WantedDep,
    *,
    source: Annotated[Name | None, Query()] = None,
    text: Text = None,
    q: Annotated[
        Name | None,
        Query(description="About what, in any words: by meaning and by words, the best first."),
    ] = None,
    trend: Annotated[Verdict | None, Query()] = None,
    hidden: Annotated[bool, Query(description="Also those that editors hid.")] = False,
    sort: SortBy = None,
    order: Direction = None,
) -> TopicsOut:
    """List the topics of the last run, the largest first or in another order, or search them."""
    asked: dict[str, Any] = {"scope": source, "verdict": trend, "hidden": hidden, "wanted": wanted}

    def note(session: Session, rows: list[pages.Row]) -> None:
        ids = pages.comments_of(rows)
        record_looks(session, actor, "comments.listed", Subject("topics", "list"), ids)

    def searched(session: Session, meant: Any) -> tuple[list[TopicOut], Any]:
        if not q:
            rows = pages.topics(session, text=text, **asked)
            rows = ordered(rows, sort, order) if sort else rows
            note(session, rows)
            return [TopicOut.model_validate(row.fields()) for row in rows], None
        found = search.search(session, q, meant, **asked)
        rows = [hit.row for hit in found.hits if not text or pages.says(hit.row, text)]
        note(session, rows)
        hits = {hit.row.topic.id: hit for hit in found.hits}
        return [
            TopicOut(
                **row.fields(),
                by_words=hits[row.topic.id].by_words,
                likeness=hits[row.topic.id].likeness,
            )
            for row in (ordered(rows, sort, order) if sort else rows)
        ], found.by

    def read(session: Session, meant: Any) -> TopicsOut:
        state = pages.state(session)
        rows, by = searched(session, meant)
        return TopicsOut(
            topics=rows,
            searched_by=by,
            run=state.run if state else 0,
            model=state.model if state else None,
            questions=state.questions if state else 0,
            single=state.single if state else 0,
            updated_at=state.updated_at if state else None,
            apart=state.apart if state else APART[0],
            made_of=[one.to_dict() for one in reach_of(state)],
        )

    def work() -> TopicsOut:
        meant = search.embed(engine, q) if q else None
        return transact(store.open(), lambda session: read(session, meant))

    return await in_thread(work)


@router.get("/{topic_id}", responses=_ONE)
async def read_topic(actor: Reader, store: StoreDep, topic_id: TopicId) -> TopicFullOut:
    """Read a topic with its most typical questions."""

    def read(session: Session) -> TopicFullOut:
        row = pages.topic(session, topic_id)
        if row is None:
            raise missing(topic_id)
        members = pages.members(session, topic_id)
        ids = {*pages.comments_of([row]), *(comment.id for _, comment in members)}
        record_looks(session, actor, "comments.listed", Subject("topics", topic_id), ids)
        asked = [
            AskedOut(comment_id=comment.id, text=unit.text, score=unit.score)
            for unit, comment in members
        ]
        changes = [
            ChangeOut.model_validate(change.to_dict())
            for change in happened.changes(session, topic_id)
        ]
        return TopicFullOut(**row.fields(), asked=asked, history=changes)

    return await in_thread(lambda: transact(store.open(), read))


@router.post("/{topic_id}/edits", status_code=204, responses=WRITING)
async def edit_topic(actor: Editor, store: StoreDep, topic_id: TopicId, given: EditIn) -> None:
    """Rename, hide, show, pin, unpin or split a topic, or make it part of another."""
    await in_thread(
        lambda: edit(
            store, actor, topic_id, given.op, given.name, given.into, parts=given.parts or ()
        )
    )


def edit(
    store: Store,
    actor: Actor,
    topic_id: str,
    op: str,
    name: str | None,
    into: str | None,
    *,
    parts: Sequence[Sequence[int]] = (),
) -> None:
    """Does what an editor decides.

    Raises:
        ProblemError: There is no such topic, 404; it cannot be done, 409.
    """
    try:
        # Here, because the engine's libraries come with an extra.
        with extra.needed("changing topics"):
            from sedno.models.topics import edits  # noqa: PLC0415
            from sedno.serving.topics import stored  # noqa: PLC0415
    except MissingExtraError as error:
        raise ProblemError(problems.CONFLICT, sentence(error)) from error

    doings: dict[str, Callable[[Any], Any]] = {
        "rename": lambda found: edits.rename(found, topic_id, name or ""),
        "split": lambda found: edits.split(
            found, topic_id, [[str(number) for number in part] for part in parts]
        ),
        "merge": lambda found: edits.merge(found, [topic_id], into or topic_id),
    }
    doing: Callable[[Any], Any] = doings.get(op, lambda found: edits.flag(found, topic_id, op))

    def signed(found: Any) -> Any:
        return edits.signed(found, doing(found), by=actor.name, at=now())

    def write(session: Session) -> None:
        if pages.topic(session, topic_id) is None:
            raise missing(topic_id)
        stored.change(session, actor, "topics.edited", signed, topic=topic_id, op=op)

    try:
        transact(store.open(), write)
    except (edits.EditError, stored.TopicsChangedError, LookupError) as error:
        detail = sentence(error) if str(error) else "The topics have just changed; try again."
        raise ProblemError(problems.CONFLICT, detail) from error


def missing(topic_id: str) -> ProblemError:
    """The problem of a topic that is not there."""
    return ProblemError(
        problems.NOT_FOUND, f"There is no topic {topic_id!r}; 'GET /v1/topics' lists them."
    )

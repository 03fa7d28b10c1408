"""One comment, what stands around it, and lists of comments."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from sedno.models.taxonomy import TASKS
from sedno.serving.api import guard
from sedno.serving.api.dependencies import EngineDep, SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.batcher import QueueFullError
from sedno.serving.desk import item, language, marks, render
from sedno.serving.desk.forms import Key
from sedno.serving.desk.routes.review import show
from sedno.serving.engine import ClientGoneError, DeadlineError, NotReadyError
from sedno.serving.ingest.classify import comment_of
from sedno.serving.people.audit import Subject, record_look
from sedno.serving.people.looks import record_looks
from sedno.serving.review import alike, blind, queue
from sedno.serving.review.queue import Taken
from sedno.serving.review.states import State
from sedno.serving.store import comments
from sedno.serving.store.comments import FilterError, Filters, Scores
from sedno.serving.store.tables.comments import REVIEW_STATES, StoredComment
from sedno.serving.store.transact import transact

Reader = Annotated[Actor, guard.require(May.READ_COMMENTS)]

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/comments")
def listing(request: Request, actor: Reader, store: StoreDep) -> Response:
    """Comments by words, source, label and state, the newest first."""
    given = {
        name: value
        for name in (
            *("text", "source", "label", "review_state", "language", "author"),
            *("since", "until", "sure"),
        )
        if (value := request.query_params.get(name, "").strip())
    }
    fault = None
    found = None
    standing: dict[int, str] = {}
    try:
        filters = blind.filters_for(actor, _filters(given))

        def read(session: Session) -> tuple[comments.Page, dict[int, str]]:
            page = comments.page(
                session, filters, cursor=request.query_params.get("cursor"), limit=30
            )
            ids = [comment.id for comment in page.comments]
            subject = Subject("comments", "list")
            told = filters.for_log()
            record_looks(session, actor, "comments.listed", subject, ids, filters=told)
            return page, blind.states_for(session, actor, page.comments)

        found, standing = transact(store.open(), read)
    except FilterError as error:
        fault = str(error)
    return render.page(
        request,
        "comments.html",
        actor=actor,
        given=given,
        found=found,
        standing=standing,
        fault=fault,
        states=REVIEW_STATES,
    )


@router.get("/desk/comments/{comment_id}")
def one(
    request: Request, comment_id: Key, actor: Reader, store: StoreDep, settings: SettingsDep
) -> Response:
    """One comment: to decide on where this person may, else to look at."""
    speak = language.speaker(language.of_request(request, actor.language))

    def look(session: Session) -> tuple[Taken | None, bool, list[object]]:
        comment = session.get(StoredComment, comment_id)
        if comment is None:
            return None, False, []
        record_look(session, actor, "comment.read", Subject("comment", str(comment_id)))
        taken = None
        if _may_decide(session, actor, comment):
            taken = queue.open_one(session, actor, comment_id, lease=settings.review_lease)
        history = list(item.history_of(session, comment_id))
        hidden = blind.waits_for_second(session, comment_id, actor.id or 0)
        return taken or Taken(comment, hidden), taken is not None, list(history)

    shown, mine, history = transact(store.open(), look)
    if shown is None:
        return render.page(
            request,
            "problem.html",
            actor=actor,
            status=404,
            title=speak.say("No such comment"),
            detail=speak.say("This comment is no longer here: it was erased or its time is over."),
        )
    editor = not actor.may(May.REVIEW)
    room = "escalations" if editor else "review"
    return show(
        request,
        actor,
        shown,
        action=f"/desk/{room}/{comment_id}/decision" if mine else None,
        back=f"/desk/{room}",
        history=history,
        locked=speak.say("Settled, or open with somebody else. Undo a decision to change it."),
    )


@router.get("/desk/comments/{comment_id}/why")
async def why(
    request: Request, comment_id: Key, actor: Reader, store: StoreDep, engine: EngineDep
) -> Response:
    """The text with the words marked that drove each label, by the model in use now."""
    comment = await run_in_threadpool(_read, store, actor, comment_id)
    if comment is None:
        return Response(status_code=404)
    asked = [comment_of(comment)]
    marked = []
    model = None
    try:
        answers = await engine.predict(
            asked,
            engine.estimate(asked, explain=True),
            explain=True,
            embeddings=False,
            gone=_until_gone(request),
        )
        for name, said in answers[0].labels.items():
            spans = marks.of_masked(comment.text, said.spans)
            marked.append((name, said.label, marks.pieces(comment.text, spans)))
        model = answers[0].model
    except (NotReadyError, QueueFullError, DeadlineError, ClientGoneError):
        marked = []
    first = item.doubtful_task(comment.answer)
    return render.page(
        request,
        "why.html",
        actor=actor,
        comment=comment,
        tasks_marked=marked,
        first=first,
        # The answer beside the marks may be of an earlier model, which nobody can ask any more.
        other_model=model if comment.model not in (None, model) else None,
    )


@router.get("/desk/comments/{comment_id}/around")
def around(request: Request, comment_id: Key, actor: Reader, store: StoreDep) -> Response:
    """What is known of the author, and comments that say something similar."""
    with store.open().session() as session:
        comment = session.get(StoredComment, comment_id)
        if comment is None:
            return Response(status_code=404)
        near = [
            (found, other)
            for found in alike.similar(session, comment)
            if (other := session.get(StoredComment, found.id)) is not None
        ]
        # Written down by itself: nobody shall wait for the search to write.
        with store.open().transaction() as writing:
            subject = Subject("comment", str(comment_id))
            ids = [other.id for _, other in near]
            record_looks(writing, actor, "comments.similar", subject, ids)
        behaviour = ((comment.answer or {}).get("behaviour") or {}).get("reasons", [])
        return render.page(
            request,
            "around.html",
            actor=actor,
            author=item.author_of(session, comment),
            copies=item.copies_of(session, comment),
            behaviour=behaviour,
            similar=near,
            standing=blind.states_for(session, actor, [other for _, other in near]),
        )


def _may_decide(session: Session, actor: Actor, comment: StoredComment) -> bool:
    if actor.may(May.RESOLVE_ESCALATIONS):
        return True
    if not actor.may(May.REVIEW):
        return False
    if comment.review_state in (State.OPEN, State.SKIPPED, State.NONE):
        return True
    return blind.waits_for_second(session, comment.id, actor.id or 0)


def _read(store: StoreDep, actor: Actor, comment_id: int) -> StoredComment | None:
    with store.open().transaction() as session:
        comment = session.get(StoredComment, comment_id)
        if comment is not None:
            record_look(session, actor, "comment.read", Subject("comment", str(comment_id)))
        return comment


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _filters(given: dict[str, str]) -> Filters:
    task, _, label = given.get("label", "").partition(":")
    if task and task not in {known.name for known in TASKS}:
        raise FilterError("label", f"is {given['label']!r}; write it like toxicity:toxic")
    sure = given.get("sure")
    if sure is not None and not task:
        raise FilterError("label", "is missing; choose the label that is sure up to there")
    return Filters(
        text=given.get("text"),
        source=given.get("source"),
        language=given.get("language"),
        author=given.get("author"),
        review_state=given.get("review_state"),
        labels={task: label} if task else {},
        scores={task: Scores(most=_share(sure))} if task and sure is not None else {},
        since=_day(given, "since"),
        until=_day(given, "until"),
    )


def _share(given: str) -> float:
    try:
        share = float(given)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise FilterError("sure", f"is {given[:20]!r}; give a number from 0 to 1")
    return share


def _day(given: dict[str, str], name: str) -> datetime | None:
    """Midnight of a day, in the time zone of the server, as times are shown."""
    if name not in given:
        return None
    try:
        return datetime.combine(date.fromisoformat(given[name]), time()).astimezone()
    except (ValueError, OverflowError) as error:
        raise FilterError(name, f"is {given[name][:20]!r}; write a day like 2026-11-30") from error

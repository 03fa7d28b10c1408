"""What people keep asking: the list of topics, and one of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import EngineDep, SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.api.routes.topic_runs import chosen, queue_run, stop_run
from sedno.serving.api.routes.topics import edit
from sedno.serving.desk import language, plots, render, topic_filters, topic_plots
from sedno.serving.desk.forms import Form, FormDep, Key
from sedno.serving.faq import draft
from sedno.serving.faq.brand import brand_of
from sedno.serving.faq.material import MOST_QUESTIONS
from sedno.serving.jobs import board
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.transact import transact
from sedno.serving.topics import flow, happened, pages, runs, search, taking
from sedno.serving.topics.choice import APART, NAMES
from sedno.serving.topics.progress import progress_of
from sedno.serving.topics.sorting import ordered

Reader = Annotated[Actor, guard.require(May.READ_TOPICS)]
Editor = Annotated[Actor, guard.require(May.EDIT_TOPICS)]
Writer = Annotated[Actor, guard.require(May.EDIT_FAQ)]
TopicId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,32}$")]

_WEEKS: Final = 26
_OPS: Final = ("rename", "hide", "show", "pin", "unpin", "merge")
VERDICTS: Final = ("new", "rising", "fading", "gone", "steady")

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/topics")
def listing(request: Request, actor: Reader, store: StoreDep, engine: EngineDep) -> Response:
    """Topics in an order, narrowed down by filters, or those that are about something."""
    filters = topic_filters.read(request, "text", "trend", "hidden", "sort", "order")
    given = filters.given
    trend, text = given.get("trend"), given.get("text")
    sort, order = filters.sorting()
    meant = search.embed(engine, text) if text else None
    with store.open().transaction() as session:
        asked: dict[str, Any] = {
            "scope": filters.source,
            "verdict": trend if trend in VERDICTS else None,
            "hidden": "hidden" in given,
            "wanted": filters.wanted,
        }
        found = search.search(session, text, meant, **asked) if text else None
        rows = [hit.row for hit in found.hits] if found else pages.topics(session, **asked)
        # A topic shows a question as somebody wrote it.
        ids = pages.comments_of(rows)
        record_looks(session, actor, "comments.listed", Subject("topics", "list"), ids)
        if sort is not None:
            rows = ordered(rows, sort, order)
        state = pages.state(session)
        choices = pages.choices(session)
        run_of = runs.last(session)
        joining, failure = flow.waiting(session), flow.failure(session)
    return render.page(
        request,
        "topics.html",
        actor=actor,
        given=given,
        filters=filters,
        heads=topic_filters.heads("/desk/topics", filters, sort or (None if text else "size")),
        rows=[(row, topic_plots.spark(list(row.topic.data["weeks"].values()))) for row in rows],
        found=found,
        state=state,
        choices=choices,
        verdicts=VERDICTS,
        apart=state.apart if state else APART[0],
        aparts=APART,
        run=run_of if run_of is not None and run_of.state in board.OPEN else None,
        progress=progress_of(run_of) if run_of is not None else None,
        last=run_of,
        made_of=[one.to_dict() for one in taking.reach_of(state)],
        joining=joining,
        failure=failure,
    )


@router.post("/desk/topics/run")
def run(actor: Editor, store: StoreDep, form: FormDep) -> Response:
    """Has topics found anew, of what was chosen or of what they are made of so far."""
    choice = chosen(
        **{name: form.get(name, "").splitlines() for name in NAMES},
        since=_day(form, "since"),
        until=_day(form, "until"),
        comments=form.get("comments") or None,
        apart=form.get("apart") or None,
    )
    queue_run(store, actor, choice)
    return render.go("/desk/topics", notice="topics_queued")


@router.get("/desk/topics/runs/{job_id}")
def how_far(request: Request, job_id: Key, actor: Editor, store: StoreDep) -> Response:
    """How far a run is, for the page that shows it; no content once it has ended."""
    with store.open().session() as session:
        job = session.get(Job, job_id)
        if job is None or job.kind != board.TOPICS or job.state not in board.OPEN:
            return Response(status_code=204)
        return render.page(
            request, "topic_run_part.html", actor=actor, run=job, progress=progress_of(job)
        )


@router.post("/desk/topics/runs/{job_id}/cancel")
def cancel(job_id: Key, actor: Editor, store: StoreDep) -> Response:
    """Cancels a run, at once or before its next step."""
    stop_run(store, actor, job_id)
    return render.go("/desk/topics", notice="topics_cancelled")


@router.get("/desk/topics/{topic_id}")
def one(request: Request, topic_id: TopicId, actor: Reader, store: StoreDep) -> Response:
    """A topic: its weeks, who asks, how they feel, examples, answers."""

    def look(session: Session) -> dict[str, Any] | None:
        row = pages.topic(session, topic_id)
        if row is None:
            return None
        state = pages.state(session)
        asked = pages.members(session, topic_id, limit=30)
        ids = {*pages.comments_of([row]), *(comment.id for _, comment in asked)}
        record_looks(session, actor, "comments.listed", Subject("topics", topic_id), ids)
        return {
            "row": row,
            "apart": state.apart if state else APART[0],
            "asked": asked,
            "entries": pages.entries_of(session, topic_id),
            "history": happened.changes(session, topic_id),
            "related": [
                other.topic
                for name in row.topic.data.get("related", ())
                if (other := pages.topic(session, name)) and not other.topic.hidden
            ],
            "others": [
                other.topic
                for other in pages.topics(session, scope=row.topic.scope)
                if other.topic.id != topic_id
            ],
        }

    shown = transact(store.open(), look)
    if shown is None:
        raise ProblemError(problems.NOT_FOUND, f"There is no topic {topic_id!r}.")
    weeks = list(shown["row"].topic.data["weeks"].items())[-_WEEKS:]
    speak = language.speaker(language.of_request(request, actor.language))
    return render.page(
        request,
        "topic.html",
        actor=actor,
        weeks=weeks,
        days=[(speak.day(date.fromisoformat(week)), number) for week, number in weeks],
        plot=plots.bars([number for _, number in weeks]),
        **shown,
    )


@router.post("/desk/topics/{topic_id}/answer")
def answer(topic_id: TopicId, actor: Writer, store: StoreDep, settings: SettingsDep) -> Response:
    """Makes a draft of an answer out of a topic."""

    def write(session: Session) -> int:
        row = pages.topic(session, topic_id)
        asked = pages.members(session, topic_id, limit=MOST_QUESTIONS)
        if row is None or not asked:
            raise ProblemError(
                problems.NOT_FOUND, f"There is no topic {topic_id!r} with a question."
            )
        ids = dict.fromkeys(comment.id for _, comment in asked)
        return draft.from_comments(
            session, actor, list(ids), brand_of(settings), question=row.question, topic=topic_id
        ).id

    made = transact(store.open(), write)
    return render.go(f"/desk/faq/{made}", notice="faq_created")


@router.post("/desk/topics/{topic_id}/{op}")
def change(topic_id: TopicId, op: str, form: FormDep, actor: Editor, store: StoreDep) -> Response:
    """Renames, hides, shows, pins or unpins a topic, or makes it part of another."""
    if op not in _OPS:
        raise ProblemError(problems.NOT_FOUND, f"{op[:20]!r} cannot be done to a topic.")
    edit(store, actor, topic_id, op, form.get("name"), form.get("into"))
    left = form.get("into") if op == "merge" else topic_id
    return render.go(f"/desk/topics/{left}", notice="topics_edited")


def _day(form: Form, name: str) -> datetime | None:
    """The beginning of a day that a form names.

    Raises:
        ProblemError: It is no day; 422.
    """
    given = form.get(name, "").strip()
    try:
        return datetime.fromisoformat(given) if given else None
    except ValueError as error:
        fault = Fault(
            f"#/{name}", "not_a_day", "is no day", "write 2026-11-30", problems.shown(given)
        )
        raise ProblemError(
            problems.INVALID_REQUEST, f"The field {name!r} is no day; write 2026-11-30.", [fault]
        ) from error

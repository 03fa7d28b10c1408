"""Topics to take along: files, plots and the weekly digest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import EngineDep, SettingsDep, StoreDep
from sedno.serving.api.guard import Actor
from sedno.serving.api.offload import in_thread, sentence
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.routes.topics import Reader, Text, TopicId, Verdict, missing
from sedno.serving.desk import drawing
from sedno.serving.desk.digest_text import as_text
from sedno.serving.desk.export import FORMATS, Format
from sedno.serving.desk.sheet import MissingError
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import from_store, search
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.shown import Report

router = APIRouter(prefix="/v1/topics", tags=["topics"], route_class=guard.Route)

FileFormat = Annotated[
    Literal["csv", "xlsx", "json", "html", "md"], Query(description="What to write.")
]
Lang = Annotated[Literal["en", "pl"], Query(description="Language of the file's own words.")]
Picture = Annotated[
    Literal["svg", "png"], Query(description="PNG needs the extra `topics` and a font.")
]
Theme = Annotated[
    Literal["light", "dark"], Query(description="For a light ground, or for a dark one.")
]
Source = Annotated[Name | None, Query()]

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
)
_ONE = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_FOUND,
    problems.NOT_READY,
)  # fmt: skip
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {form.media_type.partition(";")[0]: {} for form in FORMATS.values()},
    }
}
_PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The plot.", "content": {"image/svg+xml": {}, "image/png": {}}}
}


class DigestLineOut(BaseModel):
    """A topic of a digest."""

    id: str
    name: str
    question: str | None
    scope: str
    verdict: Verdict
    size: int
    week: int = Field(description="Comments that asked it in the week.")
    week_before: int
    answers: int | None
    published: int | None


class DigestOut(BaseModel):
    """What the last week brought."""

    from_: date | None = Field(alias="from")
    to: date | None
    asked: int
    asked_before: int
    counts: dict[str, int] = Field(description="How many topics each part has in all.")
    new: list[DigestLineOut]
    rising: list[DigestLineOut]
    unanswered: list[DigestLineOut] = []
    fading: list[DigestLineOut]


@router.get("/export", response_class=Response, responses={**_FILES, **_PROBLEMS})
async def export_topics(
    actor: Reader,
    store: StoreDep,
    engine: EngineDep,
    *,
    source: Source = None,
    text: Text = None,
    q: Annotated[Name | None, Query(description="About what, as in a search of the list.")] = None,
    trend: Annotated[Verdict | None, Query()] = None,
    hidden: Annotated[bool, Query(description="Also those that editors hid.")] = False,
    format: FileFormat = "csv",  # noqa: A002 - the parameter's name
    lang: Lang = "en",
) -> Response:
    """Export what a list shows. HTML is one file that opens anywhere, with its plots in it."""
    form = FORMATS[format]

    def write() -> bytes:
        meant = search.embed(engine, q) if q else None
        with store.open().transaction() as session:
            hits = (
                search.search(session, q, meant, scope=source, verdict=trend, hidden=hidden).hits
                if q
                else None
            )
            found = from_store.report_of(
                session, scope=source, text=text, verdict=trend, hidden=hidden,
                dots=format == "html", rows=None if hits is None else [hit.row for hit in hits],
            )  # fmt: skip
            _note(session, actor, form.suffix, found)
        return _written(lambda: form.write(found, lang))

    return _file(await in_thread(write), form, "topics")


@router.get("/digest", responses={
    200: {"model": DigestOut, "content": {"text/plain": {}}}, **_PROBLEMS})  # fmt: skip
async def read_digest(
    actor: Reader,
    store: StoreDep,
    settings: SettingsDep,
    source: Source = None,
    format: Annotated[  # noqa: A002 - the parameter's name
        Literal["json", "text"], Query(description="Text is made to be sent by e-mail.")
    ] = "json",
    lang: Lang = "en",
) -> Response:
    """Read what the last week brought: topics that are new, rising, unanswered."""

    def read() -> Response:
        with store.open().transaction() as session:
            report = from_store.report_of(session, scope=source, examples=0, dots=False)
            ids = from_store.comments_of(report)
            record_looks(session, actor, "comments.listed", Subject("topics", "digest"), ids)
            found = digest_of(report)
        if format == "text":
            text = as_text(found, lang=lang, url=settings.public_url)
            return Response(text, media_type="text/plain; charset=utf-8")
        out = DigestOut.model_validate(found.to_dict())
        return Response(out.model_dump_json(by_alias=True), media_type="application/json")

    return await in_thread(read)


@router.get("/plots/{kind}", response_class=Response, responses={**_PICTURES, **_ONE})
async def draw_topics(
    actor: Reader,
    store: StoreDep,
    *,
    kind: Annotated[
        Literal["weeks", "map"],
        Path(description="`weeks`: topics over time; `map`: the questions, alike ones together."),
    ],
    source: Source = None,
    text: Text = None,
    trend: Annotated[Verdict | None, Query()] = None,
    format: Picture = "svg",  # noqa: A002 - the parameter's name
    theme: Theme = "light",
    lang: Lang = "en",
) -> Response:
    """Draw topics as a file of its own; 404 where there is nothing to draw."""

    def draw() -> bytes:
        found = _exported(
            store,
            actor,
            f"{kind}.{format}",
            lambda session: from_store.report_of(
                session, scope=source, text=text, verdict=trend, examples=0, dots=kind == "map"
            ),
        )
        return _drawn(
            drawing.svg_of(found, kind, lang=lang, theme=theme) if found else None, format
        )

    return _picture(await in_thread(draw), format, f"topics-{kind}")


@router.get("/{topic_id}/export", response_class=Response, responses={**_FILES, **_ONE})
async def export_topic(
    actor: Reader,
    store: StoreDep,
    topic_id: TopicId,
    format: FileFormat = "csv",  # noqa: A002 - the parameter's name
    lang: Lang = "en",
) -> Response:
    """Export a topic with its questions, at most 10,000 of them."""
    form = FORMATS[format]

    def write() -> bytes:
        found = _exported_one(store, actor, topic_id, form.suffix)
        return _written(lambda: form.write_one(found, lang))

    return _file(await in_thread(write), form, f"topic-{topic_id}")


@router.get("/{topic_id}/plot", response_class=Response, responses={**_PICTURES, **_ONE})
async def draw_topic(
    actor: Reader,
    store: StoreDep,
    topic_id: TopicId,
    format: Picture = "svg",  # noqa: A002 - the parameter's name
    theme: Theme = "light",
    lang: Lang = "en",
) -> Response:
    """Draw the weeks of a topic as a file of its own."""

    def draw() -> bytes:
        found = _exported_one(store, actor, topic_id, format, questions=0)
        return _drawn(drawing.svg_of_one(found, lang=lang, theme=theme), format)

    return _picture(await in_thread(draw), format, f"topic-{topic_id}")


def _exported(
    store: Store, actor: Actor, name: str, read: Callable[[Any], Report | None]
) -> Report | None:
    with store.open().transaction() as session:
        found = read(session)
        if found is not None:
            _note(session, actor, name, found)
        return found


def _exported_one(
    store: Store,
    actor: Actor,
    topic_id: str,
    suffix: str,
    *,
    questions: int = from_store.MOST_QUESTIONS,
) -> Report:
    found = _exported(
        store, actor, f"{topic_id}.{suffix}",
        lambda session: from_store.report_of_one(session, topic_id, questions=questions),
    )  # fmt: skip
    if found is None:
        raise missing(topic_id)
    return found


def _note(session: Session, actor: Actor, name: str, found: Report) -> None:
    ids = from_store.comments_of(found)
    subject = Subject("topics", name)
    record_looks(session, actor, "topics.exported", subject, ids, programs=True)


def _written(write: Callable[[], bytes]) -> bytes:
    try:
        return write()
    except MissingError as error:
        raise ProblemError(problems.NOT_READY, sentence(error)) from error


def _drawn(svg: str | None, form: str) -> bytes:
    if svg is None:
        raise ProblemError(
            problems.NOT_FOUND,
            "There is nothing to draw yet: no topic fits, or no question has a time or a place. "
            "Have topics found anew, or ask for other ones.",
        )
    try:
        return drawing.png_of(svg) if form == "png" else svg.encode()
    except drawing.DrawingError as error:
        raise ProblemError(problems.NOT_READY, sentence(error)) from error


def _file(content: bytes, form: Format, name: str) -> Response:
    return Response(content, media_type=form.media_type, headers=_attached(f"{name}.{form.suffix}"))


def _picture(content: bytes, form: str, name: str) -> Response:
    media_type = "image/png" if form == "png" else "image/svg+xml"
    return Response(content, media_type=media_type, headers=_attached(f"{name}.{form}"))


def _attached(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        # A saved page has a policy of its own; as an answer of this server it may do nothing.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'; sandbox",
    }

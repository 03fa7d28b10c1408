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
from sedno.serving.api.routes.topics import (
    Direction,
    Reader,
    SortBy,
    Text,
    TopicId,
    Verdict,
    missing,
)
from sedno.serving.api.topic_filters import WantedDep
from sedno.serving.desk import digest_files, drawing
from sedno.serving.desk.digest_files import DigestFormat, Told
from sedno.serving.desk.export import FORMATS, Format
from sedno.serving.desk.numbers import numbers_of
from sedno.serving.desk.sheet import MissingError
from sedno.serving.faq.persisting import persisting
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import from_store, search
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.shown import Report
from sedno.serving.topics.sorting import ordered

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
About = Annotated[Name | None, Query(description="About what, as in a search of the list.")]

_READ = frozenset({"json", "text"})
"""Forms of a digest that are read and not saved."""

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
)
ONE_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_FOUND,
    problems.NOT_READY,
)  # fmt: skip
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file.",
        "content": {form.media_type.partition(";")[0]: {} for form in FORMATS.values()},
    }
}
_MEDIA = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
}
PICTURES: dict[int | str, dict[str, Any]] = {
    200: {"description": "The plot.", "content": {_MEDIA["svg"]: {}, _MEDIA["png"]: {}}}
}
_PLOTS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The plot, or its numbers.",
        "content": {media.partition(";")[0]: {} for media in _MEDIA.values()},
    }
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


class PersistingOut(BaseModel):
    """A published answer to what is asked all the same."""

    entry: int = Field(description="Its number, as in `/v1/faq/entries/{entry_id}`.")
    question: str
    language: str
    topic: str | None = Field(description="The topic that it was made from.")
    weekly_before: float = Field(description="Comments a week that asked it before publishing.")
    weekly_after: float = Field(description="After it.")
    p_value: float


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
    still_asked: list[PersistingOut] = Field(
        description="Published answers to what is asked all the same, the most asked first."
    )


@router.get("/export", response_class=Response, responses={**_FILES, **_PROBLEMS})
async def export_topics(
    actor: Reader,
    store: StoreDep,
    engine: EngineDep,
    wanted: WantedDep,
    *,
    source: Source = None,
    text: Text = None,
    q: About = None,
    trend: Annotated[Verdict | None, Query()] = None,
    hidden: Annotated[bool, Query(description="Also those that editors hid.")] = False,
    sort: SortBy = None,
    order: Direction = None,
    format: FileFormat = "csv",  # noqa: A002 - the parameter's name
    lang: Lang = "en",
) -> Response:
    """Export what a list shows. HTML is one file that opens anywhere, with its plots in it."""
    form = FORMATS[format]

    def write() -> bytes:
        meant = search.embed(engine, q) if q else None
        with store.open().transaction() as session:
            rows = search.rows(
                session, q, meant, scope=source, words=text, verdict=trend, hidden=hidden,
                wanted=wanted,
            )  # fmt: skip
            found = from_store.report_of(
                session, scope=source, rows=ordered(rows, sort, order) if sort else rows,
                dots=format == "html", single=not (q or text or trend), wanted=wanted,
            )  # fmt: skip
            _note(session, actor, form.suffix, found)
        return _written(lambda: form.write(found, lang))

    return _file(await in_thread(write), form, "topics")


@router.get("/digest", responses={
    200: {"model": DigestOut, "content": {
        form.media_type.partition(";")[0]: {} for form in digest_files.FORMATS.values()
        if form.suffix != "json"}}, **_PROBLEMS})  # fmt: skip
async def read_digest(
    actor: Reader,
    store: StoreDep,
    settings: SettingsDep,
    wanted: WantedDep,
    source: Source = None,
    format: Annotated[  # noqa: A002 - the parameter's name
        Literal["json", "text", "html", "md", "csv", "xlsx"],
        Query(description="Text is made for e-mail; tables have all topics of each part."),
    ] = "json",
    lang: Lang = "en",
) -> Response:
    """Read what the last week brought: topics that are new, rising, unanswered."""

    def read() -> Response:
        with store.open().transaction() as session:
            if format not in _READ:
                record(session, actor, "topics.exported", Subject("topics", f"digest.{format}"))
            report = from_store.report_of(
                session, scope=source, examples=0, dots=False, wanted=wanted
            )
            ids = from_store.comments_of(report)
            record_looks(session, actor, "comments.listed", Subject("topics", "digest"), ids)
            still = persisting(session, scope=source, wanted=wanted)
        form = digest_files.FORMATS[format]
        found = digest_of(report, most=form.most, still=still)
        if format == "json":
            out = DigestOut.model_validate(found.to_dict())
            return Response(out.model_dump_json(by_alias=True), media_type=form.media_type)
        content = _written(lambda: form.write(Told(found, report, lang, settings.public_url)))
        if format in _READ:
            return Response(content, media_type=form.media_type)
        return _file(content, form, "digest")

    return await in_thread(read)


@router.get("/plots/{kind}", response_class=Response, responses={**_PLOTS, **ONE_PROBLEMS})
async def draw_topics(
    actor: Reader,
    store: StoreDep,
    engine: EngineDep,
    wanted: WantedDep,
    *,
    kind: Annotated[
        Literal["weeks", "map"],
        Path(description="`weeks`: topics over time; `map`: the questions, alike ones together."),
    ],
    source: Source = None,
    text: Text = None,
    q: About = None,
    trend: Annotated[Verdict | None, Query()] = None,
    format: Annotated[  # noqa: A002 - the parameter's name
        Literal["svg", "png", "csv", "json"],
        Query(description="CSV and JSON have the numbers. PNG needs the extra `topics`, a font."),
    ] = "svg",
    theme: Theme = "light",
    lang: Lang = "en",
) -> Response:
    """Draw topics as a file of its own, or give its numbers; 404 where there is nothing to draw."""

    def draw() -> bytes:
        meant = search.embed(engine, q) if q else None

        def read(session: Any) -> Report:
            rows = search.rows(
                session, q, meant, scope=source, words=text, verdict=trend, wanted=wanted
            )
            return from_store.report_of(
                session, scope=source, rows=rows, examples=0, dots=kind == "map",
                single=not (q or text or trend), wanted=wanted,
            )  # fmt: skip

        found = _exported(store, actor, f"{kind}.{format}", read)
        if found is None or format in {"csv", "json"}:
            numbers = numbers_of(found, kind, format) if found else None
            return numbers if numbers is not None else drawn(None, format)
        return drawn(drawing.svg_of(found, kind, lang=lang, theme=theme), format)

    return picture(await in_thread(draw), format, f"topics-{kind}")


@router.get("/{topic_id}/export", response_class=Response, responses={**_FILES, **ONE_PROBLEMS})
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


@router.get("/{topic_id}/plot", response_class=Response, responses={**PICTURES, **ONE_PROBLEMS})
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
        return drawn(drawing.svg_of_one(found, lang=lang, theme=theme), format)

    return picture(await in_thread(draw), format, f"topic-{topic_id}")


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


def drawn(svg: str | None, form: str) -> bytes:
    """A plot in the form asked for.

    Raises:
        ProblemError: There is nothing to draw, 404; a library or a font is missing, 503.
    """
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


def _file(content: bytes, form: Format | DigestFormat, name: str) -> Response:
    return Response(content, media_type=form.media_type, headers=_attached(f"{name}.{form.suffix}"))


def picture(content: bytes, form: str, name: str) -> Response:
    """A plot, or its numbers, to be saved under a name."""
    return Response(content, media_type=_MEDIA[form], headers=_attached(f"{name}.{form}"))


def _attached(name: str) -> dict[str, str]:
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        # A saved page has a policy of its own; as an answer of this server it may do nothing.
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
        "frame-ancestors 'none'; sandbox",
    }

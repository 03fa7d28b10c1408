"""Topics as pictures and as a digest: over time, the map, the last week."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import EngineDep, SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import (
    digest_text,
    drawing,
    language,
    render,
    topic_filters,
    topic_plots,
)
from sedno.serving.desk.topic_filters import Filters
from sedno.serving.engine import Engine
from sedno.serving.faq.persisting import persisting
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import from_store, pages, search
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.pages import Choices
from sedno.serving.topics.shown import Report

Reader = Annotated[Actor, guard.require(May.READ_TOPICS)]

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/topics/weeks")
def weeks(request: Request, actor: Reader, store: StoreDep, engine: EngineDep) -> Response:
    """Topics over time."""
    return _plot_page(request, actor, store, engine, "weeks")


@router.get("/desk/topics/map")
def questions(request: Request, actor: Reader, store: StoreDep, engine: EngineDep) -> Response:
    """The questions on a plane, near where they ask alike, and the same in a table."""
    return _plot_page(request, actor, store, engine, "map")


@router.get("/desk/topics/digest")
def digest(request: Request, actor: Reader, store: StoreDep, settings: SettingsDep) -> Response:
    """What the last week brought."""
    filters = topic_filters.read(request)
    report, choices = _read(store, actor, filters, "digest")
    with store.open().session() as session:
        still = persisting(session, scope=filters.source, wanted=filters.wanted)
    found = digest_of(report, still=still)
    lang = language.of_request(request, actor.language)
    speak = language.speaker(lang)
    return render.page(
        request,
        "topic_digest.html",
        actor=actor,
        digest=found,
        subject=digest_text.subject(found, speak),
        summary=digest_text.summary(found, speak),
        week_of=digest_text.week_of,
        rates_of=digest_text.rates_of,
        text=digest_text.as_text(found, lang=lang, url=settings.public_url),
        **_context(report, choices, filters),
    )


def _plot_page(
    request: Request, actor: Actor, store: Store, engine: Engine, kind: drawing.Kind
) -> Response:
    filters = topic_filters.read(request, "text")
    report, choices = _read(store, actor, filters, kind, engine=engine)
    title, plot, said = _plot(report, kind, language.of_request(request, actor.language))
    return render.page(
        request,
        "topic_plots.html",
        actor=actor,
        kind=kind,
        title=title,
        said=said,
        plot=plot,
        **_context(report, choices, filters),
    )


def _plot(
    report: Report, kind: drawing.Kind, lang: str
) -> tuple[str, topic_plots.Map | topic_plots.Weeks | None, str]:
    """Title of a plot, the plot, ``None`` where it would be empty, and what it shows."""
    speak = language.speaker(lang)
    if kind == "map":
        spots = topic_plots.map_of(report)
        said = drawing.map_caption(spots, report, lang) if spots else ""
        return speak.say("Map of the questions"), spots, said
    rows = topic_plots.weeks_of(report)
    said = drawing.weeks_caption(rows, lang) if rows else ""
    return speak.say("Topics over time"), rows if rows and rows.rows else None, said


def _read(
    store: Store, actor: Actor, filters: Filters, name: str, *, engine: Engine | None = None
) -> tuple[Report, Choices]:
    text = filters.given.get("text")
    meant = search.embed(engine, text) if text and engine else None
    with store.open().transaction() as session:
        # A topic shows a question as somebody wrote it.
        rows = search.rows(session, text, meant, scope=filters.source, wanted=filters.wanted)
        report = from_store.report_of(
            session, scope=filters.source, rows=rows, single=not text, wanted=filters.wanted,
            examples=0, dots=name == "map",
        )  # fmt: skip
        ids = from_store.comments_of(report)
        record_looks(session, actor, "comments.listed", Subject("topics", name), ids)
        return report, pages.choices(session)


def _context(report: Report, choices: Choices, filters: Filters) -> dict[str, Any]:
    return {
        "report": report,
        "apart": report.apart,
        "choices": choices,
        "filters": filters,
        "given": filters.given,
    }

"""Topics as pictures and as a digest: over time, the map, the last week."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import digest_text, drawing, language, render, topic_plots
from sedno.serving.desk.forms import filters_of
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import from_store, pages
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.shown import Report

Reader = Annotated[Actor, guard.require(May.READ_TOPICS)]

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/topics/weeks")
def weeks(request: Request, actor: Reader, store: StoreDep) -> Response:
    """Topics over time."""
    given = filters_of(request, "source")
    report, sources = _read(store, actor, given, "weeks", dots=False)
    lang = language.of_request(request, actor.language)
    plot = topic_plots.weeks_of(report)
    return render.page(
        request,
        "topic_plots.html",
        actor=actor,
        kind="weeks",
        title=language.speaker(lang).say("Topics over time"),
        said=drawing.weeks_caption(plot, lang) if plot else "",
        plot=plot if plot and plot.rows else None,
        **_context(report, sources, given),
    )


@router.get("/desk/topics/map")
def questions(request: Request, actor: Reader, store: StoreDep) -> Response:
    """The questions on a plane, near where they ask alike."""
    given = filters_of(request, "source")
    report, sources = _read(store, actor, given, "map", dots=True)
    lang = language.of_request(request, actor.language)
    plot = topic_plots.map_of(report)
    return render.page(
        request,
        "topic_plots.html",
        actor=actor,
        kind="map",
        title=language.speaker(lang).say("Map of the questions"),
        said=drawing.map_caption(plot, report, lang) if plot else "",
        plot=plot,
        **_context(report, sources, given),
    )


@router.get("/desk/topics/digest")
def digest(request: Request, actor: Reader, store: StoreDep, settings: SettingsDep) -> Response:
    """What the last week brought."""
    given = filters_of(request, "source")
    report, sources = _read(store, actor, given, "digest", dots=False)
    found = digest_of(report)
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
        text=digest_text.as_text(found, lang=lang, url=settings.public_url),
        run=report.run,
        sources=sources,
        given=given,
    )


def _read(
    store: Store, actor: Actor, given: dict[str, str], name: str, *, dots: bool
) -> tuple[Report, list[str]]:
    with store.open().transaction() as session:
        # A topic shows a question as somebody wrote it.
        report = from_store.report_of(session, scope=given.get("source"), examples=0, dots=dots)
        ids = from_store.comments_of(report)
        record_looks(session, actor, "comments.listed", Subject("topics", name), ids)
        return report, pages.scopes(session)


def _context(report: Report, sources: list[str], given: dict[str, str]) -> dict[str, Any]:
    return {"report": report, "sources": sources, "given": given}

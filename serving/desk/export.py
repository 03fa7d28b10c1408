"""Topics as files: one way for the pages, the HTTP API and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from markupsafe import Markup

from sedno.serving.desk import drawing, plots, render, topic_plots
from sedno.serving.desk.language import speaker
from sedno.serving.desk.markdown import as_markdown
from sedno.serving.desk.sheet import XLSX, as_xlsx
from sedno.serving.desk.tables import written
from sedno.serving.topics.shown import COLUMNS, Report

QUESTION_COLUMNS: Final = (
    *("topic", "comment", "text", "when", "language", "sentiment", "product", "score"),
)
"""Columns of a table of one topic's questions."""

_STATIC = Path(__file__).parent / "static"
_MOST_BARS: Final = 60
"""Topics of a page of HTML that have a plot of their own, the largest."""


@dataclass(frozen=True, slots=True)
class Format:
    """A form of a file.

    Attributes:
        media_type: As ``Content-Type`` has it.
        suffix: Of the file's name.
        write: Makes the file of topics, in a language.
        write_one: Makes the file of the one topic of a report.
    """

    media_type: str
    suffix: str
    write: Callable[[Report, str], bytes]
    write_one: Callable[[Report, str], bytes]


def as_csv(report: Report, lang: str) -> bytes:
    """A row a topic; no cell is taken for a formula. Headings are the same in all languages."""
    del lang
    return written(COLUMNS, (list(topic.cells().values()) for topic in report.topics))


def questions_as_csv(report: Report, lang: str) -> bytes:
    """A row a question."""
    del lang
    rows = (
        {"topic": topic.name, **one.to_dict()} for topic in report.topics for one in topic.asked
    )
    return written(QUESTION_COLUMNS, ([row[name] for name in QUESTION_COLUMNS] for row in rows))


def as_json(report: Report, lang: str) -> bytes:
    """All that there is to know, for programs."""
    del lang
    return (json.dumps(report.to_dict(), ensure_ascii=False, indent=2) + "\n").encode()


def one_as_json(report: Report, lang: str) -> bytes:
    """The one topic of a report with what happened to it, for programs."""
    del lang
    found = report.to_dict()["topics"][0]
    found["history"] = [change.to_dict() for change in report.history]
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()


def as_html(report: Report, lang: str) -> bytes:
    """One file that opens anywhere, without a network and without a script."""
    weeks = topic_plots.weeks_of(report)
    drawn = topic_plots.map_of(report)
    large = {topic.id for topic in report.by_size()[:_MOST_BARS]}
    return page(
        "report.html",
        lang,
        report=report,
        weeks=weeks,
        weeks_said=drawing.weeks_caption(weeks, lang) if weeks else "",
        map=drawn,
        map_said=drawing.map_caption(drawn, report, lang) if drawn else "",
        large=large,
    )


def one_as_html(report: Report, lang: str) -> bytes:
    """The one topic of a report, with all its questions, as a file that opens anywhere."""
    return page("report_topic.html", lang, report=report, topic=report.topics[0])


FORMATS: Final[Mapping[str, Format]] = {
    "csv": Format("text/csv; charset=utf-8", "csv", as_csv, questions_as_csv),
    "xlsx": Format(
        XLSX,
        "xlsx",
        lambda report, lang: as_xlsx(report, lang=lang),
        lambda report, lang: as_xlsx(report, lang=lang),
    ),
    "json": Format("application/json", "json", as_json, one_as_json),
    "html": Format("text/html; charset=utf-8", "html", as_html, one_as_html),
    "md": Format(
        "text/markdown; charset=utf-8",
        "md",
        lambda report, lang: as_markdown(report, lang).encode(),
        lambda report, lang: as_markdown(report, lang).encode(),
    ),
}
"""By the name that ``format`` takes."""


def format_of(path: str) -> str:
    """The form that a file's name asks for; Markdown where it asks for none."""
    suffix = path.rpartition(".")[2].lower()
    return {"htm": "html", "markdown": "md"}.get(suffix, suffix if suffix in FORMATS else "md")


def page(template: str, lang: str, *, report: Report, **context: Any) -> bytes:
    """A page of a report as one file.

    Args:
        template: Name of the template; it extends ``report_base.html``.
        lang: Language of its words.
        report: The topics.
        context: What the template shows beside.
    """
    mondays = report.mondays()
    speak = speaker(lang)
    style = "".join(
        (_STATIC / name).read_text(encoding="utf-8")
        for name in ("desk.css", "plots.css", "report.css")
    )
    drawn = (
        render.environment(lang)
        .get_template(template)
        .render(
            lang=lang,
            style=Markup(style),  # noqa: S704 - the desk's own style sheets
            report=report,
            mondays=mondays,
            bars_of=lambda topic: plots.bars([topic.in_week(week) for week in mondays]),
            weeks_of=lambda topic: [(speak.day(week), topic.in_week(week)) for week in mondays],
            spark=lambda topic: topic_plots.spark([topic.in_week(week) for week in mondays]),
            **context,
        )
    )
    return drawing.writable(drawn).encode()

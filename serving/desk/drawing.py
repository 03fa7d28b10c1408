"""Plots as files of their own: SVG, and PNG made of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Literal

from markupsafe import Markup

from sedno.serving.desk import plots, render, topic_plots, words
from sedno.serving.desk.language import Speaker, speaker
from sedno.serving.topics.shown import Report

Theme = Literal["light", "dark"]
Kind = Literal["weeks", "map"]

_STATIC = Path(__file__).parent / "static"
_BLOCK = re.compile(r"(^|\n):root(\[data-theme=\"dark\"\])? \{(.*?)\n?\}", re.DOTALL)
_VALUE = re.compile(r"--([\w-]+): ([^;]+);")
_USED = re.compile(r"var\(--([\w-]+)\)")
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MARGIN: Final = 24
_TOP: Final = 80
_WIDTH: Final = 960 + 2 * _MARGIN
_BARS_HEIGHT: Final = 240
_ZOOM: Final = 2
_TITLE_CHARS: Final = 90
_OWN = (
    ".sheet { fill: var(--card); } text { font-family: system-ui, 'Segoe UI', 'Noto Sans', "
    "'DejaVu Sans', sans-serif; } .title { font-size: 18px; font-weight: 600; fill: var(--ink); } "
    ".said { font-size: 13px; fill: var(--faint); }"
)
_FAMILIES: Final = (
    *("Noto Sans", "DejaVu Sans", "Liberation Sans", "Segoe UI", "Arial", "Helvetica", "Roboto"),
    *("Open Sans", "Ubuntu", "Cantarell", "FreeSans", "Verdana"),
)
"""Fonts that one of is on most machines; the first that draws a letter is taken."""

_PROBE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20">'
    '<text y="16" font-family="sans-serif" font-size="16">{}</text></svg>'
)


class DrawingError(Exception):
    """A picture that cannot be made here; says what to install."""


def svg_of(report: Report, kind: Kind, *, lang: str, theme: Theme = "light") -> str | None:
    """A plot of topics as an SVG file; ``None`` where there is nothing to draw.

    Args:
        report: The topics.
        kind: ``weeks`` for topics over time, ``map`` for the map of the questions.
        lang: Language of its words.
        theme: Whether it stands on white or on near black.
    """
    speak = speaker(lang)
    if kind == "map":
        drawn = topic_plots.map_of(report)
        if drawn is None:
            return None
        return _file(
            kind, drawn, lang, theme,
            title=_title(speak.say("Map of the questions"), report, speak),
            said=map_caption(drawn, report, lang),
            height=_TOP + drawn.height + _MARGIN,
        )  # fmt: skip
    weeks = topic_plots.weeks_of(report)
    if weeks is None:
        return None
    return _file(
        kind, weeks, lang, theme,
        title=_title(speak.say("Topics over time"), report, speak),
        said=weeks_caption(weeks, lang),
        height=_TOP + round((weeks.height + 4) * 960 / weeks.width) + _MARGIN,
    )  # fmt: skip


def svg_of_one(report: Report, *, lang: str, theme: Theme = "light") -> str | None:
    """The weeks of the one topic of a report as an SVG file; ``None`` where no time is known."""
    mondays = report.mondays()
    if not mondays:
        return None
    topic = report.topics[0]
    speak = speaker(lang)
    counts = [topic.in_week(week) for week in mondays]
    return _file(
        "bars", plots.bars(counts), lang, theme,
        title=topic.name,
        said=speak.say("How often it is asked") + ", "
        + speak.say("by week") + f". {topic.scope}",
        height=_TOP + _BARS_HEIGHT + _MARGIN,
        mondays=[(speak.day(week), number) for week, number in zip(mondays, counts, strict=True)],
    )  # fmt: skip


def svg_of_asked(
    question: str, weeks: Sequence[tuple[date, int]], *, lang: str, theme: Theme = "light"
) -> str:
    """How often a question is asked, by week, as an SVG file.

    Args:
        question: It.
        weeks: Mondays with the comments of their weeks, the oldest first.
        lang: Language of its words.
        theme: Whether it stands on white or on near black.
    """
    speak = speaker(lang)
    return _file(
        "bars", plots.bars([number for _, number in weeks]), lang, theme,
        title=question,
        said=speak.say("How often it is asked") + ", " + speak.say("by week"),
        height=_TOP + _BARS_HEIGHT + _MARGIN,
        mondays=[(speak.day(week), number) for week, number in weeks],
    )  # fmt: skip


def map_caption(drawn: topic_plots.Map, report: Report, lang: str) -> str:
    """What the map shows, in a sentence."""
    speak = speaker(lang)
    said = speak.count("%(num)s question", "%(num)s questions", drawn.drawn)
    topics = speak.count("%(num)s topic", "%(num)s topics", len(drawn.clusters))
    near = speak.say("What lies close together asks alike.")
    if report.sampled:
        near += " " + speak.say("A sample of all questions.")
    return f"{said}, {topics}. {near}"


def weeks_caption(weeks: topic_plots.Weeks, lang: str) -> str:
    """What the plot of weeks shows, in a sentence."""
    speak = speaker(lang)
    said = speak.count(
        "Questions a week; the tallest bar is %(num)s question.",
        "Questions a week; the tallest bar is %(num)s questions.",
        weeks.top,
    )
    if weeks.left_out > 0:
        said += " " + speak.count(
            "%(num)s smaller topic is left out.",
            "%(num)s smaller topics are left out.",
            weeks.left_out,
        )
    return said


def png_of(svg: str) -> bytes:
    """An SVG file of :func:`svg_of` as PNG, twice its size.

    Raises:
        DrawingError: The library or a font is missing here.
    """
    return bytes(_rasteriser()(svg_string=svg, zoom=_ZOOM))


def style(theme: Theme) -> str:
    """The rules of plots with the colours of a theme, for files that know no variables."""
    values = variables(theme)
    rules = (_STATIC / "plots.css").read_text(encoding="utf-8")
    rules = rules.partition("/* rules */")[2].partition("/* pages */")[0]
    return _USED.sub(lambda found: values[found[1]], " ".join((rules + _OWN).split()))


@cache
def variables(theme: Theme) -> Mapping[str, str]:
    """The colours of the desk's own style sheets by name."""
    found: dict[str, str] = {}
    for name in ("desk.css", "plots.css"):
        text = (_STATIC / name).read_text(encoding="utf-8")
        for _, dark, body in _BLOCK.findall(text):
            if not dark or theme == "dark":
                found |= dict(_VALUE.findall(body))
    return found


def _title(title: str, report: Report, speak: Speaker) -> str:
    only = words.only(speak, report.wanted)
    return f"{title} ({only})" if only else title


def _file(
    kind: str, plot: object, lang: str, theme: Theme, *, title: str, said: str, height: int,
    **more: Any,
) -> str:  # fmt: skip
    template = render.environment(lang).get_template("plot_file.html")
    drawn = template.render(
        lang=lang,
        kind=kind,
        plot=plot,
        title=title,
        title_shown=topic_plots.cut(title, _TITLE_CHARS),
        said=said,
        style=Markup(style(theme)),  # noqa: S704 - the desk's own style sheet
        width=_WIDTH,
        height=height,
        margin=_MARGIN,
        top=_TOP,
        **more,
    )
    return writable(drawn)


def writable(text: str) -> str:
    """A text without the characters that XML has no way to write."""
    return _UNWRITABLE.sub("", text)


@cache
def _rasteriser() -> Any:
    try:
        from resvg_py import svg_to_bytes  # noqa: PLC0415 - comes with an extra
    except ImportError as error:
        raise DrawingError(
            "PNG needs a library that is not installed: pip install 'sedno[topics]'. "
            "SVG can be had without it"
        ) from error
    empty = svg_to_bytes(svg_string=_PROBE.format(""))
    for family in _FAMILIES:
        draw = partial(svg_to_bytes, sans_serif_family=family)
        if draw(svg_string=_PROBE.format("M")) != empty:
            return draw
    raise DrawingError(
        "PNG needs a font, and this machine has none of those looked for: install one, such as "
        "the package fonts-dejavu-core. SVG can be had without it"
    )

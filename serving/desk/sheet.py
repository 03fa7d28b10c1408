"""Workbooks (XLSX); of topics: they, their weeks, their questions."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from textwrap import shorten
from typing import TYPE_CHECKING, Any, Final

from sedno.serving.desk import words
from sedno.serving.desk.language import Speaker, speaker
from sedno.serving.topics.shown import Report

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CELL_CHARS: Final = 32_000
"""A cell takes 32,767."""

_MOST_WEEKS: Final = 520
_NAME_CHARS: Final = 31
_WIDEST: Final = 60
_NARROWEST: Final = 9

Cell = str | int | float | date | None


class MissingError(Exception):
    """A library is missing; says how to install it."""


def as_xlsx(report: Report, *, lang: str) -> bytes:
    """Topics, their weeks and their questions as a workbook.

    Args:
        report: The topics.
        lang: Language of the headings.

    Raises:
        MissingError: The library is not installed.
    """
    speak = speaker(lang)
    sheets = [Sheet(speak.say("Topics"), _topic_heads(report, speak), _topics(report, speak))]
    mondays = report.mondays(_MOST_WEEKS)
    if mondays:
        sheets.append(
            Sheet(
                speak.say("Weeks"),
                [
                    speak.say("Topic"),
                    apart_head(report, speak),
                    *(week.isoformat() for week in mondays),
                ],
                (
                    [topic.name, topic.scope, *(topic.in_week(week) for week in mondays)]
                    for topic in report.topics
                ),
            )
        )
    sheets.append(
        Sheet(speak.say("Questions"), _question_heads(report, speak), _questions(report, speak))
    )
    return workbook(speak.say("What people ask"), report.at, sheets)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes:
        name: Its name, of which 31 characters are shown, whole words: Excel takes no more.
        heads: Heads of its columns.
        rows: Its rows.
    """

    name: str
    heads: Sequence[str]
    rows: Iterable[Sequence[Cell]]


def workbook(title: str, at: datetime | None, sheets: Iterable[Sheet]) -> bytes:
    """A workbook whose every text is text: nothing in it is taken for a formula or a link.

    Args:
        title: Of the file.
        at: When it was made. The same content makes the same bytes, whenever it is written.
        sheets: In order; at least one.

    Raises:
        MissingError: The library is not installed.
    """
    try:
        from xlsxwriter import Workbook  # noqa: PLC0415 - comes with an extra
    except ImportError as error:
        raise MissingError(
            "a workbook needs a library that is not installed: pip install 'sedno[topics]'. "
            "CSV can be had without it"
        ) from error
    buffer = io.BytesIO()
    with Workbook(buffer, {"in_memory": True}) as book:
        book.set_properties({"title": title, "created": at or datetime(2026, 1, 1)})
        writer = _Sheets(book)
        for sheet in sheets:
            name = shorten(sheet.name, _NAME_CHARS, placeholder="…")
            writer.add(name, sheet.heads, sheet.rows)
    return buffer.getvalue()


class _Sheets:
    """Writes tables into a workbook."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._head: Format = book.add_format({"bold": True, "bottom": 1})
        self._share: Format = book.add_format({"num_format": "0.0%"})
        self._day: Format = book.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, name: str, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Adds a sheet: a head that stays in sight, a filter, columns as wide as they need."""
        sheet = self._book.add_worksheet(name)
        widths = [len(head) + 2 for head in heads]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, self._head)
        last = 0
        for last, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                self._write(sheet, last, column, value)
                widths[column] = max(widths[column], len(str(value or "")))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(max(width, _NARROWEST), _WIDEST))
        sheet.freeze_panes(1, 1)
        if last:
            sheet.autofilter(0, 0, last, len(heads) - 1)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)

    def _write(self, sheet: Any, row: int, column: int, value: Cell) -> None:
        if value is None or value == "":
            return
        if isinstance(value, str):
            sheet.write_string(row, column, value[:_CELL_CHARS])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, self._day)
        elif isinstance(value, float):
            sheet.write_number(row, column, value, self._share)
        else:
            sheet.write_number(row, column, value)


def apart_head(report: Report, speak: Speaker) -> str:
    """What keeps topics apart, as the head of a column."""
    return speak.say(words.SCOPES[report.apart])


def _topic_heads(report: Report, speak: Speaker) -> list[str]:
    return [
        "id",
        speak.say("Topic"),
        speak.say("Question"),
        apart_head(report, speak),
        speak.say("Comments"),
        speak.say("Share"),
        speak.say("Authors"),
        speak.say("Trend"),
        speak.say("First asked"),
        speak.say("Last asked"),
        speak.say("Key phrases"),
        *(speak.say(words.LABELS["sentiment"][name]) for name in words.LABELS["sentiment"]),
        speak.say("Languages"),
        speak.say("Products"),
        speak.say("Related topics"),
        speak.say("Answers"),
        speak.say("Published"),
    ]


def _topics(report: Report, speak: Speaker) -> Iterable[list[Cell]]:
    for topic in report.topics:
        data = topic.data
        yield [
            topic.id,
            topic.name,
            topic.question,
            topic.scope,
            topic.size,
            float(data["share"]),
            data["authors"],
            speak.say(words.TRENDS[topic.verdict]),
            _day(data["first_seen"]),
            _day(data["last_seen"]),
            "; ".join(data["phrases"]),
            *(data["sentiments"].get(name, 0) for name in words.LABELS["sentiment"]),
            counted(data["languages"], speak),
            counted(data.get("products", {}), speak),
            "; ".join(name for _, name in report.related(topic)),
            topic.answers,
            topic.published,
        ]


def _question_heads(report: Report, speak: Speaker) -> list[str]:
    return [
        speak.say("Topic"),
        speak.say("Question"),
        apart_head(report, speak),
        speak.say("Day"),
        speak.say("Language"),
        speak.say("Sentiment"),
        speak.say("Product"),
        speak.say("Comment"),
    ]


def _questions(report: Report, speak: Speaker) -> Iterable[list[Cell]]:
    for topic in report.topics:
        for one in topic.asked:
            yield [
                topic.name,
                one.text,
                topic.scope,
                one.when.date() if one.when else None,
                one.language,
                mood(one.sentiment, speak),
                one.product,
                one.comment,
            ]


def counted(counts: dict[str, int], speak: Speaker) -> str:
    """Counts of names in a cell, the largest first."""
    return "; ".join(f"{name} ({speak.number(number)})" for name, number in counts.items())


def mood(sentiment: str | None, speak: Speaker) -> str | None:
    """A sentiment in the language's word."""
    said = words.LABELS["sentiment"].get(sentiment or "")
    return speak.say(said) if said else sentiment


def _day(moment: str | None) -> date | None:
    return datetime.fromisoformat(moment).date() if moment else None

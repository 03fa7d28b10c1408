"""The weekly digest as files: one way for the pages, the HTTP API and the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sedno.serving.desk import digest_text, words
from sedno.serving.desk.export import page
from sedno.serving.desk.language import Speaker, speaker
from sedno.serving.desk.markdown import plain
from sedno.serving.desk.sheet import XLSX, Cell, Sheet, apart_head, workbook
from sedno.serving.desk.tables import written
from sedno.serving.topics.digest import MOST, Digest, Line, Persisting
from sedno.serving.topics.shown import Report

COLUMNS: Final = (
    *("part", "id", "name", "question", "scope", "verdict", "size", "week", "week_before"),
    *("answers", "published", "entry", "weekly_before", "weekly_after", "p_value"),
)
"""Columns of the table: a row a topic of each part, in the digest's order, and a row an answer that
is still asked for."""

_MOST_ROWS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Told:
    """A digest on its way into a file.

    Attributes:
        digest: It.
        report: The topics that it was made of.
        lang: Language of the file's own words.
        url: Address of the server, so that topics can be opened; none are linked without it.
    """

    digest: Digest
    report: Report
    lang: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class DigestFormat:
    """A form of a digest.

    Attributes:
        media_type: As ``Content-Type`` has it.
        suffix: Of the file's name.
        write: Makes the file.
        most: Most topics of each part that it has room for.
    """

    media_type: str
    suffix: str
    write: Callable[[Told], bytes]
    most: int = MOST


def as_json(told: Told) -> bytes:
    """All that there is to know, for programs."""
    return (json.dumps(told.digest.to_dict(), ensure_ascii=False, indent=2) + "\n").encode()


def as_csv(told: Told) -> bytes:
    """A row a topic, then a row an answer; headings are the same in all languages."""
    rows: list[dict[str, Any]] = [
        {"part": part, **line.to_dict()}
        for part, lines in told.digest.parts.items()
        for line in lines
    ]
    rows += [
        {"part": "still_asked", "id": line.topic, "entry": line.entry, **line.to_dict()}
        for line in told.digest.still or ()
    ]
    return written(COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows))


def as_xlsx(told: Told) -> bytes:
    """A sheet a part, one more for answers that are still asked for.

    Raises:
        MissingError: The library is not installed.
    """
    speak = speaker(told.lang)
    topic, apart = speak.say("Topic"), apart_head(told.report, speak)
    heads = [
        topic, speak.say("Question"), apart, speak.say("Trend"), speak.say("Comments"),
        speak.say("In the week"), speak.say("In the week before"),
        speak.say("Answers"), speak.say("Published"),
    ]  # fmt: skip
    sheets = [
        Sheet(speak.say(words.DIGEST_PARTS[name]), heads, (_row(line, speak) for line in lines))
        for name, lines in told.digest.parts.items()
    ]
    if told.digest.still is not None:
        heads = [speak.say("Question"), speak.say("Language"), speak.say("Comments")]
        rows = (
            [line.question, line.language, digest_text.rates_of(line, speak)]
            for line in told.digest.still
        )
        sheets.append(Sheet(speak.say(words.STILL_ASKED), heads, rows))
    return workbook(digest_text.subject(told.digest, speak), told.report.at, sheets)


def _row(line: Line, speak: Speaker) -> list[Cell]:
    topic = line.topic
    return [
        topic.name, topic.question, topic.scope, speak.say(words.TRENDS[topic.verdict]),
        topic.size, line.now, line.before, topic.answers, topic.published,
    ]  # fmt: skip


def as_html(told: Told) -> bytes:
    """One file that opens anywhere, without a network and without a script."""
    speak = speaker(told.lang)
    return page(
        "report_digest.html",
        told.lang,
        report=told.report,
        digest=told.digest,
        subject=digest_text.subject(told.digest, speak),
        summary=digest_text.summary(told.digest, speak),
        week_of=digest_text.week_of,
        rates_of=digest_text.rates_of,
        url=told.url,
    )


def as_markdown(told: Told) -> bytes:
    """A page a person reads."""
    return ("\n".join(_lines(told, speaker(told.lang))) + "\n").encode()


def _lines(told: Told, speak: Speaker) -> Iterator[str]:
    digest = told.digest
    yield f"# {digest_text.subject(digest, speak)}"
    yield ""
    yield digest_text.summary(digest, speak)
    only = words.only(speak, told.report.wanted)
    if only:
        yield ""
        yield plain(speak.say("Only: %(what)s.", what=only))
    for name, lines in digest.parts.items():
        count = digest.counts[name]
        yield ""
        yield f"## {speak.say(words.DIGEST_PARTS[name])} ({speak.number(count)})"
        yield ""
        if not lines:
            yield speak.say("None this week.")
        yield from (_line(line, speak, told.url) for line in lines)
        if count > len(lines):
            yield ""
            yield speak.count("… and %(num)s more", "… and %(num)s more", count - len(lines))
    if digest.still is not None:
        yield from _still(digest.still, speak, told.url)


def _still(lines: Sequence[Persisting], speak: Speaker, url: str | None) -> Iterator[str]:
    yield ""
    yield f"## {speak.say(words.STILL_ASKED)} ({speak.number(len(lines))})"
    yield ""
    if not lines:
        yield speak.say("None this week.")
    for line in lines:
        question = plain(line.question)
        named = f"[{question}]({url}/desk/faq/{line.entry})" if url else f"**{question}**"
        yield f"- {named}: {digest_text.rates_of(line, speak)}"


def _line(line: Line, speak: Speaker, url: str | None) -> str:
    topic = line.topic
    name = plain(topic.name)
    named = f"[{name}]({url}/desk/topics/{topic.id})" if url else f"**{name}**"
    facts = [digest_text.week_of(line, speak)]
    if topic.scope:
        facts.append(plain(topic.scope))
    if topic.answers and not topic.published:
        facts.append(speak.say("a draft of an answer waits"))
    asked = f" “{plain(topic.example)}”" if topic.example else ""
    return f"- {named}: {', '.join(facts)}.{asked}"


FORMATS: Final[Mapping[str, DigestFormat]] = {
    "json": DigestFormat("application/json", "json", as_json),
    "text": DigestFormat(
        "text/plain; charset=utf-8",
        "txt",
        lambda told: digest_text.as_text(told.digest, lang=told.lang, url=told.url).encode(),
    ),
    "html": DigestFormat("text/html; charset=utf-8", "html", as_html),
    "md": DigestFormat("text/markdown; charset=utf-8", "md", as_markdown),
    "csv": DigestFormat("text/csv; charset=utf-8", "csv", as_csv, most=_MOST_ROWS),
    "xlsx": DigestFormat(
        XLSX,
        "xlsx",
        as_xlsx,
        most=_MOST_ROWS,
    ),
}
"""By the name that ``format`` takes."""


def format_of(path: str) -> str:
    """The form that a file's name asks for; text where it asks for none."""
    suffix = path.rpartition(".")[2].lower()
    found = {form.suffix: name for name, form in FORMATS.items()} | {
        "htm": "html",
        "markdown": "md",
    }
    return found.get(suffix, "text")

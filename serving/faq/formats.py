"""Published entries as JSON, JSON-LD, Markdown, HTML and CSV, with everything escaped."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from jinja2.utils import urlize
from markupsafe import Markup, escape

from sedno.datasets.io.spreadsheet import no_formula
from sedno.serving.faq.feed import Item

COLUMNS: Final = ("id", "family", "language", "question", "answer", "products", "published_at")

# What Markdown or HTML would take for markup; a line may begin with what makes a list or heading.
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+!|~&])")
_BULLET = re.compile(r"^([-=])", re.MULTILINE)
_NUMBER = re.compile(r"^(\d+)([.])", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_LINE_END = re.compile(r"(?<!\n)\n(?!\n)")


@dataclass(frozen=True, slots=True)
class Format:
    """A form of a feed.

    Attributes:
        media_type: As ``Content-Type`` and ``Accept`` have it.
        write: Makes the body.
    """

    media_type: str
    write: Callable[[Sequence[Item]], bytes]


def as_json(items: Sequence[Item]) -> bytes:
    """``{"entries": [...]}``, answers as plain text and as HTML."""
    return orjson.dumps({"entries": [fields(item) for item in items]})


def fields(item: Item) -> dict[str, Any]:
    """An entry as JSON values."""
    return {
        "id": item.id,
        "family": item.family,
        "language": item.language,
        "question": item.question,
        "answer": item.answer,
        "answer_html": str(answer_html(item.answer)),
        "products": list(item.products),
        "published_at": item.published_at.isoformat(),
    }


def as_json_ld(items: Sequence[Item]) -> bytes:
    """A ``FAQPage`` of schema.org."""
    languages = sorted({item.language for item in items})
    page: dict[str, Any] = {"@context": "https://schema.org", "@type": "FAQPage"}
    if languages:
        page["inLanguage"] = languages[0] if len(languages) == 1 else languages
    page["mainEntity"] = [
        {
            "@type": "Question",
            "name": item.question,
            "inLanguage": item.language,
            "acceptedAnswer": {
                "@type": "Answer",
                "text": str(answer_html(item.answer)),
                "inLanguage": item.language,
                "dateModified": item.published_at.isoformat(),
            },
        }
        for item in items
    ]
    return harmless(orjson.dumps(page))


def harmless(json: bytes) -> bytes:
    """JSON that may stand in a script element: nothing in it can end the element.

    The characters that could are only ever inside of strings, where an escape means the same.
    """
    for character in "<>&\u2028\u2029":
        json = json.replace(character.encode(), rf"\u{ord(character):04x}".encode())
    return json


def as_markdown(items: Sequence[Item]) -> bytes:
    """A heading a question, the answer below it."""
    parts = [f"## {_markdown(item.question)}\n\n{_markdown(item.answer)}\n" for item in items]
    return "\n".join(parts).encode()


def as_html(items: Sequence[Item]) -> bytes:
    """A snippet to be put into a page, with the JSON-LD of the same entries.

    It brings no style of its own; the page styles ``.sedno-faq``.
    """
    if not items:
        return b'<section class="sedno-faq"></section>\n'
    questions = Markup("").join(
        Markup(
            '<details id="faq-{id}" lang="{language}"><summary>{question}</summary>\n'
            "<div>{answer}</div></details>\n"
        ).format(
            id=item.id,
            language=item.language,
            question=item.question,
            answer=answer_html(item.answer),
        )
        for item in items
    )
    data = as_json_ld(items).decode()
    return (
        f'<section class="sedno-faq">\n{questions}</section>\n'
        f'<script type="application/ld+json">{data}</script>\n'
    ).encode()


def as_csv(items: Sequence[Item]) -> bytes:
    """A row an entry; no cell is taken for a formula."""
    buffer = io.StringIO()
    rows = csv.writer(buffer)
    rows.writerow(COLUMNS)
    for item in items:
        row = fields(item) | {"products": "; ".join(item.products)}
        rows.writerow([_cell(row[name]) for name in COLUMNS])
    return buffer.getvalue().encode()


def answer_html(answer: str) -> Markup:
    """A plain answer as HTML: paragraphs, ends of lines, links; all else is escaped."""
    paragraphs = [part for part in re.split(r"\n\s*\n", answer.strip()) if part.strip()]
    return Markup("\n").join(
        Markup("<p>{}</p>").format(
            # Its output is escaped: markup is made of addresses alone.
            Markup(urlize(escape(part), rel="nofollow noopener").replace("\n", "<br>\n"))  # noqa: S704
        )
        for part in paragraphs
    )


FORMATS: Final[Mapping[str, Format]] = {
    "json": Format("application/json", as_json),
    "jsonld": Format("application/ld+json", as_json_ld),
    "markdown": Format("text/markdown; charset=utf-8", as_markdown),
    "html": Format("text/html; charset=utf-8", as_html),
    "csv": Format("text/csv; charset=utf-8", as_csv),
}
"""By the name that ``format`` takes."""


def format_for(accept: str) -> str:
    """The form that an ``Accept`` header likes best; JSON where it likes none or all alike."""
    liked: dict[str, float] = {}
    for part in accept.split(","):
        media, *parameters = (piece.strip().lower() for piece in part.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                try:
                    weight = float(value)
                except ValueError:
                    weight = 0.0
        liked[media] = max(weight, liked.get(media, 0.0))
    best, most = "json", 0.0
    for name, form in FORMATS.items():
        weight = liked.get(form.media_type.partition(";")[0], 0.0)
        if weight > most:
            best, most = name, weight
    return best


def _markdown(text: str) -> str:
    plain = _MARKDOWN.sub(r"\\\1", _INDENT.sub("", text))
    plain = _NUMBER.sub(r"\1\\\2", _BULLET.sub(r"\\\1", plain))
    return _LINE_END.sub("\\\\\n", plain)


def _cell(value: object) -> str:
    return no_formula(str(value))

"""Topics as files: whatever people ask, each form is a valid file of its kind."""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from sedno.models.topics import engine, projection
from sedno.models.topics.records import Asked, Options, Unit
from sedno.serving.desk import drawing, export
from sedno.serving.desk.digest_text import as_text
from sedno.serving.desk.export import FORMATS
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.from_state import report_of
from sedno.serving.topics.shown import COLUMNS, Report
from tests.serving.workbooks import SHEET

SVG = "{http://www.w3.org/2000/svg}"
LANGUAGES = [
    "pl",
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "sv",
    "da",
    "nb",
    "fi",
    "cs",
    "sk",
    "sl",
    "hr",
    "sr",
    "bg",
    "uk",
    "ru",
    "el",
    "tr",
    "ar",
    "he",
    "fa",
    "hi",
    "th",
    "ja",
    "zh",
    "ko",
]
HELLO = (
    *("Ile kosztuje?", "How much?", "Was kostet es?", "Combien ?", "¿Cuánto?", "Quanto costa?"),
    *("Quanto custa?", "Hoeveel?", "Hur mycket?", "Hvor meget?", "Hvor mye?", "Paljonko?"),
    *("Kolik?", "Koľko?", "Koliko?", "Koliko košta?", "Колико?", "Колко?", "Скільки?"),
    *("Сколько?", "Πόσο;", "Kaç?", "بكم؟", "כמה?", "چند؟", "कितना?", "เท่าไหร่?", "いくら？"),
    *("多少钱？", "얼마예요?"),
)
NASTY = (
    '=HYPERLINK("http://example.invalid")?',
    "<script>alert(1)</script> kiedy?",
    '</style></svg>]]> & "kiedy" | *teraz*?',
    "zero\u0000\u0008\ufffe\u202e kiedy?",
    "@SUM(1)?",
)
SETS: dict[str, list[str]] = {
    "none": [],
    "one": ["Ile kosztuje wysyłka?"],
    "identical": ["Ile kosztuje wysyłka?"] * 12,
    "30 languages": list(HELLO) * 2,
    "10,000 characters": ["czy tak? " * 1_110, "czy nie? " * 1_110, "czy tak? " * 1_110],
    "one word of 10,000": ["a" * 9_999 + "?"] * 2,
    "nasty": [text for text in NASTY for _ in range(3)],
}


def report(texts: Sequence[str]) -> Report:
    """The report of questions, each kind of text in a direction of its own."""
    kinds = list(dict.fromkeys(texts))
    rng = np.random.default_rng(0)
    directions = rng.normal(size=(max(len(kinds), 1), 64))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    begin = datetime(2026, 9, 7, tzinfo=UTC)
    asked = [
        Asked(
            f"q{at}",
            (Unit(text, directions[kinds.index(text)].astype(np.float32)),),
            "=instagram:@rosa",
            when=begin + timedelta(days=3 * at),
            language=LANGUAGES[at % len(LANGUAGES)],
            sentiment="mixed",
            product="+krem <b>",
        )
        for at, text in enumerate(texts)
    ]
    found = engine.fit(asked, Options(seed=0), model="m@1")
    return report_of(projection.drawn(found, seed=0), questions=1_000)


@pytest.fixture(params=SETS, scope="module")
def asked(request: pytest.FixtureRequest) -> Report:
    """Nothing, one, all alike, many languages, endless, hostile."""
    return report(SETS[request.param])


class Page(HTMLParser):
    """What a page is made of."""

    VOID = frozenset({"meta", "br", "input", "link", "img", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.targets: list[str] = []
        self.ids: list[str] = []
        self.said = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [str(given["id"])] if "id" in given else []
        self.targets += [str(given[name]) for name in ("href", "src") if name in given]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.said += data


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_html_opens_anywhere(asked: Report, lang: str) -> None:
    """Well formed, nothing from elsewhere, no script, every link leads into it."""
    pages = [export.as_html(asked, lang)]
    pages += [export.one_as_html(Report((topic,), 1), lang) for topic in asked.topics[:3]]
    for content in pages:
        page = Page(content.decode())
        assert page.open == []
        assert "script" not in page.tags
        assert len(page.ids) == len(set(page.ids))
        assert {target for target in page.targets if not target.startswith("#")} == set()
        assert {target[1:] for target in page.targets} <= set(page.ids)
        assert re.search(r"url\(|@import|src=", content.decode().partition("</style>")[0]) is None
        assert f'<html lang="{lang}">' in content.decode()
    whole = Page(pages[0].decode())
    for topic in asked.topics:
        assert topic.id in whole.ids
    if not asked.questions:
        assert {"en": "No comment asks anything.", "pl": "Żaden komentarz"}[lang] in whole.said


def test_csv_is_read_back_and_runs_nothing(asked: Report) -> None:
    """A row a topic, a row a question; what a spreadsheet would run begins with an apostrophe."""
    topics = list(csv.DictReader(io.StringIO(export.as_csv(asked, "pl").decode(), newline="")))
    assert [row["id"] for row in topics] == [topic.id for topic in asked.topics]
    assert all(tuple(row) == COLUMNS for row in topics)
    questions = list(
        csv.DictReader(io.StringIO(export.questions_as_csv(asked, "pl").decode(), newline=""))
    )
    assert len(questions) == sum(len(topic.asked) for topic in asked.topics)
    for row in [*topics, *questions]:
        assert not any(str(value).startswith(("=", "+", "@")) for value in row.values())
    assert all(row["scope"] == "'=instagram:@rosa" for row in topics)
    assert all(row["product"] == "'+krem <b>" for row in questions)


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_a_workbook_is_well_formed_and_holds_no_formula(asked: Report, lang: str) -> None:
    """Every part is XML, all texts are texts, and the questions are there in full."""
    content = FORMATS["xlsx"].write(asked, lang)
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert book.testzip() is None
        parts = {name: ElementTree.fromstring(book.read(name)) for name in book.namelist()  # noqa: S314
                 if name.endswith((".xml", ".rels"))}  # fmt: skip
    sheets = [part for name, part in parts.items() if name.startswith("xl/worksheets/")]
    assert [list(sheet.iter(f"{SHEET}f")) for sheet in sheets] == [[]] * len(sheets)
    assert [list(sheet.iter(f"{SHEET}hyperlink")) for sheet in sheets] == [[]] * len(sheets)
    last = sheets[-1]
    assert len(list(last.iter(f"{SHEET}row"))) == 1 + sum(len(t.asked) for t in asked.topics)
    strings = ["".join(one.itertext()) for one in parts["xl/sharedStrings.xml"]]
    plain = [one.text for topic in asked.topics for one in topic.asked if "\0" not in one.text]
    assert {text.strip() for text in plain} <= {text.strip() for text in strings}
    assert {"en": "Questions", "pl": "Pytania"}[lang] in str(
        ElementTree.tostring(parts["xl/workbook.xml"], encoding="unicode")
    )


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_json_and_markdown(asked: Report, lang: str) -> None:
    """JSON says all; in Markdown nothing that was asked is markup."""
    said = json.loads(export.as_json(asked, lang))
    assert said["questions"] == asked.questions
    assert [topic["id"] for topic in said["topics"]] == [topic.id for topic in asked.topics]
    for topic in asked.topics:
        one = json.loads(FORMATS["json"].write_one(Report((topic,), 1), lang))
        assert len(one["asked"]) == len(topic.asked)
    page = FORMATS["md"].write(asked, lang).decode()
    assert page.startswith({"en": "# What people ask", "pl": "# O co pytają"}[lang])
    assert "<script" not in page.replace("\\<", "")
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    assert {len(re.split(r"(?<!\\)\|", row)) for row in rows} <= {9}
    assert page.count("\n### ") == len(asked.topics)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_plots_are_files_of_their_own(asked: Report, theme: Any) -> None:
    """SVG that is XML and needs nothing else; PNG of the same shape, not empty."""
    for kind in ("weeks", "map"):
        svg = drawing.svg_of(asked, kind, lang="pl", theme=theme)
        if svg is None:
            assert not asked.topics or not asked.dots
            continue
        root = ElementTree.fromstring(svg)  # noqa: S314 - our own
        assert root.tag == f"{SVG}svg"
        assert "var(" not in svg
        assert "href" not in svg
        assert not list(root.iter(f"{SVG}script"))
        bars, dots = len(list(root.iter(f"{SVG}rect"))), len(list(root.iter(f"{SVG}circle")))
        assert dots == (len(asked.dots) if kind == "map" else 0)
        assert bars > 0
        png = drawing.png_of(svg)
        assert png.startswith(b"\x89PNG")
        wide, high = struct.unpack(">II", png[16:24])
        assert (wide, high) == (2 * int(root.attrib["width"]), 2 * int(root.attrib["height"]))
    for topic in asked.topics[:2]:
        one = drawing.svg_of_one(Report((topic,), 1), lang="en", theme=theme)
        assert one is not None
        ElementTree.fromstring(one)  # noqa: S314 - our own


def test_colours_of_a_file_are_those_of_the_pages() -> None:
    """Light and dark differ, and every colour that plots use has a value in both."""
    light, dark = drawing.variables("light"), drawing.variables("dark")
    assert set(light) == set(dark)
    assert light["ink"] != dark["ink"]
    assert light["c0"] != dark["c0"]
    assert f"fill: {dark['main']}" in drawing.style("dark")
    assert f"fill: {light['main']}" in drawing.style("light")


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_a_digest_is_sent_as_it_is(asked: Report, lang: str) -> None:
    """A subject, no line that a mail program would break, links where there is an address."""
    text = as_text(digest_of(asked), lang=lang, url="https://sedno.example")
    lines = text.splitlines()
    assert lines[0]
    assert all(len(line) <= 78 for line in lines if "https://" not in line)
    assert all(f"https://sedno.example/desk/topics/{topic.id}" in text for topic in
               asked.topics if topic.verdict == "new")  # fmt: skip
    assert "https" not in as_text(digest_of(asked), lang=lang)
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text.replace("\n", ""))


def test_the_form_follows_the_name() -> None:
    """Markdown where a name asks for nothing that there is."""
    names = ("a.csv", "a.XLSX", "a.htm", "a.html", "a.json", "a.md", "a.txt", "-", "a")
    assert [export.format_of(name) for name in names] == [
        *("csv", "xlsx", "html", "html", "json", "md", "md", "md", "md")
    ]

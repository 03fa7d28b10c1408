"""The JSON-LD of a feed against schema.org's definition of a ``FAQPage``."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from sedno.serving.faq.feed import Item
from sedno.serving.faq.formats import as_html, as_json_ld

SCHEMA = json.loads(
    (Path(__file__).parent / "schema" / "faqpage.schema.json").read_text(encoding="utf-8")
)
VALID = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)
WARSAW = timezone(timedelta(hours=2))
ENTRIES = (
    ("pl", 'Czy „krem” jest "wegański"?', "Tak: 'w pełni', z certyfikatem \"V-Label\"."),
    ("en", "Is <b>shipping</b> free?", "<script>alert(1)</script> & </script> no."),
    ("pt-BR", "Quanto custa? 🧴", "R$ 20 👩🏽‍🔬\n\nLinha dois 🇧🇷"),
    ("uk", "Скільки коштує доставка?", "50 грн.\nДо 3 днів."),
    ("ar", "كم سعر الشحن؟", "٢٠ ريال، \u202eيمين\u202c"),
    ("zh-Hant", "運費多少？", "免運費。"),
    ("de", "Wie\u2028lange?", "https://a.example/?x=1&y=2 \u2029 \\ \t C:\\neu"),
)


def item(number: int, language: str, question: str, answer: str) -> Item:
    """A published question."""
    at = datetime(2026, 10, 5, 8, number, 1, 500, tzinfo=UTC if number % 2 else WARSAW)
    return Item(number, number, language, question, answer, ("Krem",), at)


def items() -> list[Item]:
    """One of each."""
    return [item(number, *entry) for number, entry in enumerate(ENTRIES)]


def faults(page: Any) -> list[str]:
    """What is wrong with a page."""
    return [error.message for error in VALID.iter_errors(page)]


class Scripts(HTMLParser):
    """The JSON-LD of a page of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._inside = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._inside = tag == "script" and ("type", "application/ld+json") in attrs

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        del tag
        self._inside = False


def test_the_schema_is_one() -> None:
    """By JSON Schema's own definition."""
    jsonschema_rs.meta.validate(SCHEMA)


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry[0] for entry in ENTRIES])
def test_each_entry_makes_a_valid_page(entry: tuple[str, str, str]) -> None:
    """Quotes, HTML, emoji, right to left: valid, in its language, with the very question."""
    page = json.loads(as_json_ld([item(1, *entry)]))
    assert faults(page) == []
    assert page["inLanguage"] == entry[0]
    assert page["mainEntity"][0]["name"] == entry[1]


def test_all_together_and_none() -> None:
    """Several languages in one page, as a feed and within the HTML snippet; an empty feed too."""
    page = json.loads(as_json_ld(items()))
    assert faults(page) == []
    assert page["inLanguage"] == sorted(entry[0] for entry in ENTRIES)
    assert [one["name"] for one in page["mainEntity"]] == [entry[1] for entry in ENTRIES]
    (script,) = Scripts(as_html(items()).decode()).found
    assert json.loads(script) == page
    assert faults(json.loads(as_json_ld([]))) == []


def _without(*path: Any) -> Callable[[Any], None]:
    def take(page: Any) -> None:
        for step in path[:-1]:
            page = page[step]
        del page[path[-1]]

    return take


def _put(value: Any, *path: Any) -> Callable[[Any], None]:
    def put(page: Any) -> None:
        for step in path[:-1]:
            page = page[step]
        page[path[-1]] = value

    return put


FIRST = ("mainEntity", 0)


@pytest.mark.parametrize(
    "spoil",
    [
        _without("mainEntity"),
        _without("@context"),
        _put("WebPage", "@type"),
        _put("https://example.org", "@context"),
        _put({"@type": "Question"}, "mainEntity"),
        _without(*FIRST, "name"),
        _without(*FIRST, "acceptedAnswer"),
        _put("Answer", *FIRST, "@type"),
        _put(" ", *FIRST, "name"),
        _put("Tak.", *FIRST, "acceptedAnswer"),
        _without(*FIRST, "acceptedAnswer", "text"),
        _put("", *FIRST, "acceptedAnswer", "text"),
        _put(7, *FIRST, "acceptedAnswer", "text"),
        _put("yesterday", *FIRST, "acceptedAnswer", "dateModified"),
        _put("po polsku", *FIRST, "inLanguage"),
        _put("Ile?", *FIRST, "question"),
    ],
)
def test_what_is_no_faq_page_is_refused(spoil: Callable[[Any], None]) -> None:
    """The schema tells: nothing needed may be missing, empty or of another kind."""
    page = copy.deepcopy(json.loads(as_json_ld(items())))
    spoil(page)
    assert faults(page) != []

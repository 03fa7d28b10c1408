from __future__ import annotations

import csv
import io
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from sedno.serving.faq.feed import Item
from sedno.serving.faq.formats import FORMATS, answer_html, as_html, as_json_ld, format_for

HOSTILE = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "]]>--><!--",
    "javascript:alert(1)",
    'https://a.example/"onclick=alert(1)//<b>',
    "\u2028\u2029&lt;b&gt;",
    "[x](javascript:alert(1)) `</details>`",
)
ALLOWED = {"section", "details", "summary", "div", "p", "br", "a", "script"}


def item(question: str, answer: str, number: int = 1) -> Item:
    """A published question."""
    at = datetime(2026, 10, 5, tzinfo=UTC)
    return Item(number, number, "pl", question, answer, ("Krem",), at)


class Seen(HTMLParser):
    """What a browser would make of a snippet."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.scripts: list[str] = []
        self.text = ""
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self._in_script = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data: str) -> None:
        if self._in_script:
            self.scripts.append(data)
        else:
            self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_in_a_text_becomes_markup(text: str) -> None:
    """Comments end up in answers, and answers on product pages."""
    seen = Seen(as_html([item(text, f"{text}\n{text}")]).decode())
    assert set(seen.tags) <= ALLOWED
    assert seen.tags.count("script") == 1
    assert {name for name, _ in seen.attributes} <= {"class", "id", "lang", "href", "rel", "type"}
    assert all(
        str(value).startswith(("https://", "http://", "mailto:"))
        for name, value in seen.attributes
        if name == "href"
    )
    assert text in seen.text
    data = json.loads("".join(seen.scripts))
    assert data["mainEntity"][0]["name"] == text


@pytest.mark.parametrize("text", HOSTILE)
def test_json_ld_cannot_end_its_script(text: str) -> None:
    """And is the same JSON all the same."""
    body = as_json_ld([item(text, text)]).decode()
    assert not re.search("[<>&\u2028\u2029]", body)
    assert json.loads(body)["mainEntity"][0]["name"] == text


def test_json_ld_is_a_faq_page() -> None:
    """As schema.org has it: questions with one accepted answer each."""
    page = json.loads(as_json_ld([item("Ile?", "Dwa.\n\nNa dzień."), item("Co?", "To.", 2)]))
    assert page["@context"] == "https://schema.org"
    assert page["@type"] == "FAQPage"
    assert page["inLanguage"] == "pl"
    assert [one["@type"] for one in page["mainEntity"]] == ["Question", "Question"]
    answer = page["mainEntity"][0]["acceptedAnswer"]
    assert answer["@type"] == "Answer"
    assert answer["text"] == "<p>Dwa.</p>\n<p>Na dzień.</p>"


def test_an_answer_has_paragraphs_lines_and_links() -> None:
    """And nothing else."""
    assert str(answer_html("Raz\ndwa\n\n\nhttps://a.example/x?y=1&z=2 <b>")) == (
        "<p>Raz<br>\ndwa</p>\n"
        '<p><a href="https://a.example/x?y=1&amp;z=2" rel="nofollow noopener">'
        "https://a.example/x?y=1&amp;z=2</a> &lt;b&gt;</p>"
    )


def test_markdown_is_plain_text_when_read() -> None:
    """What Markdown takes for markup is escaped; lines stay lines."""
    body = FORMATS["markdown"].write([item("*Ile* <b>?", "1. raz\n- dwa\n\n# trzy")]).decode()
    assert body == "## \\*Ile\\* \\<b\\>?\n\n1\\. raz\\\n\\- dwa\n\n\\# trzy\n"


def test_csv_holds_no_formula() -> None:
    """A spreadsheet shows the text and runs nothing."""
    body = FORMATS["csv"].write([item('=HYPERLINK("x")', '+1; "a"\nb')]).decode()
    head, row = list(csv.reader(io.StringIO(body)))
    cells = dict(zip(head, row, strict=True))
    assert cells["question"] == '\'=HYPERLINK("x")'
    assert cells["answer"] == '\'+1; "a"\nb'
    assert cells["products"] == "Krem"


def test_an_empty_feed_is_one() -> None:
    """In every form."""
    for form in FORMATS.values():
        assert b"Error" not in form.write([])
    assert json.loads(as_json_ld([]))["mainEntity"] == []


@pytest.mark.parametrize(
    ("accept", "name"),
    [
        ("", "json"),
        ("*/*", "json"),
        ("text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "html"),
        ("application/ld+json", "jsonld"),
        ("text/csv;q=0.5, text/markdown;q=0.9", "markdown"),
        ("text/csv;q=x", "json"),
        ("text/csv;q=0", "json"),
        (";;,,q", "json"),
    ],
)
def test_what_a_client_likes_best(accept: str, name: str) -> None:
    """By the Accept header; JSON in doubt."""
    assert format_for(accept) == name

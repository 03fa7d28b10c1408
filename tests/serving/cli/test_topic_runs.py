"""``sedno topics run``: what cron calls."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

TEXTS = (
    ("Kubek", "Ile kosztuje wysyłka do Niemiec?"),
    ("Kubek", "Jaki jest koszt wysyłki do Niemiec?"),
    ("Kubek", "ile kosztuje wysylka za granice do niemiec"),
    ("Sukienka", "Kiedy wróci rozmiar M?"),
    ("Sukienka", "kiedy bedzie znowu rozmiar M"),
    ("Sukienka", "Śliczna! Kiedy wróci do sklepu rozmiar M?"),
)


@pytest.fixture(autouse=True)
def _own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a folder of its own for what is kept."""
    monkeypatch.setenv("SEDNO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SEDNO_DATABASE_URL", raising=False)


def test_topics_are_found_by_a_command(sedno: Any, tmp_path: Path) -> None:
    """All, then a part with another word for what is wanted; each job knows what was chosen."""
    path = tmp_path / "in.jsonl"
    rows = [
        json.dumps({"id": str(at), "text": text, "product": product, "source": "shop"})
        for at, (product, text) in enumerate(TEXTS)
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    assert sedno("jobs", "add", path).code == 0
    assert sedno("jobs", "work", "--until-empty", "--threads", "1").code == 0
    done = sedno("topics", "run", "--apart-by", "product", "--work", "--threads", "1")
    assert done.code == 0, done.err
    assert (done.out, "6 comments read, 2 topics." in done.err) == ("2\n", True)
    found = json.loads(sedno("topics", "report", "--format", "json").out)
    assert {topic["scope"] for topic in found["topics"]} == {"Kubek", "Sukienka"}
    part = sedno("topics", "run", "--product", "Kubek", "--all", "--work", "-q")
    assert (part.code, part.err) == (0, "")
    job = json.loads(sedno("jobs", "show", part.out.strip()).out)
    assert job["options"] == {"comments": "all", "products": ["Kubek"]}
    assert job["counts"]["questions"] == 3
    again = json.loads(sedno("topics", "report", "--format", "json").out)
    assert {topic["id"] for topic in again["topics"]} == {topic["id"] for topic in found["topics"]}


def test_a_run_is_left_to_a_server(sedno: Any) -> None:
    """Queued, once; waited for, its end is the command's."""
    first = sedno("topics", "run")
    assert (first.code, first.out, first.err) == (0, "1\n", "")
    assert sedno("topics", "run").out == "1\n"
    other = sedno("topics", "run", "--questions")
    assert other.out == "2\n"
    assert sedno("jobs", "cancel", "1").code == 0
    assert sedno("jobs", "cancel", "2").code == 0
    assert json.loads(sedno("jobs", "show", "2").out)["state"] == "cancelled"


def test_mistakes_are_told(sedno: Any) -> None:
    """A command line that says two things, and a choice that leaves nothing."""
    assert sedno("topics", "run", "--together", "--apart-by", "brand").code == 2
    assert sedno("topics", "run", "--apart-by", "author").code == 2
    nothing = sedno("topics", "run", "--since", "2026-02-02", "--until", "2026-02-01")
    assert nothing.code == 1
    assert "until: 2026-02-01" in nothing.err

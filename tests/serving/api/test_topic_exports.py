"""Topics to take along over HTTP: files, plots, digest."""

from __future__ import annotations

import csv
import io
import sys
import zipfile
from xml.etree import ElementTree

import pytest
from sqlalchemy import select

from sedno.serving.desk import drawing
from sedno.serving.store.tables.audit import AuditEntry
from tests.serving.api.conftest import Topics


def test_every_form_of_every_view(topics: Topics) -> None:
    """List and topic in five forms, three plots in two; each with its name and type, and logged."""
    listed = topics.get("/v1/topics").json()["topics"]
    first = listed[0]["id"]
    assert listed[0]["products"] == {"Kubek": listed[0]["size"]}
    kinds = {
        "csv": "text/csv", "json": "application/json", "html": "text/html", "md": "text/markdown",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }  # fmt: skip
    for path in ("/v1/topics/export", f"/v1/topics/{first}/export"):
        for form, kind in kinds.items():
            got = topics.get(f"{path}?format={form}&lang=pl")
            assert got.status_code == 200, got.text
            assert got.headers["content-type"].startswith(kind)
            assert f'.{form}"' in got.headers["content-disposition"]
            assert "sandbox" in got.headers["content-security-policy"]
    for path in ("/v1/topics/plots/weeks", "/v1/topics/plots/map", f"/v1/topics/{first}/plot"):
        for theme in ("light", "dark"):
            svg = topics.get(f"{path}?theme={theme}")
            ElementTree.fromstring(svg.content)  # noqa: S314 - our own
            png = topics.get(f"{path}?format=png&theme={theme}")
            assert png.content.startswith(b"\x89PNG")
            assert png.headers["content-type"] == "image/png"
    with topics.database.session() as session:
        query = select(AuditEntry.subject).where(AuditEntry.action == "topics.exported")
        logged = session.scalars(query).all()
    assert len(logged) == 10 + 12
    assert {"csv", "xlsx", f"{first}.html", "map.png"} <= set(logged)


def test_filters_narrow_what_is_exported(topics: Topics) -> None:
    """The file has what the list shows; cells are text."""
    rows = list(csv.DictReader(io.StringIO(topics.get("/v1/topics/export").text)))
    assert {row["scope"] for row in rows} == {"'=yt"}
    word = rows[0]["name"].split()[0][:4]
    some = topics.get(f"/v1/topics/export?text={word}").text
    listed = topics.get(f"/v1/topics?text={word}").json()["topics"]
    assert [row["id"] for row in csv.DictReader(io.StringIO(some))] == [t["id"] for t in listed]
    none = topics.get("/v1/topics/export?source=inne&format=html")
    assert "No topic fits." in none.text
    assert topics.get("/v1/topics/plots/weeks?source=inne").status_code == 404


def test_a_digest_as_json_and_as_text(topics: Topics) -> None:
    """The same week in both."""
    week = topics.get("/v1/topics/digest").json()
    assert (week["from"], week["to"]) == ("2026-11-16", "2026-11-22")
    assert week["counts"]["unanswered"] == len(topics.get("/v1/topics").json()["topics"])
    text = topics.get("/v1/topics/digest?format=text&lang=pl")
    assert text.headers["content-type"].startswith("text/plain")
    assert text.text.startswith("O co pytano, 16 lis – 22 lis\n")
    assert all(line["name"] in " ".join(text.text.split()) for line in week["unanswered"])


def test_where_there_is_nothing(empty: Topics) -> None:
    """Files and a digest that say so; no plot, with a reason; no such topic."""
    for form in ("csv", "xlsx", "json", "html", "md"):
        assert empty.get(f"/v1/topics/export?format={form}").status_code == 200
    assert "No comment asks anything." in empty.get("/v1/topics/export?format=html").text
    assert empty.get("/v1/topics/digest").json()["from"] is None
    for path in ("plots/map", "plots/weeks", "t1/plot", "t1/export"):
        got = empty.get(f"/v1/topics/{path}")
        assert got.status_code == 404, path
        assert got.json()["detail"]
    assert empty.get("/v1/topics/plots/pie").status_code == 422
    assert empty.get("/v1/topics/export?format=doc").status_code == 422


def test_what_is_missing_is_named(topics: Topics, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra's libraries: the command that brings them; all else goes on."""
    drawing._rasteriser.cache_clear()
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    try:
        for path in ("plots/map?format=png", "export?format=xlsx", "digest?format=xlsx"):
            got = topics.get(f"/v1/topics/{path}")
            assert got.status_code == 503
            assert "pip install 'sedno[topics]'" in got.json()["detail"]
        assert topics.get("/v1/topics/plots/map").status_code == 200
        assert topics.get("/v1/topics/export").status_code == 200
    finally:
        drawing._rasteriser.cache_clear()


def test_a_workbook_has_the_language_asked_for(topics: Topics) -> None:
    """Polish and English headings over the same rows."""
    for lang, word in (("pl", "Tematy"), ("en", "Topics")):
        got = topics.get(f"/v1/topics/export?format=xlsx&lang={lang}")
        with zipfile.ZipFile(io.BytesIO(got.content)) as book:
            assert word in book.read("xl/workbook.xml").decode()


def test_strangers_get_nothing(topics: Topics) -> None:
    """Neither files nor plots."""
    for path in ("export", "digest", "plots/map", "t1/export", "t1/plot"):
        topics.client.cookies.clear()
        got = topics.client.get(f"/v1/topics/{path}", headers={"Authorization": "Bearer no"})
        assert got.status_code == 401

"""Filters, orders, the digest's files and the numbers behind plots over HTTP."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from sqlalchemy import update

from sedno.serving.store.tables.topics import StoredTopic, TopicState
from tests.serving.api.conftest import Topics
from tests.serving.workbooks import sheets_of


def rows_of(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV file."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.text, newline="")))


def test_a_list_is_ordered_and_narrowed(topics: Topics) -> None:
    """By name and back; by product, language and weeks, alike in list, file and digest."""
    names = [one["name"] for one in topics.get("/v1/topics?sort=name").json()["topics"]]
    assert len(names) > 1
    back = topics.get("/v1/topics?sort=name&order=desc").json()["topics"]
    assert [one["name"] for one in back] == names[::-1]
    saved = rows_of(topics.get("/v1/topics/export?sort=name&order=desc"))
    assert [row["id"] for row in saved] == [one["id"] for one in back]
    whole = topics.get("/v1/topics").json()["topics"]
    week = topics.get("/v1/topics?first_week=2026-11-10&last_week=2026-11-12").json()["topics"]
    assert week
    assert {day for one in week for day in one["weeks"]} == {"2026-11-09"}
    assert sum(one["size"] for one in week) < sum(one["size"] for one in whole)
    part = rows_of(topics.get("/v1/topics/export?first_week=2026-11-10&last_week=2026-11-12"))
    assert [row["size"] for row in part] == [str(one["size"]) for one in week]
    digest = topics.get("/v1/topics/digest?last_week=2026-11-12").json()
    assert (digest["from"], digest["asked"]) == ("2026-11-09", sum(one["size"] for one in week))
    assert topics.get("/v1/topics?product=Kubek").json()["topics"] == whole
    assert topics.get("/v1/topics?product=Wazon").json()["topics"] == []
    assert topics.get("/v1/topics?language=xx&q=sezon").json()["topics"] == []
    searched = topics.get("/v1/topics?q=sezon&sort=size").json()["topics"]
    sizes = [one["size"] for one in searched]
    assert sizes
    assert sizes == sorted(sizes, reverse=True)
    for bad in ("sort=colour", "order=up", "first_week=monday", "last_week=2026-13-01"):
        assert topics.get(f"/v1/topics?{bad}").status_code == 422, bad


def test_a_digest_in_every_form(topics: Topics) -> None:
    """The same topics in each; links where the server knows its address; every file is logged."""
    said = topics.get("/v1/topics/digest").json()
    names = {line["name"] for line in said["unanswered"]}
    html = topics.get("/v1/topics/digest?format=html&lang=pl")
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert 'filename="digest.html"' in html.headers["content-disposition"]
    assert "Bez opublikowanej odpowiedzi" in html.text
    assert all(name in html.text for name in names)
    page = topics.get("/v1/topics/digest?format=md")
    assert page.text.startswith("# What people asked, ")
    assert f"## Without a published answer ({len(names)})" in page.text
    rows = rows_of(topics.get("/v1/topics/digest?format=csv&lang=pl"))
    assert {row["name"] for row in rows if row["part"] == "unanswered"} == names
    assert {row["scope"] for row in rows} == {"'=yt"}
    assert topics.get("/v1/topics/digest?format=pdf").status_code == 422
    sheets = sheets_of(topics.get("/v1/topics/digest?format=xlsx&lang=pl").content)
    table = sheets["Bez opublikowanej odpowiedzi"]
    assert table[0][:1] + table[0][5:7] == ["Temat", "W tym tygodniu", "Tydzień wcześniej"]
    assert {row[0] for row in table[1:]} == names
    assert {row[2] for row in table[1:]} == {"=yt"}
    assert "Zadawane rzadziej albo już…" in sheets
    only = topics.get("/v1/topics/digest?format=md&product=Kubek&lang=pl").text
    assert "Tylko: produkt Kubek." in only


def test_the_numbers_behind_plots(topics: Topics) -> None:
    """Weeks add up to the topics; the map has every dot with its topic and text."""
    whole = {one["id"]: one for one in topics.get("/v1/topics").json()["topics"]}
    weeks = rows_of(topics.get("/v1/topics/plots/weeks?format=csv"))
    for number, topic in whole.items():
        own = {row["week"]: int(row["comments"]) for row in weeks if row["topic"] == number}
        assert own == topic["weeks"]
    told = topics.get("/v1/topics/plots/weeks?format=json&product=Kubek").json()
    assert told["filters"] == {"product": "Kubek"}
    assert [str(row["comments"]) for row in told["weeks"]] == [row["comments"] for row in weeks]
    dots = topics.get("/v1/topics/plots/map?format=json")
    assert 'filename="topics-map.json"' in dots.headers["content-disposition"]
    places = json.loads(dots.text)["map"]
    svg = topics.get("/v1/topics/plots/map").text
    assert len(places) == svg.count("<circle")
    assert all(0 <= dot["x"] <= 1 and 0 <= dot["y"] <= 1 for dot in places)
    assert {dot["topic"] for dot in places} - {None} == set(whole)
    assert all(dot["name"] == whole[dot["topic"]]["name"] for dot in places if dot["topic"])
    saved = rows_of(topics.get("/v1/topics/plots/map?format=csv"))
    assert [row["text"] for row in saved] == [dot["text"] for dot in places]


@pytest.mark.parametrize("kind", ["weeks", "map"])
def test_a_plot_shows_what_a_search_finds(topics: Topics, kind: str) -> None:
    """And nothing else; 404 where it finds nothing."""
    with topics.database.transaction() as session:
        # By words alone: the toy model finds everything like everything.
        session.execute(update(StoredTopic).values(centre=None))
    found = {one["id"] for one in topics.get("/v1/topics?q=sezon").json()["topics"]}
    every = {one["id"] for one in topics.get("/v1/topics").json()["topics"]}
    assert found
    assert found < every
    rows = topics.get(f"/v1/topics/plots/{kind}?q=sezon&format=json").json()[kind]
    assert {row["topic"] for row in rows} == found
    svg = topics.get(f"/v1/topics/plots/{kind}?q=sezon")
    assert svg.text != topics.get(f"/v1/topics/plots/{kind}").text
    for form in ("svg", "png", "csv", "json"):
        none = topics.get(f"/v1/topics/plots/{kind}?source=inne&format={form}")
        assert none.status_code == 404


def test_pages_are_ordered_and_narrowed(topics: Topics) -> None:
    """Heads say how the list stands and turn it round; filters go along from view to view."""
    page = topics.get("/desk/topics").text
    assert page.count("aria-sort=") == 1
    assert (
        'aria-sort="descending"><a class="sorts" href="/desk/topics?sort=size&amp;order=asc"'
        in (page)
    )
    page = topics.get("/desk/topics?sort=name&product=Kubek&first_week=2026-11-02").text
    assert 'aria-sort="ascending"><a class="sorts"' in page
    assert "sort=name&amp;order=desc" in page
    for view in ("weeks", "map", "digest"):
        assert f'href="/desk/topics/{view}?product=Kubek&amp;first_week=2026-11-02"' in page
    assert "format=csv" in page
    assert "product=Kubek" in page[page.index("/v1/topics/export") :][:60]
    assert "Policzono część pytań" in topics.pl("/desk/topics/digest?product=Kubek")
    bad = topics.pl("/desk/topics?first_week=poniedziałek")
    assert "Tydzień podaje się datą" in bad
    assert topics.get("/desk/topics?sort=colour&order=up&last_week=9999-12-31").status_code == 200
    number = topics.get("/v1/topics").json()["topics"][0]["id"]
    assert "Nic się z nim nie działo" in topics.pl(f"/desk/topics/{number}")


def test_what_keeps_topics_apart_is_asked_for_once(topics: Topics) -> None:
    """Under its own name, and not as a part of the questions as well; a choice of a run beside."""
    assert 'name="product"' in topics.get("/desk/topics").text
    with topics.database.transaction() as session:
        session.execute(update(TopicState).values(apart="product"))
    for view in ("", "/weeks", "/map", "/digest"):
        page = topics.get(f"/desk/topics{view}?source=Kubek").text
        assert '<label for="source">Produkt</label>' in page
        assert 'name="product"' not in page
        assert 'name="first_week"' in page
    assert "Więcej możliwości" in topics.get("/desk/topics").text


def test_every_dot_of_the_map_stands_in_the_table(topics: Topics) -> None:
    """With its topic, its text and a link to its comment; narrowed like the map."""
    dots = topics.get("/v1/topics/plots/map?format=json").json()["map"]
    page = topics.get("/desk/topics/map").text
    table = page[page.index('data-key="e"') :]
    for dot in dots:
        assert f'href="/desk/comments/{dot["comment"]}"' in table
        assert f'<td class="long">{dot["text"]}</td>' in table
    assert topics.get("/desk/topics/map?q=&text=sezon").status_code == 200
    assert "<circle" not in topics.get("/desk/topics/map?product=Wazon").text


def test_where_there_is_nothing(empty: Topics) -> None:
    """A digest of nothing in every form; no numbers, with a reason."""
    for form in ("text", "html", "md", "csv", "xlsx"):
        assert empty.get(f"/v1/topics/digest?format={form}").status_code == 200
    assert empty.get("/v1/topics/plots/weeks?format=csv").status_code == 404
    assert empty.get("/v1/topics?sort=newest&product=Kubek").json()["topics"] == []

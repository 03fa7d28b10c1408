"""Topics counted over a part of their questions, and lists in another order."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, get_args

import pytest
from sqlalchemy import select, update

from sedno.models.topics import engine, projection
from sedno.models.topics.records import Options
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import StoredTopic
from sedno.serving.topics import from_store, pages, reading, search, stored
from sedno.serving.topics.pages import Row
from sedno.serving.topics.shown import Report
from sedno.serving.topics.sorting import SORTS, Order, Sort, ordered
from sedno.serving.topics.wanted import ALL, Wanted

FIRST = date(2026, 9, 7)
"""The Monday of the first question; there is one every third day."""


@pytest.fixture
def found(database: Database, fill: Callable[..., None], label: Any) -> Database:
    """Twelve questions of topics: every other one about a mug, the last four in English."""
    fill(database)
    with database.transaction() as session:
        table = StoredComment
        session.execute(update(table).values(language="pl"))
        session.execute(update(table).where(table.id % 2 == 1).values(product="Kubek"))
        ids = session.scalars(select(table.id).order_by(table.posted_at)).all()
        session.execute(update(table).where(table.id.in_(ids[-4:])).values(language="en"))
        model = str(session.scalars(select(table.model)).first())
    asked = list(reading.read_asked(database, label, model, {}))
    topics = projection.drawn(engine.fit(asked, Options(), model=model), seed=0)
    with database.transaction() as session:
        stored.save(session, COMMAND_LINE, topics, read_at=0, action="topics.found")
    return database


def total(rows: list[Row]) -> int:
    """Comments of all topics."""
    return sum(row.topic.size for row in rows)


def test_all_counted_anew_is_what_a_run_has_counted(found: Database) -> None:
    """The same rules: over all weeks, every number and trend is the stored one."""
    with found.session() as session:
        whole = pages.topics(session)
        anew = pages.topics(session, wanted=Wanted(first_week=date.min, last_week=date.max))
        assert [row.fields() for row in anew] == [row.fields() for row in whole]
        assert total(whole) >= 8
        assert not session.dirty
        assert not session.new


def test_product_language_and_weeks_narrow_every_number(found: Database) -> None:
    """Each alone and together; parts add up to the whole; nothing stored changes."""
    with found.transaction() as session:
        whole = pages.topics(session)
        mugs = pages.topics(session, wanted=Wanted(product="Kubek"))
        assert 0 < total(mugs) < total(whole)
        for row in mugs:
            assert row.topic.data["products"] == {"Kubek": row.topic.size}
            assert sum(row.topic.data["weeks"].values()) == row.topic.size
            assert row.topic.data["size"] == row.topic.size
        polish = pages.topics(session, wanted=Wanted(language="pl"))
        english = pages.topics(session, wanted=Wanted(language="en"))
        assert total(polish) + total(english) == total(whole)
        middle = FIRST + timedelta(weeks=2)
        early = pages.topics(session, wanted=Wanted(last_week=middle + timedelta(days=6)))
        late = pages.topics(session, wanted=Wanted(first_week=middle + timedelta(days=7)))
        assert total(early) + total(late) == total(whole)
        assert max(max(row.topic.data["weeks"]) for row in early) <= middle.isoformat()
        both = pages.topics(session, wanted=Wanted(product="Kubek", language="en"))
        assert total(both) <= min(total(mugs), total(english))
        assert pages.topics(session, wanted=Wanted(product="Wazon")) == []
    with found.session() as session:
        assert [row.fields() for row in pages.topics(session)] == [row.fields() for row in whole]


def test_reports_maps_and_examples_are_narrowed_too(found: Database) -> None:
    """Dots and examples are of the wanted comments, single questions too; a search as well."""
    wanted = Wanted(product="Kubek")
    with found.session() as session:
        numbers = {
            str(number)
            for number in session.scalars(
                select(StoredComment.id).where(StoredComment.product == "Kubek")
            )
        }
        report = from_store.report_of(session, wanted=wanted)
        assert report.wanted == wanted
        assert report.dots
        assert {dot.comment for dot in report.dots} <= numbers
        asked = {one.comment for topic in report.topics for one in topic.asked}
        assert asked
        assert asked <= numbers
        assert report.to_dict()["filters"] == {"product": "Kubek"}
        rows = search.rows(session, "wysyłka", None, wanted=wanted)
        assert rows
        assert {row.topic.id for row in rows} <= {topic.id for topic in report.topics}
        assert search.rows(session, None, None) == pages.topics(session)
        assert pages.choices(session).products == ["Kubek"]
        assert pages.choices(session).languages == ["en", "pl"]


def row(name: str, size: int, verdict: str, z: float, first: str | None) -> Row:
    """A topic of a list."""
    trend = {"verdict": verdict, "statistic": z}
    data = {"trend": trend, "first_seen": first}
    topic = StoredTopic(id=name, name=name, size=size, data=data, scope="s", position=0)
    return Row(topic, None, 0, 0)


ROWS = [
    row("łóżko", 9, "steady", 0.1, "2026-09-01T00:00:00+00:00"),
    row("Zwrot", 5, "rising", 2.5, "2026-10-01T01:00:00+02:00"),
    row("adres", 4, "new", 1.0, "2026-11-02T00:00:00+00:00"),
    row("Lampa", 3, "rising", 3.5, None),
    row("mapa", 2, "gone", -2.0, "2026-09-30T23:30:00+00:00"),
]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("size", ["łóżko", "Zwrot", "adres", "Lampa", "mapa"]),
        ("trend", ["adres", "Lampa", "Zwrot", "łóżko", "mapa"]),
        ("newest", ["adres", "mapa", "Zwrot", "łóżko", "Lampa"]),
        ("name", ["adres", "Lampa", "łóżko", "mapa", "Zwrot"]),
    ],
)
def test_orders(sort: Sort, expected: list[str]) -> None:
    """Large, strong and new first, names from A without regard to case and accents; and back."""
    assert [one.topic.name for one in ordered(ROWS, sort)] == expected
    way: Order = "desc" if sort == "name" else "asc"
    assert [one.topic.name for one in ordered(ROWS, sort, way)] == expected[::-1]


def test_every_order_has_a_name() -> None:
    """What is offered is what there is."""
    assert get_args(Sort) == SORTS
    assert not ALL
    assert Report(()).to_dict()["filters"] == {}

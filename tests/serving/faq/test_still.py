from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sedno.serving.desk.digest_files import FORMATS, Told
from sedno.serving.desk.digest_text import as_text
from sedno.serving.faq import entries
from sedno.serving.faq.entries import ASKED, Source
from sedno.serving.faq.persisting import persisting
from sedno.serving.faq.still import binomial, still_asked, still_of
from sedno.serving.faq.wording import Wording
from sedno.serving.people.actor import Actor
from sedno.serving.store.database import Database
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import TopicState
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.shown import Report
from sedno.serving.topics.wanted import Wanted

PUBLISHED = datetime(2026, 10, 5, 12, tzinfo=UTC)
NOW = PUBLISHED + timedelta(days=28)


def vector(at: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """An embedding; the nearer two numbers, the nearer the embeddings."""
    out = np.zeros(384)
    out[0], out[1] = np.cos(at), np.sin(at)
    return out


def entry_of(database: Database, actor: Actor, asked: int, published: datetime | None) -> int:
    """An entry made from a comment."""
    with database.transaction() as session:
        made = entries.create(
            session, actor, Wording.of("Zwrot?", "30 dni."), language="pl",
            sources=[Source(asked, ASKED)],
        )  # fmt: skip
        made.first_published_at = published
        return made.id


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [(12, 1, "less"), (1, 12, "more"), (5, 4, "same"), (0, 0, "same")],
)
def test_before_and_after(
    database: Database,
    add: Callable[..., int],
    ewa: Actor,
    before: int,
    after: int,
    verdict: str,
) -> None:
    """Against all questions of the source; other questions and other sources do not count."""
    first = add("Czy można zwrócić?", author="a", at=PUBLISHED - timedelta(days=90),
                embedding=vector(0.0))  # fmt: skip
    for number in range(before + after):
        days = -1 - number if number < before else number - before + 1
        when = PUBLISHED + timedelta(days=days)
        add("A zwrot?", author=f"b{number}", at=when, embedding=vector(0.1))
    for day in range(-20, 20):
        when = PUBLISHED + timedelta(days=day, hours=1)
        add("Ile to kosztuje?", author="c", at=when, embedding=vector(1.5))
    add("Zwrot?", author="d", at=PUBLISHED, source="sklep", embedding=vector(0.1))
    entry_id = entry_of(database, ewa, first, PUBLISHED)
    with database.session() as session:
        found = still_asked(session, session.get_one(FaqEntry, entry_id), at=NOW)
    assert (found.before, found.after, found.days) == (before, after, 28)
    assert found.verdict == verdict
    assert sum(number for _, number in found.weeks) == before + after
    assert len(found.weeks) == 16


def test_what_is_not_compared(database: Database, add: Callable[..., int], ewa: Actor) -> None:
    """Before publishing, in the first week, and where all its comments are gone."""
    asked = add("Czy można zwrócić?", author="a", at=NOW - timedelta(days=3))
    for published, verdict in ((None, "unpublished"), (NOW - timedelta(days=2), "early")):
        entry_id = entry_of(database, ewa, asked, published)
        with database.session() as session:
            found = still_asked(session, session.get_one(FaqEntry, entry_id), at=NOW)
        assert (found.verdict, sum(number for _, number in found.weeks)) == (verdict, 1)
    with database.transaction() as session:
        bare = entries.create(session, ewa, Wording.of("A?"), language="pl")
        assert sum(number for _, number in still_asked(session, bare, at=NOW).weeks) == 0


def published_entry(database: Database, actor: Actor, asked: int, question: str) -> int:
    """An entry that feeds show since a month."""
    number = entry_of(database, actor, asked, PUBLISHED)
    with database.transaction() as session:
        entry = session.get_one(FaqEntry, number)
        entries.wording_of(session, entry).question = question
        entry.published_version, entry.status = entry.version, "published"
    return number


def test_many_at_once_are_as_each_alone(
    database: Database, add: Callable[..., int], ewa: Actor
) -> None:
    """Of one source or several, with embeddings or without, and with no comment left."""
    numbers = []
    for place, (source, near) in enumerate((("a", 0.0), ("a", 1.5), ("b", 0.0), ("b", None))):
        direction = None if near is None else vector(near)
        first = add("Zwrot?", author="a", at=PUBLISHED - timedelta(days=9), source=source,
                    embedding=direction)  # fmt: skip
        for day in range(-6, 3 * place):
            if day:
                when = PUBLISHED + timedelta(days=day, minutes=place)
                add("A zwrot?", author=f"{day}", at=when, source=source, embedding=direction)
        numbers.append(entry_of(database, ewa, first, PUBLISHED))
    with database.transaction() as session:
        numbers.append(entries.create(session, ewa, Wording.of("A?"), language="pl").id)
    with database.session() as session:
        every = [session.get_one(FaqEntry, number) for number in numbers]
        together = still_of(session, every, at=NOW)
        assert together == {entry.id: still_asked(session, entry, at=NOW) for entry in every}
        assert together[numbers[2]].after == 5
        assert still_of(session, []) == {}


def test_what_is_answered_but_still_asked_is_named(
    database: Database, add: Callable[..., int], ewa: Actor
) -> None:
    """As often or more, not less and not where nobody asks; the most asked first; by filters."""
    cases = {"less": (12, 1), "same": (4, 4), "more": (1, 12), "nobody": (0, 0)}
    made = {}
    for place, (name, (before, after)) in enumerate(cases.items()):
        near = place * 0.8
        first = add("A?", author="a", at=PUBLISHED - timedelta(days=200), embedding=vector(near),
                    source="sklep" if name == "more" else "kanał")  # fmt: skip
        for at in range(before + after):
            days = -1 - at if at < before else at - before + 1
            add("B?", author=f"{at}", at=PUBLISHED + timedelta(days=days), embedding=vector(near),
                source="sklep" if name == "more" else "kanał")  # fmt: skip
        made[name] = published_entry(database, ewa, first, name)
    for at in range(-28, 28):
        for source in ("sklep", "kanał"):
            when = PUBLISHED + timedelta(days=at, hours=2)
            add("Inne?", author="c", at=when, source=source, embedding=vector(3.9))
    week = Wanted(last_week=(NOW - timedelta(days=7)).date())
    with database.session() as session:
        found = persisting(session, wanted=week)
        assert [line.entry for line in found] == [made["more"], made["same"]]
        assert found[0].question == "more"
        assert found[0].weekly_after > found[0].weekly_before
        only = persisting(session, scope="kanał", wanted=week)
        assert [line.entry for line in only] == [made["same"]]
        assert persisting(session, wanted=Wanted(language="en")) == []
        state = TopicState(id=1, run=1, next_id=1, model="m@1", events=[], edits=[], revision=1,
                           questions=0, single=0, by="ewa", updated_at=NOW)  # fmt: skip
        session.add(state)
        for apart, scope in (("product", "Krem z dziką różą"), ("together", "")):
            state.apart = apart
            session.flush()
            assert persisting(session, scope=scope, wanted=week) == found
            assert persisting(session, scope="kanał", wanted=week) == []
        session.rollback()
        assert persisting(session, wanted=Wanted(product="Wazon", last_week=week.last_week)) != []
    digest = digest_of(Report(()), still=found)
    assert digest.to_dict()["still_asked"][0]["entry"] == made["more"]
    said = as_text(digest, lang="pl", url="https://s.example")
    assert "Z odpowiedzią, a wciąż zadawane (2)\n" in said
    assert f"https://s.example/desk/faq/{made['same']}" in said
    told = Told(digest, Report(()), "en")
    for form in ("html", "md", "csv"):
        assert "more" in FORMATS[form].write(told).decode()
    rows = list(csv.DictReader(io.StringIO(FORMATS["csv"].write(told).decode(), newline="")))
    assert [row["part"] for row in rows] == ["still_asked", "still_asked"]
    assert rows[0]["weekly_after"] == str(found[0].weekly_after)
    assert digest_of(Report(())).to_dict()["still_asked"] is None


@pytest.mark.parametrize(
    ("hits", "trials", "share", "p_value"),
    [
        (0, 5, 0.5, 0.0625),
        (5, 10, 0.5, 1.0),
        (2, 10, 0.5, 0.109375),
        (0, 0, 0.5, 1.0),
        (3, 3, 1.0, 1.0),
    ],
)
def test_the_binomial_test(hits: int, trials: int, share: float, p_value: float) -> None:
    """As tables have it."""
    assert binomial(hits, trials, share) == pytest.approx(p_value)

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sedno.serving.faq import entries
from sedno.serving.faq.entries import ASKED, Source
from sedno.serving.faq.still import binomial, still_asked
from sedno.serving.faq.wording import Wording
from sedno.serving.people.actor import Actor
from sedno.serving.store.database import Database
from sedno.serving.store.tables.faq import FaqEntry

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

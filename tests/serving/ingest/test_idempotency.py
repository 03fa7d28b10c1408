"""Whatever is sent, how often and by how many at once: each comment is there once, as last sent."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from sedno.serving.ingest import repeats
from sedno.serving.ingest.incoming import Incoming, Preparer
from sedno.serving.ingest.keep import Kept, Outcome, keep
from sedno.serving.ingest.repeats import OtherRequestError, UnderWayError
from sedno.serving.ingest.take import take
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.transact import transact

_RUNS = itertools.count()
_COMMENT = st.tuples(
    st.sampled_from("abc"), st.sampled_from(["x", "y", "ż"]), st.one_of(st.none(), st.just(5))
)
_BATCHES = st.lists(st.lists(_COMMENT, max_size=6), min_size=1, max_size=5)


def send(database: Database, items: Sequence[Incoming]) -> list[Kept]:
    """Keeps one batch."""
    return transact(database, lambda session: keep(session, items))


def rows(database: Database, source: str) -> dict[str, StoredComment]:
    """What is stored of a source, by id."""
    with database.session() as session:
        found = list(session.scalars(select(StoredComment).filter_by(source=source)))
    assert len({row.external_id for row in found}) == len(found)
    return {row.external_id: row for row in found}


@given(batches=_BATCHES, repeated=st.booleans())
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_comments_end_as_they_were_sent_last(
    database: Database, batches: list[list[tuple[str, str, int | None]]], repeated: bool
) -> None:
    """A repeated batch changes nothing; outcomes and versions follow from what was there."""
    source = f"run {next(_RUNS)}"
    known: dict[str, tuple[str, int | None]] = {}
    versions: dict[str, int] = {}
    for batch in batches:
        items = [Incoming(source, one, text, reach=reach) for one, text, reach in batch]
        expected = []
        for one, text, reach in batch:
            before = known.get(one)
            if before is None:
                expected.append(Outcome.STORED)
                versions[one] = 1
            elif before == (text, reach):
                expected.append(Outcome.UNCHANGED)
            else:
                expected.append(Outcome.UPDATED)
                versions[one] += before[0] != text
            known[one] = (text, reach)
        assert [kept.outcome for kept in send(database, items)] == expected
        last = [Incoming(source, one, *value[:1], reach=value[1]) for one, value in known.items()]
        if repeated:
            assert {kept.outcome for kept in send(database, last)} <= {Outcome.UNCHANGED}
    stored = rows(database, source)
    assert {one: (row.text, row.reach) for one, row in stored.items()} == known
    assert {one: row.version for one, row in stored.items()} == versions


def test_many_may_send_the_same_at_once(database: Database) -> None:
    """Each comment is stored once, and nobody fails because of the others."""
    items = [Incoming("s", str(n), f"Komentarz {n}") for n in range(60)]
    outcomes: list[Outcome] = []
    faults: list[BaseException] = []
    together = threading.Barrier(4)

    def run(order: list[Incoming]) -> None:
        together.wait()
        try:
            outcomes.extend(kept.outcome for kept in send(database, order))
        except BaseException as error:
            faults.append(error)

    orders = [items, items[::-1], items[30:] + items[:30], items]
    threads = [threading.Thread(target=run, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert outcomes.count(Outcome.STORED) == 60
    assert outcomes.count(Outcome.UNCHANGED) == 180
    with database.session() as session:
        assert session.scalar(select(func.count(StoredComment.id))) == 60


@given(
    records=st.lists(
        st.one_of(
            st.none(),
            st.integers(),
            st.text(),
            st.dictionaries(
                st.sampled_from(["id", "text", "author", "source", "post_id", "reach", "product"]),
                st.one_of(
                    st.none(), st.text(max_size=20), st.integers(), st.floats(), st.booleans()
                ),
            ),
        ),
        max_size=8,
    )
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_record_is_kept_or_rejected_with_a_reason(
    database: Database, records: list[Any]
) -> None:
    """None makes the others fail, whatever letters and numbers it is made of."""
    taken = take(database, Preparer(Pseudonyms(b"k" * 32)), records)
    assert len(taken) == len(records)
    for one in taken:
        assert (one.comment_id is None) == (one.outcome is Outcome.REJECTED) == bool(one.reason)
    again = take(database, Preparer(Pseudonyms(b"k" * 32)), records)
    assert [one.comment_id for one in again] == [one.comment_id for one in taken]


def test_a_request_is_begun_by_one(database: Database) -> None:
    """Of several that come at once with one key; the others wait, then get its answer."""
    begun: list[Any] = []
    together = threading.Barrier(4)

    def run() -> None:
        together.wait()
        try:
            begun.append(repeats.begin(database, "key", "abc", "digest"))
        except UnderWayError as error:
            begun.append(error)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first = [one for one in begun if isinstance(one, repeats.Repeat)]
    assert len(first) == 1
    repeats.end(database, first[0], ["done"])
    assert repeats.begin(database, "key", "abc", "digest").outcomes == ["done"]
    assert repeats.begin(database, "another", "abc", "digest").outcomes is None
    with pytest.raises(OtherRequestError):
        repeats.begin(database, "key", "abc", "another")


def test_a_key_is_free_again_after_a_day(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And at once after a server that died with it has been silent for long enough."""
    monkeypatch.setattr(repeats, "LEASE", -repeats.LEASE)
    repeats.begin(database, "key", "abc", "digest")
    second = repeats.begin(database, "key", "abc", "digest")
    assert second.outcomes is None
    repeats.end(database, second, [])
    monkeypatch.setattr(repeats, "KEPT", -repeats.KEPT)
    assert repeats.begin(database, "key", "abc", "something else").outcomes is None
    repeats.forget_old(database)

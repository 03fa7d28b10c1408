from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from sedno.models.classifier import Classifier
from sedno.models.taxonomy import TASKS
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Incoming
from sedno.serving.ingest.keep import Outcome, keep
from sedno.serving.store import comments
from sedno.serving.store.answers import Answered, save_answers
from sedno.serving.store.comments import FilterError, Filters, Scores
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signature, signatures
from sedno.serving.store.tables.comments import StoredComment, StoredPrediction
from sedno.serving.store.transact import transact

START = datetime(2026, 3, 1, tzinfo=UTC)


def item(number: int, text: str = "", **more: Any) -> Incoming:
    """A comment of the minute ``number``."""
    return Incoming(
        **{
            "source": "sklep",
            "external_id": str(number),
            "text": text or f"Komentarz {number}",
            "posted_at": START + timedelta(minutes=number),
            **more,
        }
    )


def store(database: Database, items: Sequence[Incoming], model: Classifier | None = None) -> None:
    """Stores comments, answered where a model is given."""
    kept = transact(database, lambda session: keep(session, items))
    if model is None:
        return
    with database.session() as session:
        rows = list(session.scalars(select(StoredComment)))
    predictions = model.predict([comment_of(row) for row in rows], embeddings=True)
    answers = [Answered(row.id, row.version, p) for row, p in zip(rows, predictions, strict=True)]
    assert len(kept) == len(items)
    assert all(transact(database, lambda session: save_answers(session, answers)))


def walk(database: Database, filters: Filters, limit: int) -> list[str]:
    """External ids of all pages."""
    out: list[str] = []
    cursor = None
    while True:
        with database.session() as session:
            page = comments.page(session, filters, cursor=cursor, limit=limit)
        out += [comment.external_id for comment in page.comments]
        if page.next is None:
            return out
        cursor = page.next


def test_pages_give_every_comment_once(database: Database) -> None:
    """The newest first, also where many have one time, whatever the size of a page."""
    items = [item(n, posted_at=START + timedelta(minutes=n // 4)) for n in range(30)]
    store(database, items)
    whole = walk(database, Filters(), 500)
    assert sorted(whole, key=int) == [str(n) for n in range(30)]
    assert [int(n) // 4 for n in whole] == sorted((n // 4 for n in range(30)), reverse=True)
    for limit in (1, 3, 7, 30):
        assert walk(database, Filters(), limit) == whole


def test_a_page_stays_where_it_was(database: Database) -> None:
    """A comment that comes meanwhile moves none from one page to the next."""
    store(database, [item(n) for n in range(6)])
    with database.session() as session:
        first = comments.page(session, Filters(), limit=3)
    store(database, [item(99)])
    with database.session() as session:
        second = comments.page(session, Filters(), cursor=first.next, limit=3)
    assert [c.external_id for c in first.comments] == ["5", "4", "3"]
    assert [c.external_id for c in second.comments] == ["2", "1", "0"]


def test_filters_leave_what_they_say(database: Database) -> None:
    """Source, post, author, time, state: alone and together."""
    store(
        database,
        [
            item(1, post_id="p", author="a"),
            item(2, post_id="p", source="blog"),
            item(3, post_id="q", author="a"),
        ],
    )
    assert walk(database, Filters(source="sklep"), 9) == ["3", "1"]
    assert walk(database, Filters(post_id="p"), 9) == ["2", "1"]
    assert walk(database, Filters(author="a", post_id="q"), 9) == ["3"]
    assert walk(database, Filters(since=START + timedelta(minutes=2)), 9) == ["3", "2"]
    assert walk(database, Filters(until=START + timedelta(minutes=2)), 9) == ["1"]
    assert walk(database, Filters(state="classified"), 9) == []
    assert len(walk(database, Filters(state="waiting"), 9)) == 3


@pytest.mark.parametrize(
    ("looked_for", "found"),
    [
        ("zolw", ["1"]),
        ("ŻÓŁW", ["1"]),
        ("żółwie", []),
        ("dzwiek", ["2", "1"]),
        ("dźwięk gra", ["1"]),
        ("supeeer", ["3"]),
        ("s u p e r", ["3"]),
        ("'; DROP TABLE comments; --", []),
        ('dźwięk OR "gra', []),
        ("a b", []),
    ],
)
def test_words_are_found_however_they_are_written(
    database: Database, looked_for: str, found: list[str]
) -> None:
    """Without diacritics, in capitals, lengthened, and by the beginning of a longer word."""
    store(
        database,
        [item(1, "Żółwik gra dźwięki"), item(2, "DZWIEK!!!"), item(3, "superrrr 🎉 https://a.pl/")],
    )
    assert walk(database, Filters(text=looked_for), 1) == found


def test_a_changed_text_is_found_by_its_new_words(database: Database) -> None:
    """And no longer by the old ones; an erased one not at all."""
    store(database, [item(1, "stary tekst"), item(2, "inny")])
    store(database, [item(1, "nowy tekst")])
    assert walk(database, Filters(text="stary"), 9) == []
    assert walk(database, Filters(text="nowy"), 9) == ["1"]
    with database.transaction() as session:
        session.delete(session.scalars(select(StoredComment).filter_by(external_id="1")).one())
    assert walk(database, Filters(text="nowy"), 9) == []


def test_labels_and_scores_filter_what_the_model_answered(
    database: Database, answering: Classifier
) -> None:
    """The label a task has, and a range of the label's probability."""
    store(
        database,
        [item(n, "super kurs! " * n + "słaby dźwięk" * (n % 3)) for n in range(1, 13)],
        answering,
    )
    with database.session() as session:
        rows = list(session.scalars(select(StoredComment)))
    label = rows[0].sentiment
    assert label is not None
    expected = {row.external_id for row in rows if row.sentiment == label}
    assert set(walk(database, Filters(labels={"sentiment": label}), 5)) == expected
    both = {"sentiment": label, "question": str(rows[0].question)}
    expected = {row.external_id for row in rows if all(getattr(row, t) == both[t] for t in both)}
    assert set(walk(database, Filters(labels=both), 5)) == expected
    scores = sorted(row.sentiment_score or 0 for row in rows)
    least, most = scores[3], scores[-1]
    inside = {r.external_id for r in rows if least <= (r.sentiment_score or 0) <= most}
    assert set(walk(database, Filters(scores={"sentiment": Scores(least, most)}), 5)) == inside
    assert 0 < len(inside) < 12


def test_an_answer_to_an_older_wording_is_not_written(
    database: Database, answering: Classifier
) -> None:
    """While the model looked, the comment was changed, or erased."""
    (kept,) = transact(database, lambda session: keep(session, [item(1, "dobre")]))
    (prediction,) = answering.predict(["dobre"])
    answers = [Answered(kept.comment_id, 1, prediction), Answered(10_000, 1, prediction)]
    store(database, [item(1, "złe")])
    assert transact(database, lambda s: save_answers(s, answers)) == [False, False]
    with database.session() as session:
        assert session.scalar(select(func.count(StoredPrediction.id))) == 0
        row = session.get(StoredComment, kept.comment_id)
    assert row is not None
    assert (row.state, row.version, row.answer) == ("waiting", 2, None)


def test_more_reach_is_more_worth_a_look(database: Database, answering: Classifier) -> None:
    """Told later, it moves the comment in the queue without asking the model again."""
    store(database, [item(1), item(2)], answering)
    (kept,) = transact(database, lambda session: keep(session, [item(1, reach=1_000_000)]))
    assert (kept.outcome, kept.waiting) == (Outcome.UPDATED, False)
    with database.session() as session:
        rows = {row.external_id: row for row in session.scalars(select(StoredComment))}
    assert rows["1"].priority > 5 * rows["1"].doubt
    assert rows["2"].priority < 5 * rows["2"].doubt


def test_answers_are_kept_once_a_model(database: Database, answering: Classifier) -> None:
    """Given a second time they change nothing; a person's decision is not opened again."""
    store(database, [item(1)], answering)
    with database.transaction() as session:
        row = session.scalars(select(StoredComment)).one()
        row.review_state = "decided"
        number = row.id
    (prediction,) = answering.predict(["Komentarz 1"])
    again = [Answered(number, 1, prediction)]
    assert transact(database, lambda s: save_answers(s, again)) == [True]
    with database.session() as session:
        assert session.scalar(select(func.count(StoredPrediction.id))) == 1
        assert session.scalars(select(StoredComment)).one().review_state == "decided"


def test_all_comments_can_be_walked_through(database: Database) -> None:
    """In parts, with the words of a filter too."""
    store(database, [item(n, "parzyste" if n % 2 == 0 else "inne") for n in range(2_100)])
    parts = list(comments.every(database, Filters()))
    assert sum(map(len, parts)) == 2_100
    assert len(parts) > 1
    found = comments.every(database, Filters(text="parzyste"))
    even = [comment.external_id for part in found for comment in part]
    assert even == [str(n) for n in range(0, 2_100, 2)]


def test_filters_that_can_find_nothing_are_refused() -> None:
    """With the field and what there is to choose from."""
    with pytest.raises(FilterError, match="sentiment: 'angry' is no label; use negative"):
        Filters(labels={"sentiment": "angry"})
    with pytest.raises(FilterError, match="text: has no word"):
        Filters(text="🎉 !!!")
    for nothing in ("\x00", "a\ud800"):
        with pytest.raises(FilterError, match="source: has a character"):
            Filters(source=nothing)
        with pytest.raises(FilterError, match="text: has a character"):
            Filters(text=f"a {nothing}")
    with pytest.raises(FilterError, match="state: 'new' is none"):
        Filters(state="new")


def test_labels_have_a_number_of_their_own() -> None:
    """Each combination one, and a filter the numbers of those that it leaves."""
    every = signatures({})
    assert len(set(every)) == len(every) == 64
    assert len(signatures({"sentiment": "mixed", "question": "none"})) == 8
    labels = {task.name: task.labels[-1] for task in TASKS}
    assert signatures(labels) == [signature(labels)]
    assert signature({"sentiment": "mixed"}) is None


def test_filters_can_be_written_down() -> None:
    """For a job that selects by them later."""
    filters = Filters(
        source="a",
        since=START,
        labels={"question": "question"},
        scores={"question": Scores(0.5, 0.9)},
        needs_review=False,
    )
    assert Filters.from_dict(filters.to_dict()) == filters


@pytest.mark.parametrize("cursor", ["", "x", "WzFd", "W10", "eyJhIjoxfQ", "WyIyMDI2Iiwie30iXQ"])
def test_a_cursor_of_another_list_is_refused(sqlite_database: Database, cursor: str) -> None:
    """It is no reason to show a wrong page."""
    with sqlite_database.session() as session, pytest.raises(FilterError, match="cursor"):
        comments.page(session, Filters(), cursor=cursor)


def test_outcomes_tell_what_was_done(database: Database) -> None:
    """New, the same again, changed; and within one request too."""
    first = transact(database, lambda s: keep(s, [item(1), item(2), item(1), item(2, "inny")]))
    assert [k.outcome for k in first] == [
        *(Outcome.STORED, Outcome.STORED, Outcome.UNCHANGED, Outcome.UPDATED),
    ]
    assert [k.version for k in first] == [1, 2, 1, 2]
    second = transact(database, lambda s: keep(s, [item(1), item(2, "inny"), item(1, reach=7)]))
    assert [k.outcome for k in second] == [
        *(Outcome.UNCHANGED, Outcome.UNCHANGED, Outcome.UPDATED),
    ]
    with database.session() as session:
        rows = {row.external_id: row for row in session.scalars(select(StoredComment))}
    assert (rows["1"].reach, rows["1"].version) == (7, 1)
    assert (rows["2"].text, rows["2"].version) == ("inny", 2)

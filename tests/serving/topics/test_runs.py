"""Runs of a choice: what they read, what they leave alone, how far they are, how they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from sedno.models.topics import edits
from sedno.serving.jobs import board
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.tables.topics import StoredTopic, TopicState, TopicUnit, TopicWaiting
from sedno.serving.topics import flow, from_store, pages, progress, runs, stored
from sedno.serving.topics.choice import APART, Choice, ChoiceError, choose
from sedno.serving.topics.progress import progress_of
from sedno.serving.topics.wanted import Wanted
from tests.serving.topics.conftest import START

EWA = Actor("person", 3, "ewa", Role.EDITOR)
Fill = Callable[..., None]


def run(database: Database, label: Any, choice: Choice | None = None, model: str = "") -> Job:
    """Has topics found by a worker, as a server does."""
    with database.session() as session:
        name = model or session.scalars(select(StoredComment.model)).first() or "none@1"
    workers = JobWorkers(
        lambda: database, label, lambda: name, workers=0, lease=timedelta(seconds=60),
        tell=lambda *_, **__: None,
    )  # fmt: skip
    queue = JobQueue(database)
    with database.transaction() as session:
        number = runs.ask(session, queue.put, EWA, choice or Choice())
    workers.work(database, number)
    with database.session() as session:
        return session.get_one(Job, number)


def done(job: Job) -> None:
    """Fails where a run has not ended well."""
    assert (job.state, job.error) == ("done", None)


@pytest.fixture
def shop(fill: Fill, database: Database) -> Database:
    """Questions on two products; the first has no brand."""
    fill(database)
    with database.transaction() as session:
        table = StoredComment
        session.execute(update(table).values(product="Serial", brand="Kanał"))
        shipping = update(table).where(table.text.like("%wysy%"))
        session.execute(shipping.values(product="Paczka", brand=None))
    return database


def topics(database: Database) -> dict[str, dict[str, Any]]:
    """All that is kept of each topic."""
    with database.session() as session:
        rows = session.scalars(select(StoredTopic))
        return {row.id: {"name": row.name, "hidden": row.hidden, **row.data} for row in rows}


def units(database: Database) -> dict[str, tuple[str, str, str]]:
    """Topic as found, as shown, and scope, of the first question of each comment."""
    with database.session() as session:
        rows = session.execute(
            select(StoredComment.external_id, TopicUnit.found, TopicUnit.topic, TopicUnit.scope)
            .join(TopicUnit, TopicUnit.comment_id == StoredComment.id)
            .where(TopicUnit.unit == 0)
        )
        return {row[0]: (row[1], row[2], row[3]) for row in rows}


def edit(database: Database, change: Callable[[Any], Any]) -> None:
    """Does what an editor decides."""
    with database.transaction() as session:
        stored.change(session, EWA, "topics.edited", change)


def test_a_run_over_a_part_leaves_the_others_alone(shop: Database, fill: Fill, label: Any) -> None:
    """To the letter: topics of the other product, what editors did there, and their questions."""
    done(run(shop, label, choose(apart="product")))
    before = topics(shop)
    scopes = {topic: kept["scope"] for topic, kept in before.items()}
    assert set(scopes.values()) == {"Paczka", "Serial"}
    first = next(topic for topic, scope in scopes.items() if scope == "Paczka")
    edit(shop, lambda found: edits.rename(found, first, "Dostawa"))
    edit(shop, lambda found: edits.flag(found, first, "hide"))
    before, placed = topics(shop), units(shop)
    fill(shop, ["Kiedy drugi sezon?"], start=50)
    with shop.transaction() as session:
        new = update(StoredComment).where(StoredComment.external_id == "q-50")
        session.execute(new.values(product="Serial"))
    done(run(shop, label, choose(products=["Serial"])))
    after = topics(shop)
    for topic, kept in before.items():
        if kept["scope"] == "Paczka":
            related = {"related": after[topic]["related"]}  # may name new neighbours elsewhere
            assert after[topic] == kept | related
        else:
            assert topic in after, "ids stay where the run has read"
    assert after[first]["name"] == "Dostawa"
    assert after[first]["hidden"]
    now = units(shop)
    assert now["q-50"][2] == "Serial"
    assert now["q-50"][1] in after
    assert {one: where for one, where in now.items() if where[2] == "Paczka"} == {
        one: where for one, where in placed.items() if where[2] == "Paczka"
    }
    with shop.session() as session:
        events = session.scalars(select(TopicState.events)).one()
    assert [one for one in events if one["kind"] == "gone"] == []


def test_a_part_of_one_source_shares_its_topics(shop: Database, label: Any) -> None:
    """A topic of old and new questions stays one; the old ones do not move, none is lost."""
    done(run(shop, label))
    before, placed = topics(shop), units(shop)
    since = START + timedelta(days=3 * 8)
    job = run(shop, label, choose(since=since))
    done(job)
    assert job.counts["questions"] == 4
    after = topics(shop)
    assert set(before) <= set(after)
    now = units(shop)
    assert set(now) == set(placed)
    old = {f"q-{at}" for at in range(8)}
    assert {one: now[one] for one in old} == {one: placed[one] for one in old}
    assert sum(kept["size"] for kept in after.values()) >= sum(
        kept["size"] for kept in before.values()
    )
    with shop.session() as session:
        state = session.scalars(select(TopicState)).one()
        assert (state.run, state.questions) == (2, 12)


def test_what_has_no_brand_is_outside_of_a_brand(shop: Database, label: Any) -> None:
    """Not wiped for having none."""
    done(run(shop, label))
    placed = units(shop)
    job = run(shop, label, choose(brands=["Kanał"]))
    done(job)
    assert job.options == {"comments": "questions", "brands": ["Kanał"]}
    assert set(units(shop)) == set(placed)
    done(run(shop, label, choose(brands=["nobody's"])))
    assert set(units(shop)) == set(placed)


def test_all_comments_instead_of_questions(shop: Database, label: Any) -> None:
    """Of a part, kept by a run without a choice, and gone with one that wants questions there."""
    done(run(shop, label))
    assert "n-0" not in units(shop)
    with shop.transaction() as session:
        others = update(StoredComment).where(StoredComment.external_id == "n-0")
        session.execute(others.values(product="Film"))
    done(run(shop, label, choose(products=["Film"], comments="all")))
    assert len(units(shop)) == 13
    done(run(shop, label))
    assert "n-0" in units(shop)
    with shop.session() as session:
        assert len(stored.made_of(session).reach) == 2
    done(run(shop, label, choose(products=["Serial"])))
    assert "n-0" in units(shop)
    done(run(shop, label, choose(products=["Film"])))
    assert len(units(shop)) == 12
    done(run(shop, label))
    assert "n-0" not in units(shop)


def test_spam_and_toxic_comments_never_come_in(shop: Database, label: Any) -> None:
    """Whatever is chosen."""
    with shop.transaction() as session:
        table = StoredComment
        session.execute(update(table).where(table.id == 1).values(authenticity="spam"))
        session.execute(update(table).where(table.id == 2).values(toxicity="toxic"))
    done(run(shop, label, choose(comments="all")))
    assert len(units(shop)) == 11


def test_topics_are_kept_apart_otherwise(shop: Database, label: Any) -> None:
    """By product, together, by source again: ids that can stay do, and what was merged holds."""
    done(run(shop, label))
    before = topics(shop)
    ids = sorted(before)
    assert len(ids) > 1
    edit(shop, lambda found: edits.merge(found, ids[:2], ids[0]))
    edit(shop, lambda found: edits.rename(found, ids[0], "Jeden"))
    for apart, scopes in (
        ("product", {"Paczka", "Serial"}),
        ("brand", {"", "Kanał"}),
        ("together", {""}),
        ("source", {"youtube:kanal"}),
    ):
        done(run(shop, label, choose(apart=apart)))
        after = topics(shop)
        assert {kept["scope"] for kept in after.values()} == scopes
        assert {where[2] for where in units(shop).values()} == scopes
        assert after[ids[0]]["name"] == "Jeden"
    assert ids[1] not in topics(shop)
    with shop.session() as session:
        assert stored.made_of(session).apart == "source"
    done(run(shop, label, choose(apart="product")))
    done(run(shop, label))
    assert {kept["scope"] for kept in topics(shop).values()} == {"Paczka", "Serial"}


@pytest.mark.parametrize("apart", APART)
def test_a_part_is_counted_by_what_keeps_topics_apart(
    shop: Database, label: Any, apart: str
) -> None:
    """Over all weeks numbers are those of the run; the map is of the scope that is asked for."""
    done(run(shop, label, choose(apart=apart)))
    with shop.session() as session:
        whole = pages.topics(session)
        assert whole
        anew = pages.topics(session, wanted=Wanted(first_week=date.min))
        assert [row.fields() for row in anew] == [row.fields() for row in whole]
        for scope in pages.scopes(session):
            report = from_store.report_of(session, scope=scope)
            assert report.apart == apart
            there = select(TopicUnit.comment_id).where(TopicUnit.scope == scope)
            assert {int(dot.comment) for dot in report.dots} == set(session.scalars(there))


def test_a_part_cannot_be_kept_apart_otherwise(shop: Database, label: Any) -> None:
    """Refused when asked for, and by a job that was asked for before there were topics."""
    wanted = choose(products=["Serial"], apart="brand")
    with shop.transaction() as session:
        early = board.create(session, board.TOPICS, wanted.to_dict(), created_by="ewa").id
    done(run(shop, label))
    before = units(shop)
    queue = JobQueue(shop)
    with pytest.raises(ChoiceError, match="apart: is 'brand'"), shop.transaction() as session:
        runs.ask(session, queue.put, EWA, wanted)
    workers = JobWorkers(
        lambda: shop, label, lambda: model_of(shop), workers=0, lease=timedelta(seconds=60),
        tell=lambda *_, **__: None,
    )  # fmt: skip
    assert workers.work(shop, early) is None
    with shop.session() as session:
        job = session.get_one(Job, early)
        assert (job.state, job.attempts) == ("failed", 1)
        assert "leave 'apart' out" in str(job.error)
    assert units(shop) == before


def model_of(database: Database) -> str:
    """What has answered the comments."""
    with database.session() as session:
        return str(session.scalars(select(StoredComment.model)).first())


def test_a_part_cannot_be_of_another_model(shop: Database, label: Any) -> None:
    """Vectors of two models cannot be compared; the run says what to do, and doing it helps."""
    done(run(shop, label))
    before = set(topics(shop))
    with shop.transaction() as session:
        session.execute(update(StoredComment).values(model="other@2"))
    job = run(shop, label, choose(products=["Serial"]), "other@2")
    assert job.state == "failed"
    assert "without a choice" in str(job.error)
    assert set(topics(shop)) == before
    done(run(shop, label, model="other@2"))
    assert set(topics(shop)) == before
    done(run(shop, label, choose(products=["Serial"]), "other@2"))


def test_without_a_choice_what_was_covered_is_read_again(
    shop: Database, fill: Fill, label: Any
) -> None:
    """A first run over a part is gone on with, also by new comments; a whole choice widens it."""
    done(run(shop, label, choose(products=["Serial"])))
    assert len(units(shop)) == 6
    done(run(shop, label))
    assert len(units(shop)) == 6
    fill(shop, ["Kiedy drugi sezon?", "Ile kosztuje wysyłka?"], start=50)
    with shop.transaction() as session:
        table = StoredComment
        session.execute(update(table).where(table.text.like("%sezon%")).values(product="Serial"))
        ids = session.scalars(select(table.id).where(table.external_id.like("q-5_"))).all()
        flow.note(session, ids)
        for row in session.scalars(select(TopicWaiting)):
            row.since -= 2 * flow.PATIENCE
    with shop.transaction() as session:
        number = flow.wake(session, JobQueue(shop).put)
    assert number is not None
    JobWorkers(
        lambda: shop, label, lambda: model_of(shop), workers=0, lease=timedelta(seconds=60),
        tell=lambda *_, **__: None,
    ).work(shop, number)  # fmt: skip
    assert "q-50" in units(shop)
    assert "q-51" not in units(shop)
    done(run(shop, label, choose(comments="questions")))
    assert len(units(shop)) == 14
    done(run(shop, label))
    assert len(units(shop)) == 14


def test_nothing_is_encoded_twice(shop: Database, fill: Fill, label: Any) -> None:
    """A second run asks the model about new and reworded comments alone, and finds the same."""
    asked: list[str] = []

    def counting(comments: Sequence[Any]) -> Any:
        asked.extend(comment.text for comment in comments)
        return label(comments)

    done(run(shop, counting))
    assert "Hej, ile kosztuje wysyłka?" in asked
    before, placed = topics(shop), units(shop)
    asked.clear()
    done(run(shop, counting))
    assert asked == []
    assert (topics(shop), units(shop)) == (before, placed)
    fill(shop, ["Cześć! Kiedy trzeci sezon?"], start=50)
    with shop.transaction() as session:
        changed = update(StoredComment).where(StoredComment.external_id == "q-0")
        session.execute(changed.values(text="Witam. Ile kosztuje zwrot?", version=2))
    done(run(shop, counting))
    assert ["trzeci" in text or "zwrot" in text for text in asked] == [True, True]
    asked.clear()
    with shop.transaction() as session:
        session.execute(update(StoredComment).values(model="other@2"))
    done(run(shop, counting, model="other@2"))
    assert "Hej, ile kosztuje wysyłka?" in asked
    assert any("trzeci" in text for text in asked)


def test_a_run_says_how_far_it_is(
    shop: Database, label: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four steps in turn, never backwards, of one total; at the end all of it is done."""
    monkeypatch.setattr(progress, "_SECONDS", 0.0)
    seen: list[tuple[str, int, int]] = []
    hold = board.hold

    def watched(session: Any, held: Any, **values: Any) -> None:
        hold(session, held, **values)
        if values.get("step"):
            session.flush()
            job = board.get(session, held.job_id)
            session.refresh(job)
            seen.append((str(job.step), job.position, int(job.total or 0)))

    monkeypatch.setattr(board, "hold", watched)
    job = run(shop, label)
    done(job)
    assert list(dict.fromkeys(step for step, _, _ in seen)) == list(progress.STEPS)
    positions = [position for _, position, _ in seen]
    assert positions == sorted(positions)
    assert {total for _, _, total in seen} == {4 * 12}
    assert (job.total, job.position, job.step) == (48, 48, None)
    assert progress_of(job).share == 1.0


@pytest.mark.parametrize("when", ["cutting", "naming"])
def test_a_cancelled_run_writes_nothing(
    shop: Database, label: Any, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    """It ends before its next step; the topics stay, and a retry begins from the start."""
    done(run(shop, label))
    before = topics(shop)
    write = progress.Reporter._write

    def cancelling(self: Any, step: str, position: int) -> None:
        write(self, step, position)
        if step == when:
            with shop.transaction() as session:
                runs.cancel(session, EWA, self._held.job_id)

    monkeypatch.setattr(progress.Reporter, "_write", cancelling)
    job = run(shop, label, choose(apart="product"))
    assert (job.state, job.step) == ("cancelled", when)
    assert topics(shop) == before
    monkeypatch.setattr(progress.Reporter, "_write", write)
    with shop.transaction() as session:
        board.retry(session, job.id)
    JobWorkers(
        lambda: shop, label, lambda: model_of(shop), workers=0, lease=timedelta(seconds=60),
        tell=lambda *_, **__: None,
    ).work(shop, job.id)  # fmt: skip
    with shop.session() as session:
        done(session.get_one(Job, job.id))
        assert {row.scope for row in session.scalars(select(StoredTopic))} == {"Paczka", "Serial"}


def test_the_same_run_is_not_queued_twice(sqlite_database: Database) -> None:
    """Another choice is another run."""
    queue = JobQueue(sqlite_database)
    wanted = choose(sources=["b", "a "])
    with sqlite_database.transaction() as session:
        first = runs.ask(session, queue.put, EWA, wanted)
        assert runs.ask(session, queue.put, EWA, choose(sources=["a", "b"])) == first
        assert runs.ask(session, queue.put, EWA, Choice()) != first
        assert pages.state(session) is None
        assert runs.get(session, first).options == {
            "comments": "questions", "sources": ["a", "b"]
        }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"comments": "some"}, "comments: is 'some'; give one of questions, all"),
        ({"apart": "author"}, "apart: is 'author'"),
        ({"sources": ["x" * 300]}, "sources: "),
        ({"products": ["a\x00"]}, "products: "),
        ({"brands": [str(at) for at in range(101)]}, "brands: are 101; give at most 100"),
        ({"since": datetime(2026, 2, 2), "until": datetime(2026, 2, 1)}, "until: 2026-02-01"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(given: dict[str, Any], says: str) -> None:
    """With the field, the value and what to give."""
    with pytest.raises(ChoiceError, match=says):
        choose(**given)


def test_a_choice_comes_back_from_the_job_as_it_was() -> None:
    """Also an empty one, one that names but what keeps apart, and one that means all."""
    for choice in (
        Choice(),
        choose(apart="brand"),
        choose(comments="questions"),
        choose(languages=["PL"], since=START, until=START + timedelta(days=7), comments="all"),
    ):
        assert Choice.from_dict(choice.to_dict()) == choice

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from sedno.models.topics import edits
from sedno.serving.jobs import board
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.tables.topics import StoredTopic, TopicUnit
from sedno.serving.topics import pages, stored
from sedno.serving.topics.stored import TopicsChangedError

EWA = Actor("person", 3, "ewa", Role.EDITOR)
Fill = Callable[..., None]


def run(database: Database, label: Any, model: str | None = None) -> Job:
    """Has topics found by a worker, as a server does."""
    if model is None:
        with database.session() as session:
            model = session.scalars(select(StoredComment.model)).first() or "none@1"
    found = model
    lease = timedelta(seconds=60)
    workers = JobWorkers(
        lambda: database, label, lambda: found, workers=0, lease=lease, tell=lambda *_, **__: None
    )
    with database.transaction() as session:
        job = board.create(session, board.TOPICS, {}, created_by="ewa")
        JobQueue(database).put(session, job.id)
        number = job.id
    workers.work(database, number)
    with database.session() as session:
        return session.get_one(Job, number)


def names(database: Database) -> dict[str, str]:
    """Names of topics by id."""
    with database.session() as session:
        return {row.topic.id: row.topic.name for row in pages.topics(session, hidden=True)}


def test_topics_of_stored_questions(database: Database, fill: Fill, label: Any) -> None:
    """A job finds them; each question is in one, what asks nothing in none."""
    fill(database)
    job = run(database, label)
    assert (job.state, job.error) == ("done", None)
    assert job.counts["questions"] == 12
    with database.session() as session:
        rows = pages.topics(session)
        assert rows
        assert sum(row.topic.size for row in rows) >= 8
        first = rows[0]
        assert first.question
        assert first.topic.scope == "youtube:kanal"
        asked = pages.members(session, first.topic.id)
        assert first.question in [unit.text for unit, _ in asked]
        assert "Super film" not in [comment.text for _, comment in asked]
        word = first.topic.name.split()[0][:4].upper()
        assert first.topic.id in [row.topic.id for row in pages.topics(session, text=word)]
        assert pages.topics(session, text="nieistniejące") == []
        assert pages.topics(session, scope="inne") == []
        state = pages.state(session)
        assert state is not None
        assert (state.run, state.questions, state.revision) == (1, 12, 1)


def test_edits_survive_the_next_run(database: Database, fill: Fill, label: Any) -> None:
    """Ids, a new name and what was hidden, with more questions than before."""
    fill(database)
    run(database, label)
    before = names(database)
    first = next(iter(before))
    with database.transaction() as session:
        stored.change(
            session, EWA, "topics.edited", lambda found: edits.rename(found, first, "Moja nazwa")
        )
        stored.change(session, EWA, "topics.edited", lambda found: edits.flag(found, first, "hide"))
    fill(database, ["Ile kosztuje wysyłka paczkomatem?"], start=50)
    run(database, label)
    after = names(database)
    assert set(before) <= set(after)
    assert after[first] == "Moja nazwa"
    with database.session() as session:
        assert first not in [row.topic.id for row in pages.topics(session)]
        found = session.get_one(StoredTopic, first)
        assert found.hidden
        actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == ["topics.found", "topics.edited", "topics.edited", "topics.found"]


def test_another_model_keeps_ids(database: Database, fill: Fill, label: Any) -> None:
    """Its vectors cannot be compared with the old ones, its questions can."""
    fill(database)
    run(database, label)
    before = set(names(database))
    with database.transaction() as session:
        for comment in session.scalars(select(StoredComment)):
            comment.model = "other@2"
    run(database, label, "other@2")
    assert set(names(database)) == before


def test_an_erased_comment_leaves_no_word(database: Database, fill: Fill, label: Any) -> None:
    """Neither as a question of a topic nor as its canonical one."""
    fill(database)
    run(database, label)
    with database.transaction() as session:
        topic = pages.topics(session)[0].topic
        gone = topic.canonical_comment_id
        assert gone is not None
        session.execute(delete(StoredComment).where(StoredComment.id == gone))
    with database.session() as session:
        row = pages.topic(session, topic.id)
        assert row is not None
        assert row.question is None
        left = select(func.count()).where(TopicUnit.comment_id == gone)
        assert session.scalar(left) == 0
        assert "canonical" not in row.fields()
    assert run(database, label).state == "done"


def test_changes_do_not_overwrite_each_other(database: Database, fill: Fill, label: Any) -> None:
    """Who read an older state has to begin again."""
    fill(database)
    run(database, label)
    with database.session() as session:
        read_at = stored.revision(session)
        found = stored.load(session)
    assert found is not None
    with database.transaction() as session:
        stored.save(session, EWA, found, read_at=read_at, action="topics.edited")
    with pytest.raises(TopicsChangedError), database.transaction() as session:
        stored.save(session, EWA, found, read_at=read_at, action="topics.edited")


@pytest.mark.parametrize("texts", [[], ["Ile?"], ["Ile kosztuje wysyłka?"] * 9, ["ile " * 2_000]])
def test_odd_questions(sqlite_database: Database, fill: Fill, label: Any, texts: list[str]) -> None:
    """None, one, all the same, a very long one: a clear state, no failure."""
    fill(sqlite_database, texts)
    job = run(sqlite_database, label)
    assert (job.state, job.error) == ("done", None)
    with sqlite_database.session() as session:
        state = pages.state(session)
        assert state is not None
        assert state.questions == len(texts)
    with sqlite_database.transaction() as session:
        session.execute(delete(StoredComment))
    assert run(sqlite_database, label, "none@1").state == "done"

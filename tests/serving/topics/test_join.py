"""New questions join the topics there are, in a worker of the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, func, select, update

from sedno.datasets.comment import Comment
from sedno.models.prediction import Prediction
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.jobs import board
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.privacy.erase import erase_where
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.tables.topics import TopicState, TopicUnit, TopicWaiting
from sedno.serving.topics import flow, pages

Fill = Callable[..., None]
Label = Callable[[Sequence[Comment]], list[Prediction]]
LEASE = timedelta(seconds=60)


def crew(database: Database, label: Any, model: str | None = None) -> JobWorkers:
    """Workers that are called by hand."""
    if model is None:
        with database.session() as session:
            model = session.scalars(select(StoredComment.model)).first() or "none@1"
    name = model
    return JobWorkers(
        lambda: database, label, lambda: name, workers=0, lease=LEASE, tell=lambda *_, **__: None
    )


def find(database: Database, label: Any) -> None:
    """Has topics found for the first time."""
    with database.transaction() as session:
        job_id = board.create(session, board.TOPICS, {}, created_by="ewa").id
    crew(database, label).work(database, job_id)


def join(database: Database, label: Any, model: str | None = None) -> Job | None:
    """What a server does once comments have waited long enough; ``None`` where nothing waits."""
    with database.transaction() as session:
        for row in session.scalars(select(TopicWaiting)):
            row.since = now() - 2 * flow.PATIENCE
        for job in session.scalars(select(Job).where(Job.kind == board.JOIN)):
            job.finished_at = job.started_at = None
    queue = JobQueue(database)
    with database.transaction() as session:
        job_id = flow.wake(session, queue.put)
    if job_id is None:
        return None
    crew(database, label, model).work(database, job_id)
    with database.session() as session:
        return session.get_one(Job, job_id)


def note(database: Database, pattern: str) -> None:
    """Notes comments as their answers do; the fixture says only afterwards that they ask."""
    with database.transaction() as session:
        ids = session.scalars(
            select(StoredComment.id).where(StoredComment.external_id.like(pattern))
        ).all()
        flow.note(session, ids)


def topic_of(database: Database, external_id: str) -> str | None:
    """The topic that a comment is in."""
    with database.session() as session:
        return session.scalar(
            select(TopicUnit.topic)
            .join(StoredComment, StoredComment.id == TopicUnit.comment_id)
            .where(StoredComment.external_id == external_id)
        )


def sizes(database: Database) -> dict[str, int]:
    """Comments of each topic, as pages show them."""
    with database.session() as session:
        return {row.topic.id: row.topic.size for row in pages.topics(session, hidden=True)}


def test_new_questions_join(database: Database, fill: Fill, label: Label) -> None:
    """The nearest topic takes them in, numbers follow, and a second round changes nothing."""
    fill(database)
    find(database, label)
    before = sizes(database)
    fill(database, ["Ile kosztuje wysyłka?", "Kiedy drugi sezon?"], start=50)
    note(database, "q-5_")
    job = join(database, label)
    assert job is not None
    assert (job.state, job.error) == ("done", None)
    assert job.counts["joined"] == 2
    assert topic_of(database, "q-50") == topic_of(database, "q-0")
    assert topic_of(database, "q-51") == topic_of(database, "q-6")
    after = sizes(database)
    assert set(after) == set(before)
    assert sum(after.values()) == sum(before.values()) + 2
    with database.session() as session:
        state = session.scalars(select(TopicState)).one()
        assert (state.run, state.questions) == (1, 14)
        assert session.scalar(select(func.count()).select_from(TopicWaiting)) == 0
    assert join(database, label) is None
    note(database, "q-%")
    again = join(database, label)
    assert again is not None
    assert again.id == job.id
    assert sizes(database) == after


def test_answers_note_what_may_ask(database: Database, fill: Fill, label: Label) -> None:
    """Before the first run nothing is noted; afterwards each answer does it by itself."""
    fill(database)
    with database.session() as session:
        assert session.scalars(select(TopicWaiting)).all() == []
    find(database, label)
    fill(database, ["Ile kosztuje wysyłka?"], start=70)
    with database.session() as session:
        comment = session.scalars(
            select(StoredComment).where(StoredComment.external_id == "q-70")
        ).one()
        asks = (comment.answer or {})["labels"]["question"]["scores"]["question"] >= 0.25
        assert ([row.comment_id for row in session.scalars(select(TopicWaiting))] != []) == asks


def test_a_reworded_question_joins_anew(database: Database, fill: Fill, label: Label) -> None:
    """Its old words are gone at once, the new ones are where they belong."""
    fill(database)
    find(database, label)
    shipping, season = topic_of(database, "q-0"), topic_of(database, "q-6")
    record = {"id": "q-0", "source": "youtube:kanal", "text": "Kiedy będzie drugi sezon?"}
    take(database, Preparer(Pseudonyms(b"k" * 32)), [record])
    assert topic_of(database, "q-0") is None
    with database.session() as session:
        asked = pages.members(session, str(shipping), limit=500)
        assert "q-0" not in [comment.external_id for _, comment in asked]
    fill(database, ["Kiedy będzie drugi sezon?"], start=0)
    with database.session() as session:
        waits = session.scalars(select(TopicWaiting.comment_id)).all()
        changed = session.scalars(
            select(StoredComment).where(StoredComment.external_id == "q-0")
        ).one()
        assert changed.version == 2
        assert changed.id in waits
    assert join(database, label) is not None
    assert topic_of(database, "q-0") == season


def test_what_no_longer_asks_leaves(database: Database, fill: Fill, label: Label) -> None:
    """A comment that was reworded into a statement is counted no more."""
    fill(database)
    find(database, label)
    before = sizes(database)
    topic = topic_of(database, "q-0")
    records = [{"id": "q-0", "source": "youtube:kanal", "text": "Już wiem"}]
    taken = to_answer(take(database, Preparer(Pseudonyms(b"k" * 32)), records))
    save(database, taken, label([comment_of(one.item) for one in taken if one.item]))
    with database.transaction() as session:
        changed = update(StoredComment).where(StoredComment.external_id == "q-0")
        session.execute(changed.values(question="none", question_score=0.99))
    assert join(database, label) is not None
    assert sizes(database)[str(topic)] == before[str(topic)] - 1


def test_erased_questions_are_counted_no_more(database: Database, fill: Fill, label: Label) -> None:
    """Those that have joined go with their comment, and the numbers follow."""
    fill(database)
    find(database, label)
    fill(database, ["Ile kosztuje wysyłka?", "Kiedy drugi sezon?"], start=50)
    note(database, "q-5_")
    join(database, label)
    before = sizes(database)
    topic = str(topic_of(database, "q-50"))
    note(database, "q-51")
    erased = erase_where(database, StoredComment.external_id.in_(["q-50", "q-51"]))
    assert erased.derived["topic_units"] == 2
    assert erased.derived["topic_waiting"] == 1
    assert join(database, label) is not None
    assert sizes(database)[topic] < before[topic]
    assert sum(sizes(database).values()) == sum(before.values()) - 2
    assert join(database, label) is None


def test_what_another_model_answered_waits_for_the_next_run(
    database: Database, fill: Fill, label: Label
) -> None:
    """Its vectors cannot be compared; the job ends all the same."""
    fill(database)
    find(database, label)
    before = sizes(database)
    fill(database, ["Ile kosztuje wysyłka?"], start=50)
    with database.transaction() as session:
        new = update(StoredComment).where(StoredComment.external_id == "q-50")
        session.execute(new.values(model="other@2"))
    note(database, "q-50")
    job = join(database, label, "other@2")
    assert job is not None
    assert (job.state, job.counts["other model"]) == ("done", 1)
    assert sizes(database) == before
    assert join(database, label) is None


def test_no_join_gets_in_the_way_of_a_run(database: Database, fill: Fill, label: Label) -> None:
    """While topics are found anew nothing joins: the run would have to begin again."""
    fill(database)
    find(database, label)
    note(database, "q-%")
    with database.transaction() as session:
        board.create(session, board.TOPICS, {}, created_by="ewa")
    assert join(database, label) is None
    with database.transaction() as session:
        session.execute(delete(Job))
    assert join(database, label) is not None


def test_a_job_without_the_extra_fails_once(
    sqlite_database: Database, fill: Fill, label: Label, request: pytest.FixtureRequest
) -> None:
    """It says what to install, and is not tried again and again."""
    fill(sqlite_database)
    workers = crew(sqlite_database, label)
    request.getfixturevalue("no_topics_extra")
    with sqlite_database.transaction() as session:
        job_id = board.create(session, board.TOPICS, {}, created_by="ewa").id
    assert workers.work(sqlite_database, job_id) is None
    with sqlite_database.session() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, job.attempts) == ("failed", 1)
        assert "pip install 'sedno[topics]'" in str(job.error)


_WORKER = """
import sys, time
from datetime import timedelta
from sedno.models.classifier import Classifier
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.store.database import Database
from sedno.serving.topics import stored

save = stored.save

def slow(*given, **more):
    save(*given, **more)
    print("written", flush=True)
    time.sleep(60)  # within the transaction, which is not committed

stored.save = slow
database = Database(sys.argv[1])
with Classifier(sys.argv[2], threads=1) as classifier:
    JobWorkers(lambda: database, lambda comments: classifier.predict(comments, embeddings=True),
               lambda: classifier.name, workers=0, lease=timedelta(seconds=1),
               tell=lambda *_, **__: None).work(database, int(sys.argv[3]))
"""


def test_a_killed_worker_loses_nothing(
    database: Database, database_url: str, fill: Fill, label: Label, toy: Any
) -> None:
    """SIGKILL before the commit leaves the topics of before and all that waited."""
    fill(database)
    find(database, label)
    before = sizes(database)
    fill(database, ["Ile kosztuje wysyłka?"], start=50)
    note(database, "q-50")
    with database.transaction() as session:
        job_id = board.create(session, board.JOIN, {}, created_by="sedno").id
    command = [sys.executable, "-c", _WORKER, database_url, str(toy), str(job_id)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "written\n"
        os.kill(worker.pid, signal.SIGKILL)
    assert sizes(database) == before
    with database.session() as session:
        assert session.scalar(select(func.count()).select_from(TopicWaiting)) == 1
    until = time.monotonic() + 30
    workers = crew(database, label)
    while sizes(database) == before:
        assert time.monotonic() < until
        workers.work(database, job_id)
        time.sleep(0.2)
    assert topic_of(database, "q-50") == topic_of(database, "q-0")

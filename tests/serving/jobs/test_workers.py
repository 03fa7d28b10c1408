"""Workers that die, fail, are slow or stop, and the queue they take jobs from."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.jobs import board, steps, workers
from sedno.serving.jobs.board import LostJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.workers import JobWorkers, StoppingError
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job, JobItem, QueuedTask, ScheduledTask
from sedno.serving.store.transact import transact
from tests.serving.jobs.conftest import LEASE, Crew, add_file, count, file_of


def test_a_killed_worker_loses_nothing(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it was doing: the next one goes on after the last whole step."""
    monkeypatch.setattr("sedno.serving.jobs.upload.ROWS", 4)
    texts = [f"Komentarz {n}" for n in range(10)]
    rows = [{"id": n, "text": text} for n, text in enumerate(texts)]
    job_id = add_file(crew.database, file_of(tmp_path, rows))
    with crew.database.transaction() as session:
        dead = board.take(session, job_id, timedelta(seconds=-1))
        assert dead is not None
        held = board.Hold(job_id, dead.fence, timedelta(seconds=-1))
    one = steps.Steps(crew.database, held, crew.label, crew.model.name)
    assert one.step()
    assert crew.job(job_id).position == 4
    assert crew.work(job_id) is None
    assert crew.job(job_id).counts == {"stored": 10}
    assert sorted(crew.asked) == texts
    # It was not dead, only slow: nothing that it does counts any more.
    with pytest.raises(LostJobError):
        transact(crew.database, lambda session: board.hold(session, held))
    assert count(crew.database, JobItem) == 10


def test_a_worker_given_up_writes_nothing(crew: Crew, tmp_path: Path) -> None:
    """Its step is undone as a whole when another has taken the job meanwhile."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    with crew.database.transaction() as session:
        taken = board.take(session, job_id, timedelta(seconds=-1))
        assert taken is not None
        slow = board.Hold(job_id, taken.fence, LEASE)

    def label(comments: Sequence[Comment]) -> list[Prediction]:
        assert crew.work(job_id) is None
        return crew.label(comments)

    with pytest.raises(LostJobError):
        steps.Steps(crew.database, slow, label, "toy@1").step()
    assert crew.job(job_id).counts == {"stored": 1}
    assert count(crew.database, JobItem) == 1


def test_a_failing_job_is_tried_again_and_then_given_up(crew: Crew, tmp_path: Path) -> None:
    """Each time later, with the reason; asked for anew it goes on."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    pauses = []
    for _ in range(board.MOST_ATTEMPTS):
        crew.failures = [MemoryError("a comment's text")]
        pauses.append(crew.work(job_id))
        with crew.database.transaction() as session:
            session.execute(update(Job).values(lease_until=None))
    assert pauses[-1] is None
    waits = [pause for pause in pauses if pause is not None]
    assert len(waits) == board.MOST_ATTEMPTS - 1
    assert waits == sorted(set(waits))
    job = crew.job(job_id)
    assert (job.state, job.error) == ("failed", "MemoryError")
    assert crew.work(job_id) is None
    transact(crew.database, lambda session: board.retry(session, job_id))
    crew.work(job_id)
    assert (crew.job(job_id).state, crew.job(job_id).error) == ("done", None)


def test_a_job_waits_for_its_next_attempt(crew: Crew, tmp_path: Path) -> None:
    """A message that comes too early changes nothing."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    crew.failures = [OSError()]
    assert crew.work(job_id) is not None
    assert crew.work(job_id) is None
    assert crew.job(job_id).state == "queued"
    assert crew.asked == []


def test_a_stopping_worker_puts_its_job_back(crew: Crew, tmp_path: Path) -> None:
    """It counts as no attempt, and is queued for the next."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    crew.failures = [StoppingError()]
    before = count(crew.database, QueuedTask)
    assert crew.work(job_id) is None
    job = crew.job(job_id)
    assert (job.state, job.attempts) == ("queued", 0)
    assert count(crew.database, QueuedTask) == before + 1
    crew.work(job_id)
    assert crew.job(job_id).state == "done"


def test_what_nobody_works_on_is_queued_again(crew: Crew, tmp_path: Path) -> None:
    """The worker died, and the message with it; it is queued once, not with every look."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    queue = JobQueue(crew.database)
    assert queue.huey.dequeue() is not None
    with crew.database.transaction() as session:
        board.take(session, job_id, timedelta(seconds=-1))
    for _ in range(3):
        crew.workers.look(crew.database, queue)
    assert count(crew.database, QueuedTask) == 1


def test_workers_take_jobs_from_the_queue(crew: Crew, tmp_path: Path) -> None:
    """Also one that failed first, once its time has come; none is done twice."""
    crew.failures = [OSError()]
    monkey = pytest.MonkeyPatch()
    monkey.setattr(board, "_FIRST_PAUSE", timedelta(milliseconds=10))
    paths = [file_of(tmp_path, [{"id": n, "text": f"T {n}"}], f"{n}.jsonl") for n in range(4)]
    ids = [add_file(crew.database, path) for path in paths]
    crew.workers.start()
    try:
        ended = threading.Event()
        for _ in range(150):
            if all(crew.job(number).state == "done" for number in ids):
                break
            ended.wait(0.1)
    finally:
        assert crew.workers.stop(timeout=20)
        monkey.undo()
    assert [crew.job(number).state for number in ids] == ["done"] * 4
    assert sorted(crew.asked) == ["T 0", "T 1", "T 2", "T 3"]
    assert count(crew.database, QueuedTask) == count(crew.database, ScheduledTask) == 0


def test_a_database_that_cannot_be_reached_is_told_once(
    answering: Classifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The workers go on asking, and the log is not filled with it."""
    monkeypatch.setattr(workers, "_LOOK_SECONDS", 0.01)
    told: list[tuple[str, dict[str, Any]]] = []
    asked = threading.Semaphore(0)

    def open_database() -> Database:
        asked.release()
        raise ConnectionError

    crew = JobWorkers(
        open_database,
        answering.predict,
        lambda: answering.name,
        workers=1,
        lease=LEASE,
        tell=lambda event, **facts: told.append((event, facts)),
    )
    crew.start()
    for _ in range(5):
        assert asked.acquire(timeout=20)
    assert crew.stop(timeout=20)
    assert told == [("jobs_not_seen_to", {"error": "ConnectionError"})]

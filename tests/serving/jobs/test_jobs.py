from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select, update

from sedno.datasets.comment import Comment
from sedno.datasets.io.errors import InputError
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.ingest.incoming import Incoming, Preparer
from sedno.serving.ingest.keep import keep
from sedno.serving.jobs import board, orphans, results, steps, workers
from sedno.serving.jobs.board import JobStateError, LostJobError, NoJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.upload import ROWS, upload
from sedno.serving.jobs.workers import JobWorkers, StoppingError
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.base import now
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment, StoredPrediction
from sedno.serving.store.tables.jobs import Job, JobChunk, JobItem, QueuedTask, ScheduledTask
from sedno.serving.store.transact import transact

PREPARER = Preparer(Pseudonyms(b"k" * 32), source="plik")
LEASE = timedelta(seconds=30)


class Crew:
    """Works on jobs within the test, and counts the texts that the model was asked about."""

    def __init__(self, database: Database, model: Classifier) -> None:
        self.database = database
        self.model = model
        self.asked: list[str] = []
        self.failures: list[Exception] = []
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.before = threading.Event()
        self.workers = JobWorkers(
            lambda: database,
            self.label,
            lambda: model.name,
            workers=2,
            lease=LEASE,
            tell=self.tell,
        )

    def label(self, comments: Sequence[Comment]) -> list[Prediction]:
        """Asks the model, or fails as the test wants."""
        if self.failures:
            raise self.failures.pop(0)
        self.asked += [comment.text for comment in comments]
        return self.model.predict(comments, embeddings=True)

    def tell(self, event: str, **facts: Any) -> None:
        """Takes an event."""
        self.told.append((event, facts))

    def work(self, job_id: int) -> timedelta | None:
        """Works on a job until it ends or stumbles."""
        return self.workers.work(self.database, job_id)

    def job(self, job_id: int) -> Job:
        """The job as it stands."""
        with self.database.session() as session:
            return board.get(session, job_id)


@pytest.fixture
def crew(database: Database, answering: Classifier) -> Crew:
    """A crew for one database."""
    return Crew(database, answering)


def file_of(tmp_path: Path, rows: Sequence[Any], name: str = "in.jsonl") -> Path:
    """A JSONL file."""
    path = tmp_path / name
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def add_file(database: Database, path: Path, **more: Any) -> int:
    """Makes a job of a file."""
    queue = JobQueue(database)
    return upload(database, path, PREPARER, name=path.name, queue=queue.put, **more)


def add_selection(database: Database, filters: Filters, **options: Any) -> int:
    """Makes a job of stored comments."""

    def make(session: Any) -> int:
        asked = {"filters": filters.to_dict(), **options}
        return board.create(session, board.SELECTION, asked, created_by=None).id

    return transact(database, make)


def count(database: Database, table: Any) -> int:
    """Rows of a table."""
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_file_is_kept_and_answered(crew: Crew, tmp_path: Path) -> None:
    """Every row has its result, in order; a broken one with the reason."""
    rows = [{"id": f"c-{n}", "text": f"Komentarz {n}", "reach": n} for n in range(ROWS + 5)]
    rows[3] = {"id": "leer", "text": ""}
    job_id = add_file(crew.database, file_of(tmp_path, rows))
    assert crew.job(job_id).total == ROWS + 5
    assert crew.work(job_id) is None
    job = crew.job(job_id)
    assert (job.state, job.position) == ("done", ROWS + 5)
    assert job.counts == {"stored": ROWS + 4, "rejected": 1}
    found = [row for part in results.every(crew.database, job_id, table=False) for row in part]
    assert [row["row"] for row in found] == list(range(1, ROWS + 6))
    assert found[3]["outcome"] == "rejected"
    assert found[3]["reason"].startswith("empty_text")
    assert found[4]["comment"]["external_id"] == "c-4"
    assert found[4]["comment"]["reach"] == 4
    assert found[4]["comment"]["answer"]["labels"]
    assert {row["comment"]["source"] for row in found if "comment" in row} == {"plik"}
    assert count(crew.database, JobChunk) == 0


def test_nothing_personal_waits_in_the_database(crew: Crew, tmp_path: Path) -> None:
    """A file's rows are masked before they are kept, also those whose turn has not come."""
    path = file_of(tmp_path, [{"id": 1, "text": "mail: jan@example.com", "author": "jan.k"}])
    job_id = add_file(crew.database, path)
    with crew.database.session() as session:
        (row,) = board.rows_of(session.scalars(select(JobChunk).filter_by(job_id=job_id)).one())
    assert row["item"]["text"] == "mail: [e-mail]"
    assert "jan" not in str(row)


def test_a_file_without_ids_is_stored_once(crew: Crew, tmp_path: Path) -> None:
    """Sent twice; and rows alike are different comments."""
    path = tmp_path / "in.csv"
    path.write_text("text\nsuper\nsuper\nźle\n", encoding="utf-8")
    for expected in ({"stored": 3}, {"unchanged": 3}):
        job_id = add_file(crew.database, path)
        crew.work(job_id)
        assert crew.job(job_id).counts == expected
    assert count(crew.database, StoredComment) == 3
    assert len(crew.asked) == 3


def test_a_file_that_is_none_leaves_nothing(database: Database, tmp_path: Path) -> None:
    """The caller is told, and there is no job."""
    path = tmp_path / "in.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError):
        add_file(database, path)
    assert count(database, Job) == 0


def test_stored_comments_are_answered_by_a_selection(crew: Crew) -> None:
    """Those that the filter leaves; a second run finds nothing left, unless told again."""
    items = [Incoming("ab"[n % 2], str(n), f"Komentarz {n}") for n in range(7)]
    transact(crew.database, lambda session: keep(session, items))
    first = add_selection(crew.database, Filters(source="a"))
    assert crew.work(first) is None
    assert crew.job(first).counts == {"classified": 4}
    assert (crew.job(first).total, crew.job(first).position) == (4, 4)
    assert len(crew.asked) == 4
    second = add_selection(crew.database, Filters())
    crew.work(second)
    assert crew.job(second).counts == {"classified": 3}
    third = add_selection(crew.database, Filters())
    crew.work(third)
    assert (crew.job(third).state, crew.job(third).total, len(crew.asked)) == ("done", 0, 7)
    again = add_selection(crew.database, Filters(), again=True)
    crew.work(again)
    assert crew.job(again).counts == {"classified": 7}
    assert count(crew.database, StoredPrediction) == 7


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


def test_cancelling_keeps_what_is_done(
    crew: Crew, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At once where nobody is at work, else after the step; and it can be gone on with."""
    monkeypatch.setattr("sedno.serving.jobs.upload.ROWS", 2)
    rows = [{"id": n, "text": f"Komentarz {n}"} for n in range(6)]
    job_id = add_file(crew.database, file_of(tmp_path, rows))

    def label(comments: Sequence[Comment]) -> list[Prediction]:
        transact(crew.database, lambda session: board.cancel(session, job_id))
        return Crew.label(crew, comments)

    monkeypatch.setattr(crew.workers, "_label", label)
    assert crew.work(job_id) is None
    assert (crew.job(job_id).state, crew.job(job_id).position) == ("cancelled", 2)
    with pytest.raises(JobStateError, match="is cancelled"):
        transact(crew.database, lambda session: board.cancel(session, job_id))
    monkeypatch.setattr(crew.workers, "_label", crew.label)
    transact(crew.database, lambda session: board.retry(session, job_id))
    crew.work(job_id)
    assert crew.job(job_id).counts == {"stored": 6}
    with pytest.raises(JobStateError):
        transact(crew.database, lambda session: board.retry(session, job_id))


def test_a_deleted_job_leaves_the_comments(crew: Crew, tmp_path: Path) -> None:
    """Only its list of results goes; one at work is not deleted."""
    job_id = add_file(crew.database, file_of(tmp_path, [{"id": 1, "text": "a"}]))
    with pytest.raises(JobStateError, match="cancel it first"):
        transact(crew.database, lambda session: board.delete_job(session, job_id))
    crew.work(job_id)
    transact(crew.database, lambda session: board.delete_job(session, job_id))
    assert (count(crew.database, JobItem), count(crew.database, StoredComment)) == (0, 1)
    with pytest.raises(NoJobError):
        crew.job(job_id)


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


def test_a_comment_erased_meanwhile_is_no_fault(crew: Crew) -> None:
    """The job goes on without it."""
    items = [Incoming("s", str(n), f"Komentarz {n}") for n in range(3)]
    kept = transact(crew.database, lambda session: keep(session, items))

    def make(session: Any) -> int:
        rows = [(one.comment_id, one.version) for one in kept]
        return board.create_listed(session, rows, created_by=None, size=500).id

    job_id = transact(crew.database, make)
    with crew.database.transaction() as session:
        session.delete(session.get_one(StoredComment, kept[1].comment_id))
    assert crew.work(job_id) is None
    assert crew.job(job_id).counts == {"classified": 2, "unchanged": 1}


def test_comments_left_behind_get_a_job(crew: Crew) -> None:
    """Those of a request that broke off, once they have waited long enough."""
    transact(crew.database, lambda session: keep(session, [Incoming("s", "1", "a")]))
    queue = JobQueue(crew.database)
    workers.tidy(crew.database, queue)
    assert count(crew.database, Job) == 0
    with crew.database.transaction() as session:
        session.execute(update(StoredComment).values(updated_at=now() - 2 * orphans.AGE))
    for _ in range(2):
        workers.tidy(crew.database, queue)
    assert count(crew.database, Job) == 1
    with crew.database.session() as session:
        job_id = session.scalars(select(Job.id)).one()
    crew.work(job_id)
    assert crew.job(job_id).counts == {"classified": 1}


def test_uploads_that_broke_off_are_cleared_away(crew: Crew) -> None:
    """After an hour without a sign of life."""

    def make(session: Any) -> int:
        return board.create(session, board.FILE, {}, created_by=None, state="uploading").id

    transact(crew.database, make)
    queue = JobQueue(crew.database)
    workers.tidy(crew.database, queue)
    assert count(crew.database, Job) == 1
    with crew.database.transaction() as session:
        session.execute(update(Job).values(next_at=now() - timedelta(hours=2)))
    workers.tidy(crew.database, queue)
    assert count(crew.database, Job) == 0

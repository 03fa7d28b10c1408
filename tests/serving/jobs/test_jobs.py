"""What a job does, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from sedno.datasets.comment import Comment
from sedno.datasets.io.errors import InputError
from sedno.models.prediction import Prediction
from sedno.serving.ingest.incoming import Incoming
from sedno.serving.ingest.keep import keep
from sedno.serving.jobs import board, orphans, results, workers
from sedno.serving.jobs.board import JobStateError, NoJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.upload import ROWS
from sedno.serving.store.base import now
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment, StoredPrediction
from sedno.serving.store.tables.jobs import Job, JobChunk, JobItem
from sedno.serving.store.transact import transact
from tests.serving.jobs.conftest import Crew, add_file, add_selection, count, file_of


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

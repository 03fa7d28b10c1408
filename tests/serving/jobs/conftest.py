"""A crew that works on jobs within the test, and what makes jobs for it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import func, select

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.jobs import board
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.upload import upload
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job
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

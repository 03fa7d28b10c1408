"""Works on jobs in a process of its own, with a model of its own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Sequence
from datetime import timedelta
from types import FrameType

from sqlalchemy import exists, select

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.jobs import board
from sedno.serving.jobs.workers import JobWorkers, Tell
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job

_LOOK_SECONDS = 0.2


def work_until(
    database: Database,
    classifier: Classifier,
    *,
    workers: int,
    lease_seconds: float,
    until_empty: bool,
    tell: Tell,
) -> None:
    """Works on jobs until SIGTERM or SIGINT, or until none is left.

    Args:
        database: Has the jobs.
        classifier: Answers.
        workers: How many jobs at once.
        lease_seconds: How long a worker is believed to live after a sign of life.
        until_empty: Whether to end when no job is left to do.
        tell: Is told what happens.
    """

    def label(comments: Sequence[Comment]) -> list[Prediction]:
        return classifier.predict(comments, embeddings=True)

    told_to_stop = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        told_to_stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    crew = JobWorkers(
        lambda: database,
        label,
        lambda: classifier.name,
        workers=workers,
        lease=timedelta(seconds=lease_seconds),
        tell=tell,
    )
    crew.start()
    try:
        while not told_to_stop.wait(_LOOK_SECONDS):
            if until_empty and not _anything_left(database):
                break
    finally:
        crew.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def _anything_left(database: Database) -> bool:
    with database.session() as session:
        return bool(session.scalar(select(exists().where(Job.state.in_(board.OPEN)))))

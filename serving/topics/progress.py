"""How far a run is: four steps, in each of which every comment counts once."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from sedno.serving.jobs import board
from sedno.serving.jobs.board import CancelledError, Hold
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.transact import transact

READING: Final = "reading"
CUTTING: Final = "cutting"
GROUPING: Final = "grouping"
NAMING: Final = "naming"
STEPS: Final = (READING, CUTTING, GROUPING, NAMING)

_SECONDS: Final = 1.0
"""No more is written than somebody could look at."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is that finds topics.

    Attributes:
        step: One of :data:`STEPS`; ``None`` before the first.
        number: Its number, from 1; 0 before the first.
        within: Share of the step that is done, from 0 to 1.
        share: Share of the whole that is done, from 0 to 1.
        comments: How many comments are read; ``None`` where that is not known yet.
    """

    step: str | None
    number: int
    within: float
    share: float
    comments: int | None


def progress_of(job: Job) -> Progress:
    """How far a job is."""
    number = STEPS.index(job.step) + 1 if job.step in STEPS else 0
    comments = None if job.total is None else job.total // len(STEPS)
    if not job.total or not comments:
        return Progress(job.step, number, 0.0, float(job.state == "done"), comments)
    within = (job.position - (number - 1) * comments) / comments if number else 0.0
    share = min(1.0, job.position / job.total)
    return Progress(job.step, number, min(1.0, max(0.0, within)), share, comments)


class Reporter:
    """Writes to the job how far it is; ends it where somebody has cancelled it."""

    def __init__(self, database: Database, held: Hold) -> None:
        """Prepares.

        Args:
            database: Where.
            held: The worker's hold on the job.
        """
        self._database = database
        self._held = held
        self._comments = 0
        self._step = ""
        self._written = 0.0

    def begin(self, comments: int) -> None:
        """Notes how many comments there are to read.

        Raises:
            CancelledError: Somebody has cancelled the job.
            LostJobError: Another has it now.
        """
        self._comments = comments
        self._write(READING, 0)

    def reached(self, step: str, share: float) -> None:
        """Notes which share of a step is done; writes the beginning of each, and once a second.

        Raises:
            CancelledError: Somebody has cancelled the job.
            LostJobError: Another has it now.
        """
        if step == self._step and time.monotonic() - self._written < _SECONDS:
            return
        self._write(step, STEPS.index(step) * self._comments + round(share * self._comments))

    @property
    def end(self) -> int:
        """The position at which everything is done; also the job's total."""
        return len(STEPS) * self._comments

    def _write(self, step: str, position: int) -> None:
        def write(session: Session) -> bool:
            if board.end_if_cancelled(session, self._held):
                return True
            board.hold(session, self._held, total=self.end, position=position, step=step)
            return False

        if transact(self._database, write):
            raise CancelledError(self._held.job_id)
        self._step, self._written = step, time.monotonic()

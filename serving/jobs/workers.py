"""Workers: take jobs from the queue and see them through; and one who looks after them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol

from huey.consumer import Consumer
from sqlalchemy.orm import Session

from sedno.datasets.io.errors import MissingExtraError
from sedno.serving.ingest import repeats
from sedno.serving.ingest.classify import Label
from sedno.serving.jobs import board, orphans
from sedno.serving.jobs.board import CancelledError, Hold, ImpossibleError, LostJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.steps import Steps
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact
from sedno.serving.topics import extra, flow

_LOOK_SECONDS = 1.0
_TIDY_SECONDS = 600.0
_MOST_SILENCE_SECONDS = 1.0


class StoppingError(Exception):
    """The model is being let go; the job is for another worker to go on with."""


class Tell(Protocol):
    """Is told what happens to jobs: an event and its facts, none of them from a comment."""

    def __call__(self, event: str, **facts: Any) -> None:
        """Takes one event."""


class _Consumer(Consumer):  # type: ignore[misc]
    """huey's consumer, which leaves the signals to whoever runs it."""

    def _set_signal_handlers(self) -> None:
        """Sets none: it is one of several threads here."""


class JobWorkers:
    """Threads that work on jobs. Begin with :meth:`start`, end with :meth:`stop`."""

    def __init__(
        self,
        open_database: Callable[[], Database | None],
        label: Label,
        model: Callable[[], str],
        *,
        workers: int,
        lease: timedelta,
        tell: Tell,
    ) -> None:
        """Prepares.

        Args:
            open_database: Opens the database; ``None`` while there is none to look into.
            label: Asks the model; raises :class:`StoppingError` where it is being let go.
            model: ``name@version`` of what answers.
            workers: How many threads.
            lease: How long a worker is believed to live after a sign of life.
            tell: Is told what happens.
        """
        self._open = open_database
        self._label = label
        self._model = model
        self._workers = workers
        self._lease = lease
        self._tell = tell
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._failing: str | None = None
        # It logs every message that it takes, and the traceback of each retry.
        logging.getLogger("huey").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Begins to work; returns at once."""
        if self._workers:
            self._thread = threading.Thread(target=self._look_after, name="sedno-jobs", daemon=True)
            self._thread.start()

    def stop(self, *, timeout: float | None = None) -> bool:
        """Ends after the steps that are under way; jobs go on where they were.

        Returns:
            Whether all have ended.
        """
        self._stopping.set()
        if self._thread is None:
            return True
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def work(self, database: Database, job_id: int) -> timedelta | None:
        """Sees a job through.

        Returns:
            After which time to try again; ``None`` where it is done, another's, or given up.
        """
        job = transact(database, lambda session: board.take(session, job_id, self._lease))
        if job is None:
            return None
        held = Hold(job_id, job.fence, self._lease)
        self._tell("job_begun", job=job_id, attempt=job.attempts)
        pulse = _Pulse(database, held)
        pulse.start()
        try:
            return self._see_through(database, held)
        finally:
            pulse.stop()

    def _see_through(self, database: Database, held: Hold) -> timedelta | None:
        try:
            steps = Steps(database, held, self._label, self._model())
            while self._may_go_on(database, held):
                if not steps.step():
                    transact(database, lambda session: board.finish(session, held))
                    self._tell("job_done", job=held.job_id)
                    break
        except LostJobError:
            self._tell("job_lost", job=held.job_id)
        except CancelledError:
            self._tell("job_cancelled", job=held.job_id)
        except StoppingError:
            queue = JobQueue(database)

            def put_back(session: Session) -> None:
                board.put_back(session, held)
                queue.put(session, held.job_id)

            transact(database, put_back)
        except (MissingExtraError, ImpossibleError) as error:
            why = str(error)
            transact(database, lambda session: board.fail(session, held, why))
            self._tell("job_failed", job=held.job_id, error=why, again=False)
        except Exception as error:
            # Its text may quote a comment; its kind cannot.
            why = type(error).__name__
            pause = transact(database, lambda session: board.stumble(session, held, why))
            self._tell("job_failed", job=held.job_id, error=why, again=pause is not None)
            return pause
        return None

    def _may_go_on(self, database: Database, held: Hold) -> bool:
        if self._stopping.is_set():
            raise StoppingError
        if transact(database, lambda session: board.end_if_cancelled(session, held)):
            self._tell("job_cancelled", job=held.job_id)
            return False
        return True

    def _look_after(self) -> None:
        database = self._wait_for_database()
        if database is None:
            return
        queue = JobQueue(database, lambda job_id: self.work(database, job_id))
        consumer = _Consumer(
            queue.huey,
            workers=self._workers,
            periodic=False,
            max_delay=_MOST_SILENCE_SECONDS,
            check_worker_health=False,
        )
        consumer.start()
        since_tidy = _TIDY_SECONDS
        while not self._stopping.wait(_LOOK_SECONDS):
            try:
                self.look(database, queue)
                since_tidy += _LOOK_SECONDS
                if since_tidy >= _TIDY_SECONDS:
                    since_tidy = 0.0
                    tidy(database, queue)
                self._failing = None
            except Exception as error:
                self._tell_once(error)
        consumer.stop(graceful=True)

    def look(self, database: Database, queue: JobQueue) -> None:
        """Queues the jobs that nobody works on: their worker died, or their message with it.

        And the one that lets new questions join their topics, where some wait.
        """

        def again(session: Session) -> None:
            for job_id in board.due(session, self._lease):
                queue.put(session, job_id)

        # Mostly there is nothing, and then nobody is kept from writing.
        with database.session() as session:
            anything = board.is_due(session)
            joins = extra.is_installed() and flow.is_due(session)
        if anything:
            transact(database, again)
        if joins:
            transact(database, lambda session: flow.wake(session, queue.put))

    def _tell_once(self, error: Exception) -> None:
        """Tells of a database that cannot be used once, not every second."""
        name = type(error).__name__
        if name != self._failing:
            self._tell("jobs_not_seen_to", error=name)
        self._failing = name

    def _wait_for_database(self) -> Database | None:
        while not self._stopping.is_set():
            try:
                database = self._open()
            except Exception as error:
                self._tell_once(error)
                database = None
            if database is not None:
                return database
            self._stopping.wait(_LOOK_SECONDS)
        return None


def tidy(database: Database, queue: JobQueue) -> None:
    """Clears away what broke off, and queues comments that were left without an answer."""
    database.refresh_statistics()
    transact(database, board.drop_stale_uploads)
    repeats.forget_old(database)
    transact(database, lambda session: orphans.queue_them(session, queue.put))


class _Pulse:
    """Gives signs of life while a step takes long."""

    def __init__(self, database: Database, held: Hold) -> None:
        self._database = database
        self._held = held
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="sedno-pulse", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _beat(self) -> None:
        while not self._stopping.wait(self._held.lease.total_seconds() / 3):
            try:
                transact(self._database, lambda session: board.hold(session, self._held))
            except LostJobError:
                return
            except Exception:  # noqa: S112 - the next beat, or the end of the lease, will tell
                continue

"""Sends what waits in the outbox, through the queue that jobs wait in too (huey)."""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any, Final

from huey.consumer import Consumer
from sqlalchemy.orm import Session

from sedno.serving.jobs.queue import JobQueue
from sedno.serving.settings import Settings
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact
from sedno.serving.webhooks import outbox
from sedno.serving.webhooks.send import SendError, send

NAME: Final = "webhooks"
"""Of the queue."""

PAUSES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Between attempts, as Standard Webhooks recommends: three days in all."""

_LOOK_SECONDS = 1.0
_JITTER = 0.1

Tell = Callable[..., Any]


class _Consumer(Consumer):  # type: ignore[misc]
    """huey's consumer, which leaves the signals to whoever runs it."""

    def _set_signal_handlers(self) -> None:
        """Sets none: it is one of several threads here."""


class Deliverer:
    """The thread that sends messages. Begin with :meth:`start`, end with :meth:`stop`."""

    def __init__(
        self,
        settings: Settings,
        open_database: Callable[[], Database | None],
        *,
        tell: Tell,
        pauses: Sequence[timedelta] = PAUSES,
    ) -> None:
        """Prepares.

        Args:
            settings: Name the receiver; without one nothing is sent.
            open_database: Opens the database; ``None`` while there is none to look into.
            tell: Is told what happens: an event and its facts.
            pauses: Between attempts.
        """
        self._settings = settings
        self._open = open_database
        self._tell = tell
        self._pauses = tuple(pauses)
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        # It logs every message that it takes, and the traceback of each retry.
        logging.getLogger("huey").setLevel(logging.CRITICAL)

    def start(self) -> None:
        """Begins; returns at once."""
        if self._settings.webhook_url is not None:
            self._thread = threading.Thread(target=self._run, name="sedno-webhooks", daemon=True)
            self._thread.start()

    def stop(self, *, timeout: float | None = None) -> None:
        """Ends after the message that is under way; what waits is sent after the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout)

    def deliver(self, database: Database, delivery_id: int) -> timedelta | None:
        """Sends a message.

        Returns:
            After which time to try again; ``None`` where it has arrived or is given up.
        """
        url, secret = self._settings.webhook_url, self._settings.webhook_secret
        if url is None or secret is None:
            return None
        leased = transact(database, lambda session: outbox.lease(session, delivery_id))
        if leased is None:
            return None
        try:
            status = send(
                url.get_secret_value(),
                secret.get_secret_value(),
                leased.message_id,
                leased.payload,
                allow_private=self._settings.webhook_allow_private,
            )
        except SendError as error:
            kind, code = error.kind, error.status
            pause = self._pause(leased.attempts) if code != outbox.GONE else None
            transact(
                database,
                lambda session: outbox.not_delivered(
                    session, delivery_id, status=code, error=kind, pause=pause
                ),
            )
            self._tell(
                "webhook_failed",
                delivery=delivery_id,
                attempt=leased.attempts,
                error=kind,
                status=code,
                again=pause is not None,
            )
            return pause
        transact(database, lambda session: outbox.delivered(session, delivery_id, status))
        self._tell("webhook_delivered", delivery=delivery_id, attempt=leased.attempts)
        return None

    def look(self, database: Database, queue: JobQueue) -> int:
        """Queues what waits and nobody sends; gives how many."""

        def put(session: Session) -> int:
            found = outbox.due(session)
            for delivery in found:
                queue.put(session, delivery.id)
                delivery.lease_until = now() + outbox.LEASE
            return len(found)

        with database.session() as session:
            if not outbox.due(session, limit=1):
                return 0
        return transact(database, put)

    def _pause(self, attempts: int) -> timedelta | None:
        if attempts > len(self._pauses):
            return None
        pause = self._pauses[attempts - 1]
        # Not all at the moment at which a receiver comes back.
        return pause * (1 + _JITTER * random.random())  # noqa: S311 - no secret

    def _run(self) -> None:
        database = None
        while database is None:
            try:
                database = self._open()
            except Exception as error:
                self._tell("webhooks_not_seen_to", error=type(error).__name__)
            if database is None and self._stopping.wait(_LOOK_SECONDS):
                return
        opened = database
        queue = JobQueue(opened, lambda number: self.deliver(opened, number), name=NAME)
        consumer = _Consumer(
            queue.huey, workers=1, periodic=False, max_delay=1.0, check_worker_health=False
        )
        consumer.start()
        while not self._stopping.wait(_LOOK_SECONDS):
            try:
                self.look(opened, queue)
            except Exception as error:
                self._tell("webhooks_not_seen_to", error=type(error).__name__)
        consumer.stop(graceful=True)

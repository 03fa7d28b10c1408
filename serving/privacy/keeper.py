"""Applies retention once an hour, in a thread of the server."""

from __future__ import annotations

import threading
from collections.abc import Callable

from sedno.serving.privacy import retention
from sedno.serving.privacy.retention import Removed
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store

FIRST_AFTER_SECONDS = 60.0
EVERY_SECONDS = 3_600.0


class Keeper:
    """The thread that applies retention.

    A run that fails is told and tried again an hour later; nothing depends on it meanwhile.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        on_removed: Callable[[Removed], None],
        on_failure: Callable[[Exception], None],
        first_after: float = FIRST_AFTER_SECONDS,
        every: float = EVERY_SECONDS,
    ) -> None:
        """Prepares.

        Args:
            settings: The server's settings.
            store: Where comments are kept; left alone while there is none.
            on_removed: Told what a run removed; called in the thread.
            on_failure: Told why a run failed; called in the thread.
            first_after: Seconds until the first run.
            every: Seconds between runs.
        """
        self._settings = settings
        self._store = store
        self._on_removed = on_removed
        self._on_failure = on_failure
        self._first_after = first_after
        self._every = every
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="sedno-retention", daemon=True)

    def start(self) -> None:
        """Begins; the first run comes a little later."""
        self._thread.start()

    def stop(self) -> None:
        """Ends; waits for a run that is under way for a few seconds."""
        self._stopping.set()
        self._thread.join(timeout=5)

    def _work(self) -> None:
        wait = self._first_after
        while not self._stopping.wait(wait):
            wait = self._every
            if not self._store.exists:
                continue
            try:
                self._on_removed(retention.apply(self._store.open(), self._settings))
            except Exception as error:
                self._on_failure(error)

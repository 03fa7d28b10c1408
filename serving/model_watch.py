"""Notices that another model was activated, and puts it into service without a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from sedno.models.artifact import ArtifactError
from sedno.models.registry import resolve
from sedno.serving.engine import Engine, NotReadyError, Phase

INTERVAL_SECONDS = 2.0
"""How long after ``sedno models activate`` a server may still answer by the old model, beside
the seconds that loading the new one takes."""


class ModelWatch:
    """Follows the registry's active model for one server.

    Each server looks for itself, so that several on one machine need no word to each other.

    Args:
        engine: What serves.
        on_failure: Is told why a model was not taken; the old one then stays.
        active: Gives the folder of the active model.
        interval: Seconds between two looks.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        on_failure: Callable[[Exception], None],
        active: Callable[[], Path] = resolve,
        interval: float = INTERVAL_SECONDS,
    ) -> None:
        self._engine = engine
        self._on_failure = on_failure
        self._active = active
        self._interval = interval
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begins to look; returns at once."""
        self._task = asyncio.create_task(self._watch(), name="sedno-model-watch")

    async def stop(self) -> None:
        """Looks no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        served = await self._look()
        while True:
            await asyncio.sleep(self._interval)
            if self._engine.phase is not Phase.READY:
                continue
            found = await self._look()
            if found is None or found == served:
                continue
            # One try for each activation: a broken model does not fill the log.
            served = found
            try:
                await self._engine.replace()
            except NotReadyError:
                return
            except Exception as error:
                self._on_failure(error)

    async def _look(self) -> Path | None:
        try:
            return await asyncio.to_thread(self._active)
        except (ArtifactError, OSError) as error:
            self._on_failure(error)
            return None

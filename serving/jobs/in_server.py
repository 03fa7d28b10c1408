"""The workers of a server: they ask the model that it has in service."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

from sedno.datasets.comment import Comment
from sedno.models.prediction import Prediction
from sedno.serving.batcher import BatcherClosedError, QueueFullError
from sedno.serving.engine import Engine, NotReadyError, Phase
from sedno.serving.jobs.workers import JobWorkers, StoppingError, Tell
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store

_PAUSE_SECONDS = 0.2
_ENDING = (Phase.DRAINING, Phase.STOPPED, Phase.FAILED)


def workers_of(engine: Engine, settings: Settings, store: Store, tell: Tell) -> JobWorkers:
    """The workers of a server.

    They share the model with the requests, piece by piece, so that neither waits long.

    Args:
        engine: Has the model.
        settings: How many, and for how long they are believed to live.
        store: Opens the database, once there is something in it.
        tell: Is told what happens.
    """

    def label(comments: Sequence[Comment]) -> list[Prediction]:
        while True:
            try:
                return engine.submit(comments).result()
            except BatcherClosedError as error:
                raise StoppingError from error
            except (NotReadyError, QueueFullError) as error:
                if engine.phase in _ENDING:
                    raise StoppingError from error
                time.sleep(_PAUSE_SECONDS)

    def model() -> str:
        while not engine.name:
            if engine.phase in _ENDING:
                raise StoppingError
            time.sleep(_PAUSE_SECONDS)
        return engine.name

    return JobWorkers(
        lambda: store.open() if store.exists else None,
        label,
        model,
        workers=settings.job_workers,
        lease=timedelta(seconds=settings.job_lease_seconds),
        tell=tell,
    )

"""How jobs stand, for Prometheus: read from the database at each scrape."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.database import DatabaseError
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.jobs import Job

STATES: Final = ("queued", "running", "failed")


class JobMetrics(Collector):
    """Jobs by state, and the age of the oldest that has not ended.

    Of one database all servers tell the same. While it cannot be reached nothing is told, since
    zero would be a lie.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """The series, so that they are registered without a look into the database."""
        yield from _families({}, None)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """The series as they are now."""
        try:
            yield from _families(*self._read())
        except (DatabaseError, OSError, SQLAlchemyError):
            return

    def _read(self) -> tuple[dict[str, int], datetime | None]:
        if not self._store.exists:
            return {}, None
        with self._store.open().session() as session:
            rows = session.execute(
                select(Job.state, func.count()).where(Job.state.in_(STATES)).group_by(Job.state)
            )
            counts = {row[0]: row[1] for row in rows}
            oldest = session.scalar(
                select(Job.created_at)
                .where(Job.state.in_(board.OPEN))
                .order_by(Job.created_at)
                .limit(1)
            )
        return counts, oldest


def _families(counts: dict[str, int], oldest: datetime | None) -> Iterator[GaugeMetricFamily]:
    jobs = GaugeMetricFamily("sedno_jobs", "Jobs that have not ended well.", labels=("state",))
    for state in STATES:
        jobs.add_metric((state,), counts.get(state, 0))
    yield jobs
    age = (now() - oldest).total_seconds() if oldest is not None else 0.0
    yield GaugeMetricFamily(
        "sedno_job_oldest_seconds",
        "Age of the oldest job that is queued or running; 0 without one.",
        value=max(age, 0.0),
    )

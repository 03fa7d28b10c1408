"""What monitoring is told of jobs."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import delete

from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.tables.jobs import Job


def test_series_are_there_before_any_database(run: Any, tmp_path: Path) -> None:
    """From the first scrape on, at zero; a scrape makes no database."""
    with run(job_workers=0) as api:
        assert [api.metric(f'sedno_jobs{{state="{state}"}}') for state in
                ("queued", "running", "failed")] == [0, 0, 0]  # fmt: skip
        assert api.metric("sedno_job_oldest_seconds") == 0
        assert not (tmp_path / "data" / "sedno.db").exists()


def test_jobs_are_counted(run: Any) -> None:
    """By state, with the age of the oldest that has not ended."""
    with run(job_workers=0) as api:
        database = api.client.app.state.store.open()
        with database.transaction() as session:
            for state, hours in (
                *(("queued", 1), ("queued", 3), ("running", 2), ("failed", 9)),
                *(("done", 99), ("cancelled", 99)),
            ):
                job = board.create(session, board.FILE, {}, created_by="x", state=state)
                job.created_at = now() - timedelta(hours=hours)
        assert api.metric('sedno_jobs{state="queued"}') == 2
        assert api.metric('sedno_jobs{state="running"}') == 1
        assert api.metric('sedno_jobs{state="failed"}') == 1
        assert 3 * 3600 <= api.metric("sedno_job_oldest_seconds") < 3 * 3600 + 60
        with database.transaction() as session:
            session.execute(delete(Job))
        assert api.metric("sedno_job_oldest_seconds") == 0


def test_a_database_that_is_broken_breaks_no_scrape(run: Any) -> None:
    """All other series are told; of jobs nothing, since zero would be a lie."""
    with run(job_workers=0) as api:
        database = api.client.app.state.store.open()
        with database.transaction() as session:
            session.execute(delete(Job))
            session.connection().exec_driver_sql("DROP TABLE jobs")
        scraped = api.client.get("/metrics")
        assert scraped.status_code == 200
        assert "sedno_ready 1.0" in scraped.text
        assert "sedno_jobs{" not in scraped.text

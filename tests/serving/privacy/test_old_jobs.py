"""Jobs that ended and messages that arrived are kept for a time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sedno.serving.faq import entries
from sedno.serving.faq.wording import Wording
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.keep import keep
from sedno.serving.jobs import board
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.privacy import retention
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.privacy.retention import apply
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.base import Base, now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import WebhookDelivery
from sedno.serving.store.tables.jobs import Job, JobItem
from sedno.serving.webhooks import outbox


@pytest.fixture
def options(tmp_path: Path) -> Settings:
    """The settings of a server."""
    return load_settings(data_dir=tmp_path)


def put(database: Database) -> int:
    """Keeps a comment and gives its number."""
    item = Preparer(Pseudonyms(b"k" * 32)).prepare({"source": "yt", "id": "1", "text": "super"})
    with database.transaction() as session:
        return keep(session, [item])[0].comment_id


def count(database: Database, table: type[Base]) -> int:
    """Rows of a table."""
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_jobs_that_are_done_go(database: Database, options: Settings) -> None:
    """After the days of the setting, with their lists of results; the comments stay."""
    comment = put(database)
    with database.transaction() as session:
        for state, days in (("done", 8), ("done", 6), ("failed", 8), ("running", 99)):
            job = board.create(session, board.FILE, {}, created_by="x", state=state)
            job.finished_at = None if state == "running" else now() - timedelta(days=days)
            session.add(JobItem(job_id=job.id, position=0, comment_id=comment, outcome="stored"))
    assert apply(database, options).jobs == 0
    week = options.model_copy(update={"job_days": 7})
    assert apply(database, week).jobs == 2
    assert apply(database, week).jobs == 0
    with database.session() as session:
        assert list(session.scalars(select(Job.state).order_by(Job.id))) == ["done", "running"]
    assert count(database, JobItem) == 2
    assert count(database, StoredComment) == 1


def test_many_results_go_in_portions(
    sqlite_database: Database, options: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No transaction is longer than one portion, and none is forgotten."""
    monkeypatch.setattr(retention, "_PORTION", 3)
    with sqlite_database.transaction() as session:
        job = board.create(session, board.FILE, {}, created_by="x", state="done")
        job.finished_at = now() - timedelta(days=100)
        session.add_all(JobItem(job_id=job.id, position=at, outcome="stored") for at in range(10))
    assert apply(sqlite_database, options).jobs == 1
    assert count(sqlite_database, JobItem) == 0


def test_old_messages_of_webhooks_go(database: Database, options: Settings) -> None:
    """Those that arrived or were given up; what still waits is sent first."""
    week = options.model_copy(update={"webhook_days": 7})
    wording = Wording.of("Ile?", "Tyle.", ())
    with database.transaction() as session:
        entry = entries.create(session, COMMAND_LINE, wording, language="pl")
        written = entries.wording_of(session, entry)
        for state, days in (
            ("delivered", 8), ("failed", 8), ("waiting", 99), ("delivered", 6), ("failed", 6),
        ):  # fmt: skip
            message = outbox.put(session, "faq.published", entry, written)
            at = now() - timedelta(days=days)
            message.state, message.created_at, message.next_at = state, at, at
            message.delivered_at = at if state == "delivered" else None
    assert apply(database, options).messages == 0
    assert apply(database, week).messages == 2
    with database.session() as session:
        left = session.scalars(select(WebhookDelivery.state).order_by(WebhookDelivery.id))
        assert list(left) == ["waiting", "delivered", "failed"]

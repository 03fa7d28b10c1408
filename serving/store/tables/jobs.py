"""Jobs, what they work on, and requests that may come twice."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base, UtcDateTime, now
from sedno.serving.store.tables.comments import NAME_CHARS, Id

JOB_STATES = ("uploading", "queued", "running", "done", "failed", "cancelled")


class Job(Base):
    """A piece of work that survives the worker who does it.

    Attributes:
        kind: As :mod:`sedno.serving.jobs.board` names them.
        options: What was asked, by kind.
        total: Rows to do, as far as known.
        position: Rows done, and where the work goes on: the next row of a file.
        cursor: Where the work on a selection goes on: the last comment's id.
        counts: Rows by what came of them.
        step: What is being done, where a job has steps that differ.
        attempts: How often it was begun since somebody last asked for it.
        next_at: Not before this time.
        lease_until: Until when the worker may be believed to live; ``None`` when nobody works.
        fence: One more with each worker. A worker whose number is no longer this one has been
            given up, and none of its writes are taken.
    """

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    total: Mapped[int | None] = mapped_column(BigInteger)
    position: Mapped[int] = mapped_column(BigInteger, default=0)
    cursor: Mapped[int] = mapped_column(BigInteger, default=0)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    step: Mapped[str | None] = mapped_column(String(32))
    error: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    cancel_asked: Mapped[bool] = mapped_column(Boolean, default=False)
    model: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    created_by: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_jobs_state", "state", "next_at"),)


class JobChunk(Base):
    """Rows of a file that wait for their turn: masked already, deleted when done.

    Attributes:
        rows: How many.
        data: JSON, packed.
    """

    __tablename__ = "job_chunks"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    rows: Mapped[int] = mapped_column(Integer)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class JobItem(Base):
    """What came of one row of a job.

    Attributes:
        position: Its place in the job, from 0.
        comment_id: The comment; none where the row was rejected, or the comment erased since.
        outcome: ``stored``, ``unchanged``, ``updated``, ``classified``, ``failed`` or
            ``rejected``.
        reason: Why it was rejected or failed.
    """

    __tablename__ = "job_items"

    job_id: Mapped[int] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="SET NULL"))
    outcome: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)

    __table_args__ = (Index("ix_job_items_comment_id", "comment_id"),)


class QueuedTask(Base):
    """A message of huey that waits for a worker."""

    __tablename__ = "queue_tasks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    queue: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    priority: Mapped[float] = mapped_column(Float, default=0.0)


class ScheduledTask(Base):
    """A message of huey that waits for its time.

    Attributes:
        at: Seconds since 1970.
    """

    __tablename__ = "queue_schedule"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    queue: Mapped[str] = mapped_column(String(64))
    data: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[float] = mapped_column(Float)


class QueueValue(Base):
    """What huey remembers by key: locks and revoked tasks."""

    __tablename__ = "queue_values"

    queue: Mapped[str] = mapped_column(String(64), primary_key=True)
    key: Mapped[str] = mapped_column(String(NAME_CHARS), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)


class RepeatableRequest(Base):
    """A request with an ``Idempotency-Key``, so that a repeat gets the first one's answer.

    Attributes:
        caller: Who sent it; keys of different callers have nothing to do with each other.
        digest: Of the body and all else that was asked.
        outcomes: What came of each item, packed; ``None`` while the first is under way.
            Ids are not in it: a repeat brings them along.
    """

    __tablename__ = "repeatable_requests"

    caller: Mapped[str] = mapped_column(String(NAME_CHARS), primary_key=True)
    key: Mapped[str] = mapped_column(String(NAME_CHARS), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    outcomes: Mapped[bytes | None] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    lease_until: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_repeatable_requests_created_at", "created_at"),)

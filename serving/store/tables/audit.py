"""Tables of what was done, of how long things are kept, and of what the installation is."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base
from sedno.serving.store.tables.comments import StoredComment

_Key = BigInteger().with_variant(Integer, "sqlite")


class AuditEntry(Base):
    """One thing that was done. Entries are only ever added; retention removes old ones.

    Attributes:
        at: When.
        actor_kind: ``person``, ``key`` or ``system``.
        actor_id: Number of the person or key.
        actor: Its name at that time.
        action: What was done, such as ``comment.read``.
        subject_kind: What it was done to, such as ``comment``.
        subject: Which one.
        detail: More about it; never the text of a comment.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        Index("ix_audit_log_at", "at"),
        Index("ix_audit_log_actor", "actor_kind", "actor_id"),
        Index("ix_audit_log_subject", "subject_kind", "subject"),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[int | None] = mapped_column(_Key)
    actor: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(64))
    subject_kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(300))
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)


class AuditLook(Base):
    """That an entry names comments of a block (:mod:`sedno.serving.people.looks`).

    Attributes:
        block: The comments' numbers, divided.
        entry_id: The entry.
    """

    __tablename__ = "audit_looks"
    # Also read from the other side, when the entry goes.
    __table_args__ = (Index("ix_audit_looks_entry_id", "entry_id"),)

    block: Mapped[int] = mapped_column(_Key, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(
        _Key, ForeignKey("audit_log.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )


class RetentionRule(Base):
    """How many days the comments of a source are kept; ``*`` stands for all other sources."""

    __tablename__ = "retention_rules"

    source: Mapped[str] = mapped_column(String(300), primary_key=True)
    days: Mapped[int]
    updated_at: Mapped[datetime]


# Retention looks for the oldest of a source without reading all that are young enough.
Index(
    "ix_comments_source_received_at",
    StoredComment.source,
    StoredComment.received_at,
    StoredComment.id,
)


class Mark(Base):
    """A fact about this installation, such as which key its pseudonyms were made with."""

    __tablename__ = "marks"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(String(300))

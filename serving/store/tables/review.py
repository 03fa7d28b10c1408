"""Tables of the review: who has what open, what was decided, and by which stroke."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base, today

# SQLite counts rows up by itself only in a column of type INTEGER.
_Key = BigInteger().with_variant(Integer, "sqlite")
_MAX_NAME = 200
_CONTENT = ("comment_id", "comment_version", "undone_at")
_FIGURES = ("day", "undone_at", "from_queue", "looked", "received_day", "proposed", "decided")


class Claim(Base):
    """A comment that one person has open; the key lets no second one have it.

    Attributes:
        comment_id: What is open.
        person_id: Who has it.
        claimed_at: Since when.
        expires_at: Until when, unless renewed: a closed browser frees it.
        view: The view of a page that took it last; only that one gives it back.
        queued: Whether the queue gave it, which has one for each person; what was opened from a
            list or by its address belongs to that page alone.
    """

    __tablename__ = "claims"
    __table_args__ = (Index("ix_claims_person_id", "person_id"),)

    comment_id: Mapped[int] = mapped_column(
        _Key, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    person_id: Mapped[int] = mapped_column(_Key)
    claimed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    view: Mapped[str] = mapped_column(String(32), default="")
    queued: Mapped[bool] = mapped_column(default=True)


class BulkBatch(Base):
    """One stroke over many alike comments: exactly those that were counted before.

    Attributes:
        source_comment_id: The comment whose labels are applied; null once it is gone. The stroke
            stays as long as there is a decision of it to undo.
        person_id: Who did it.
        by: That person's name, kept for the trace.
        labels: Label by task.
        members: ``[comment id, version]`` of each, as counted before anything happened; the
            comment itself is the first.
        state: ``counted``, ``running``, ``done`` or ``undone``.
        at: How many members have been gone through.
        applied: How many of those got the labels; the others had changed meanwhile.
        created_at: When it was counted.
        undone_at: When it was taken back.
    """

    __tablename__ = "bulk_batches"
    __table_args__ = (Index("ix_bulk_batches_source_comment_id", "source_comment_id"),)

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    source_comment_id: Mapped[int | None] = mapped_column(
        _Key, ForeignKey("comments.id", ondelete="SET NULL")
    )
    person_id: Mapped[int] = mapped_column(_Key)
    by: Mapped[str] = mapped_column(String(_MAX_NAME))
    labels: Mapped[dict[str, str]] = mapped_column(JSON)
    members: Mapped[list[list[int]]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="counted")
    at: Mapped[int] = mapped_column(default=0)
    applied: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class Decision(Base):
    """One thing that a person did to a comment. Never changed, save that it can be taken back.

    Attributes:
        comment_id: To which comment.
        comment_version: Of which content: a later content is not decided by it.
        verdict: ``accepted``, ``corrected``, ``skipped`` or ``escalated``.
        model: Whose proposal the person saw, as ``name@version``.
        proposal: What it was: by task, ``label``, ``score`` and ``review``.
        labels: What the person decided, by task; null where nothing was.
        note: What the person wrote about it.
        person_id: Who.
        by: That person's name, kept for the trace.
        decided_at: When.
        batch_id: The stroke it belongs to.
        base_state: Where the comment stood before anybody did anything to this content.
        second_wanted: Whether a second person is to decide without seeing this.
        undone_at: When it was taken back.
        undone_by: By whom.

    For the figures, which count two hundred thousand of these while a page is waited for:

    Attributes:
        day: The day of :attr:`decided_at` (:func:`sedno.serving.store.base.day_of`).
        received_day: The day the comment was received.
        from_queue: Whether it is what took the comment out of the queue.
        looked: Whether the person looked at this very comment, which nobody does at the others
            of a stroke.
        drawn: Whether the comment was one of those drawn by chance, and looked at.
        sure: Whether the proposal asked for no look.
        proposed: The labels of the proposal in one number (:mod:`sedno.serving.store.signature`);
            null where there were none.
        decided: :attr:`labels` in one number.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_person_id_decided_at", "person_id", "decided_at"),
        Index("ix_decisions_decided_at", "decided_at"),
        Index("ix_decisions_batch_id", "batch_id"),
        # Each of the others holds all that the overview asks for, so that no row is read.
        Index("ix_decisions_comment", *_CONTENT, "looked", "second_wanted", "person_id", "decided"),
        Index("ix_decisions_figures", *_FIGURES),
        Index(
            "ix_decisions_drawn",
            *("drawn", *_CONTENT, "sure", "proposed", "decided"),
            sqlite_where=sql("drawn = 1"),
            postgresql_where=sql("drawn"),
        ),
    )

    id: Mapped[int] = mapped_column(_Key, primary_key=True)
    comment_id: Mapped[int] = mapped_column(_Key, ForeignKey("comments.id", ondelete="CASCADE"))
    comment_version: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(16))
    model: Mapped[str | None] = mapped_column(String(_MAX_NAME))
    proposal: Mapped[dict[str, Any]] = mapped_column(JSON)
    labels: Mapped[dict[str, str] | None] = mapped_column(JSON(none_as_null=True))
    note: Mapped[str | None] = mapped_column(Text)
    person_id: Mapped[int] = mapped_column(_Key)
    by: Mapped[str] = mapped_column(String(_MAX_NAME))
    decided_at: Mapped[datetime]
    batch_id: Mapped[int | None] = mapped_column(
        _Key, ForeignKey("bulk_batches.id", ondelete="SET NULL")
    )
    base_state: Mapped[str] = mapped_column(String(16))
    second_wanted: Mapped[bool] = mapped_column(default=False)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None] = mapped_column(String(_MAX_NAME))
    day: Mapped[int] = mapped_column(default=today)
    received_day: Mapped[int] = mapped_column(default=today)
    from_queue: Mapped[bool] = mapped_column(default=False)
    looked: Mapped[bool] = mapped_column(default=True)
    drawn: Mapped[bool] = mapped_column(default=False)
    sure: Mapped[bool] = mapped_column(default=False)
    proposed: Mapped[int | None] = mapped_column(SmallInteger)
    decided: Mapped[int | None] = mapped_column(SmallInteger)


class Escalation(Base):
    """A comment that an editor has to settle; one row a comment while it is open.

    Attributes:
        comment_id: Which.
        decision_id: What brought it here.
        reason: ``asked`` by a moderator, or ``disagreement`` of two.
        note: What the moderator wrote.
        by: Who brought it here.
        opened_at: When.
    """

    __tablename__ = "escalations"
    __table_args__ = (Index("ix_escalations_opened_at", "opened_at"),)

    comment_id: Mapped[int] = mapped_column(
        _Key, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    decision_id: Mapped[int] = mapped_column(_Key, ForeignKey("decisions.id", ondelete="CASCADE"))
    reason: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(_MAX_NAME))
    opened_at: Mapped[datetime]


class SecondOpinion(Base):
    """A decided comment that waits for a second person, who does not see the first's decision.

    Attributes:
        comment_id: Which.
        first_person_id: Who must not get it.
        priority: Where it stands in the queue: as before.
        asked_at: Since when.
    """

    __tablename__ = "second_opinions"
    __table_args__ = (Index("ix_second_opinions_priority", "priority"),)

    comment_id: Mapped[int] = mapped_column(
        _Key, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    first_person_id: Mapped[int] = mapped_column(_Key)
    priority: Mapped[float]
    asked_at: Mapped[datetime]

"""Comments as they are kept, and all that models have said of them."""

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
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from sedno.models.taxonomy import TASKS
from sedno.serving.store.base import Base, UtcDateTime, now, today

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only where the key is called INTEGER."""

NAME_CHARS = 256
"""Longest source, identifier, product or brand."""

WAITING, CLASSIFIED, FAILED = "waiting", "classified", "failed"
STATES = (WAITING, CLASSIFIED, FAILED)

# How indexes go on: the order of the list or of the queue, and all labels in one number.
_ORDER = ("at", "id", "signature")
_QUEUE = (sql("priority DESC"), "id", "signature")

REVIEW_STATES = ("none", "open", "decided", "escalated", "skipped")


class StoredComment(Base):
    """A comment, unique by source and external id.

    Attributes:
        text: As it was written, personal data masked.
        text_key: Equal for texts that a reader would call the same.
        folded: The words of the text without case and diacritics, for searching.
        author: Pseudonym.
        at: When it was posted, else when it came; what lists are sorted by.
        version: Counts the wordings: one more with each change of text or context.
        reach: How many people saw the comment or its post, as the source says.
        state: ``waiting`` for the model, ``classified`` or ``failed``.
        signature: All labels in one number (:mod:`sedno.serving.store.signature`).
        answer: The whole answer of :attr:`model` in the published shape.
        doubt: Probability that at least one of the labels is wrong.
        priority: What a look at it is worth (:mod:`sedno.serving.review.priority`): the order
            of the queue.
        review_state: ``none`` needs no look, ``open`` waits for one; the others tell what
            became of it.
        sample: Its place among the comments that were drawn by chance
            (:func:`sedno.serving.review.sampling.lot`); null where it was not drawn.
        received_day: The day of :attr:`received_at` (:func:`sedno.serving.store.base.day_of`).
        embedding: 384 numbers of float16.
    """

    __tablename__ = "comments"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    source: Mapped[str] = mapped_column(String(NAME_CHARS))
    external_id: Mapped[str] = mapped_column(String(NAME_CHARS))
    text: Mapped[str] = mapped_column(Text)
    text_key: Mapped[str] = mapped_column(String(32))
    folded: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(16))
    author: Mapped[str | None] = mapped_column(String(64))
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    post_id: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    thread_id: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    context: Mapped[str | None] = mapped_column(Text)
    product: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    brand: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    reach: Mapped[int | None] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    version: Mapped[int] = mapped_column(Integer, default=1)

    state: Mapped[str] = mapped_column(String(16), default=WAITING)
    model: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    substance: Mapped[str | None] = mapped_column(String(32))
    substance_score: Mapped[float | None] = mapped_column(Float)
    authenticity: Mapped[str | None] = mapped_column(String(32))
    authenticity_score: Mapped[float | None] = mapped_column(Float)
    sentiment: Mapped[str | None] = mapped_column(String(32))
    sentiment_score: Mapped[float | None] = mapped_column(Float)
    question: Mapped[str | None] = mapped_column(String(32))
    question_score: Mapped[float | None] = mapped_column(Float)
    toxicity: Mapped[str | None] = mapped_column(String(32))
    toxicity_score: Mapped[float | None] = mapped_column(Float)
    spam_probability: Mapped[float | None] = mapped_column(Float)
    toxic_probability: Mapped[float | None] = mapped_column(Float)
    signature: Mapped[int | None] = mapped_column(SmallInteger)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    needs_review: Mapped[bool] = mapped_column(Boolean, default=False)
    doubt: Mapped[float] = mapped_column(Float, default=0.0)
    priority: Mapped[float] = mapped_column(Float, default=0.0)
    review_state: Mapped[str] = mapped_column(String(16), default="none")
    sample: Mapped[float | None] = mapped_column(Float)
    received_day: Mapped[int] = mapped_column(Integer, default=today)
    embedding: Mapped[bytes | None] = mapped_column(LargeBinary)

    # Lists are sorted by time and then by id, so that is how each index goes on: a page is read
    # off it without sorting. Behind that come the labels in one number and what else is often
    # asked for together, so that these are checked without the row.
    __table_args__ = (
        UniqueConstraint("source", "external_id"),
        Index("ix_comments_at", "at", "id", "signature"),
        Index("ix_comments_source_at", "source", *_ORDER, "language", "review_state"),
        Index("ix_comments_language_at", "language", *_ORDER, "source", "review_state"),
        Index("ix_comments_review_at", "review_state", *_ORDER, "source", "language"),
        Index("ix_comments_post", "post_id", "at", "id", "source"),
        Index("ix_comments_author", "author", "at", "id"),
        Index("ix_comments_state", "state", "at", "id"),
        Index("ix_comments_needs_review", "needs_review", "at", "id"),
        Index("ix_comments_model", "model", "at", "id"),
        Index("ix_comments_external_id", "external_id"),
        *(
            Index(
                f"ix_comments_{name}",
                name,
                "at",
                "id",
                sqlite_where=sql(f"{name} IS NOT NULL"),
                postgresql_where=sql(f"{name} IS NOT NULL"),
            )
            for name in ("product", "brand")
        ),
        # The queue, whole and of what a moderator looks after.
        Index("ix_comments_review", "review_state", *_QUEUE, "source", "language"),
        Index("ix_comments_review_source", "review_state", "source", *_QUEUE, "language"),
        Index("ix_comments_review_language", "review_state", "language", *_QUEUE, "source"),
        Index("ix_comments_text_key", "text_key"),
        # Those drawn by chance have a queue of their own.
        Index(
            "ix_comments_sample",
            *("review_state", "sample", "id", "signature", "source", "language"),
            sqlite_where=sql("sample IS NOT NULL"),
            postgresql_where=sql("sample IS NOT NULL"),
        ),
        # The overview counts by these without reading a comment.
        Index("ix_comments_standing", "state", "review_state", "needs_review", "received_day"),
        Index("ix_comments_source_received_at", "source", "received_at", "id"),
        *(
            Index(
                f"ix_comments_{task.name}_at",
                task.name,
                "at",
                "id",
                "signature",
                f"{task.name}_score",
            )
            for task in TASKS
        ),
        # The least sure answers, which are few. The score first: SQLite would take it for an
        # index of the label, which has no order.
        *(
            Index(f"ix_comments_{task.name}_score", f"{task.name}_score", task.name)
            for task in TASKS
        ),
    )


class StoredPrediction(Base):
    """What a model said of one wording of a comment.

    Attributes:
        version: The wording, as :attr:`StoredComment.version` counts them.
        answer: In the published shape.
    """

    __tablename__ = "predictions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id", ondelete="CASCADE"))
    version: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)

    __table_args__ = (UniqueConstraint("comment_id", "version", "model"),)

"""Answers to questions that keep coming back: entries, their wordings, where they come from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    JSON,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base
from sedno.serving.store.tables.comments import NAME_CHARS, Id

DRAFT, REVIEW, APPROVED, PUBLISHED, WITHDRAWN = (
    *("draft", "review", "approved", "published"),
    "withdrawn",
)
STATUSES = (DRAFT, REVIEW, APPROVED, PUBLISHED, WITHDRAWN)

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
DELIVERY_STATES = (WAITING, DELIVERED, FAILED)


class FaqEntry(Base):
    """A question with its answer, in one language.

    Attributes:
        family_id: The same for the entry's versions in other languages: the first one's id.
        topic: The topic that it was made from.
        status: Of the newest wording.
        version: Number of the newest wording.
        published_version: The wording that feeds show; ``None`` for none. It stays while a newer
            one is written.
        published_at: When that wording was published.
        first_published_at: When the question was answered first.
    """

    __tablename__ = "faq_entries"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    family_id: Mapped[int | None] = mapped_column(ForeignKey("faq_entries.id", ondelete="SET NULL"))
    language: Mapped[str] = mapped_column(String(16))
    topic: Mapped[str | None] = mapped_column(String(NAME_CHARS))
    status: Mapped[str] = mapped_column(String(16))
    version: Mapped[int] = mapped_column(Integer)
    published_version: Mapped[int | None] = mapped_column(Integer)
    created_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    first_published_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("family_id", "language"),
        Index("ix_faq_entries_status", "status", "updated_at", "id"),
        Index("ix_faq_entries_published", "language", "published_version", "id"),
        Index("ix_faq_entries_topic", "topic"),
    )


class FaqVersion(Base):
    """One wording of an entry; wordings are added, never changed.

    Attributes:
        number: From 1.
        answer: Plain text; an empty line parts paragraphs.
        products: What it is about; none for all products.
        by: Who wrote it.
    """

    __tablename__ = "faq_versions"

    entry_id: Mapped[int] = mapped_column(
        ForeignKey("faq_entries.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(Integer, primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    products: Mapped[list[str]] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int | None] = mapped_column(Id)
    at: Mapped[datetime]


class FaqSource(Base):
    """A comment that a wording comes from.

    The comment's text is not copied: once it is erased, only that there was one is left.

    Attributes:
        kind: ``asked``: it asks the question; ``answer``: the answer was taken from it.
        by_brand: Whether the brand itself wrote it.
    """

    __tablename__ = "faq_sources"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int] = mapped_column(Integer)
    comment_id: Mapped[int | None] = mapped_column(ForeignKey("comments.id", ondelete="SET NULL"))
    kind: Mapped[str] = mapped_column(String(16))
    by_brand: Mapped[bool]

    __table_args__ = (
        ForeignKeyConstraint(
            ["entry_id", "number"],
            ["faq_versions.entry_id", "faq_versions.number"],
            ondelete="CASCADE",
        ),
        Index("ix_faq_sources_entry_id_number", "entry_id", "number"),
        Index("ix_faq_sources_comment_id", "comment_id"),
    )


class FaqStep(Base):
    """A change of status: who, when, of which wording.

    Attributes:
        step: ``created``, ``saved``, ``submitted``, ``returned``, ``approved``, ``published`` or
            ``withdrawn``.
        note: What was remarked with it.
    """

    __tablename__ = "faq_steps"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("faq_entries.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    step: Mapped[str] = mapped_column(String(16))
    note: Mapped[str | None] = mapped_column(Text)
    by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]

    __table_args__ = (Index("ix_faq_steps_entry_id", "entry_id", "id"),)


class FaqProduct(Base):
    """A product that a published wording is about: what feeds look up."""

    __tablename__ = "faq_products"

    product: Mapped[str] = mapped_column(String(NAME_CHARS), primary_key=True)
    entry_id: Mapped[int] = mapped_column(
        ForeignKey("faq_entries.id", ondelete="CASCADE"), primary_key=True
    )

    __table_args__ = (Index("ix_faq_products_entry_id", "entry_id"),)


class WebhookDelivery(Base):
    """A message to the receiver of webhooks, kept until it has arrived and after.

    Attributes:
        message_id: The same for all attempts, so that a receiver knows a repeat.
        event: ``faq.published`` or ``faq.withdrawn``.
        payload: The body, as it is signed.
        state: ``waiting``, ``delivered`` or ``failed``.
        next_at: Not before this time.
        lease_until: Until when whoever sends it may be believed to live.
        status: HTTP status of the last attempt.
        error: Kind of the last attempt's failure.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(String(64), unique=True)
    event: Mapped[str] = mapped_column(String(32))
    entry_id: Mapped[int] = mapped_column(ForeignKey("faq_entries.id", ondelete="CASCADE"))
    payload: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer)
    next_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    status: Mapped[int | None] = mapped_column(Integer)
    error: Mapped[str | None] = mapped_column(String(64))
    created_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_webhook_deliveries_state", "state", "next_at"),
        Index("ix_webhook_deliveries_entry_id", "entry_id"),
    )

"""Topics, answers to what keeps being asked, and webhooks that tell of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sedno.serving.store.base import UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = sa.String(256)


def upgrade() -> None:
    """Makes the tables."""
    _topics()
    op.create_table(
        "faq_entries",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("family_id", _ID, sa.ForeignKey("faq_entries.id", ondelete="SET NULL")),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("topic", _NAME),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("published_version", sa.Integer()),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime()),
        sa.Column("first_published_at", UtcDateTime()),
        sa.UniqueConstraint("family_id", "language"),
    )
    op.create_index("ix_faq_entries_status", "faq_entries", ["status", "updated_at", "id"])
    op.create_index(
        "ix_faq_entries_published", "faq_entries", ["language", "published_version", "id"]
    )
    op.create_index("ix_faq_entries_topic", "faq_entries", ["topic"])
    op.create_table(
        "faq_versions",
        _entry(primary=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("person_id", _ID),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "faq_sources",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("entry_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("comment_id", _ID, sa.ForeignKey("comments.id", ondelete="SET NULL")),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("by_brand", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry_id", "number"],
            ["faq_versions.entry_id", "faq_versions.number"],
            ondelete="CASCADE",
        ),
    )
    op.create_index("ix_faq_sources_entry_id_number", "faq_sources", ["entry_id", "number"])
    op.create_index("ix_faq_sources_comment_id", "faq_sources", ["comment_id"])
    op.create_table(
        "faq_steps",
        sa.Column("id", _ID, primary_key=True),
        _entry(),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_faq_steps_entry_id", "faq_steps", ["entry_id", "id"])
    op.create_table(
        "faq_products",
        sa.Column("product", _NAME, primary_key=True),
        _entry(primary=True),
    )
    op.create_index("ix_faq_products_entry_id", "faq_products", ["entry_id"])
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        _entry(),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("lease_until", UtcDateTime()),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String(64)),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("delivered_at", UtcDateTime()),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index("ix_webhook_deliveries_state", "webhook_deliveries", ["state", "next_at"])
    op.create_index("ix_webhook_deliveries_entry_id", "webhook_deliveries", ["entry_id"])


def _topics() -> None:
    op.create_table(
        "topic_state",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("next_id", sa.Integer(), nullable=False),
        sa.Column("model", _NAME, nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("edits", sa.JSON(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("questions", sa.Integer(), nullable=False),
        sa.Column("single", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
    )
    op.create_table(
        "topics",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scope", _NAME, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("canonical_comment_id", _ID, sa.ForeignKey("comments.id", ondelete="SET NULL")),
        sa.Column("canonical_unit", sa.Integer()),
    )
    op.create_index("ix_topics_position", "topics", ["position"])
    op.create_index("ix_topics_canonical_comment_id", "topics", ["canonical_comment_id"])
    op.create_table(
        "topic_units",
        sa.Column(
            "comment_id",
            _ID,
            sa.ForeignKey("comments.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("unit", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("found", sa.String(32), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("sure", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_topic_units_topic", "topic_units", ["topic", "score", "comment_id"])


def downgrade() -> None:
    """Removes them."""
    for table in (
        "topic_units",
        "topics",
        "topic_state",
        "webhook_deliveries",
        "faq_products",
        "faq_steps",
        "faq_sources",
        "faq_versions",
        "faq_entries",
    ):
        op.drop_table(table)


def _entry(*, primary: bool = False) -> sa.Column[int]:
    return sa.Column(
        "entry_id",
        _ID,
        sa.ForeignKey("faq_entries.id", ondelete="CASCADE"),
        primary_key=primary,
        autoincrement=False,
        nullable=False,
    )

"""Claims, decisions, escalations and second opinions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sedno.serving.store.base import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "claims",
        _comment(primary=True),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_claims_person_id", "claims", ["person_id"])
    op.create_table(
        "bulk_batches",
        sa.Column("id", _KEY, primary_key=True),
        _comment("source_comment_id"),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("labels", sa.JSON(), nullable=False),
        sa.Column("members", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", sa.Integer(), nullable=False),
        sa.Column("applied", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("undone_at", UtcDateTime()),
    )
    op.create_index("ix_bulk_batches_source_comment_id", "bulk_batches", ["source_comment_id"])
    op.create_table(
        "decisions",
        sa.Column("id", _KEY, primary_key=True),
        _comment(),
        sa.Column("comment_version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(16), nullable=False),
        sa.Column("model", sa.String(200)),
        sa.Column("proposal", sa.JSON(), nullable=False),
        sa.Column("labels", sa.JSON(none_as_null=True)),
        sa.Column("note", sa.Text()),
        sa.Column("person_id", _KEY, nullable=False),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column(
            "batch_id",
            _KEY,
            sa.ForeignKey(
                "bulk_batches.id", ondelete="SET NULL", name="fk_decisions_batch_id_bulk_batches"
            ),
        ),
        sa.Column("base_state", sa.String(16), nullable=False),
        sa.Column("second_wanted", sa.Boolean(), nullable=False),
        sa.Column("undone_at", UtcDateTime()),
        sa.Column("undone_by", sa.String(200)),
    )
    op.create_index(
        "ix_decisions_comment_id_comment_version", "decisions", ["comment_id", "comment_version"]
    )
    op.create_index("ix_decisions_person_id_decided_at", "decisions", ["person_id", "decided_at"])
    op.create_index("ix_decisions_decided_at", "decisions", ["decided_at"])
    op.create_index("ix_decisions_batch_id", "decisions", ["batch_id"])
    op.create_table(
        "escalations",
        _comment(primary=True),
        sa.Column(
            "decision_id",
            _KEY,
            sa.ForeignKey(
                "decisions.id", ondelete="CASCADE", name="fk_escalations_decision_id_decisions"
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("by", sa.String(200), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_escalations_opened_at", "escalations", ["opened_at"])
    op.create_table(
        "second_opinions",
        _comment(primary=True),
        sa.Column("first_person_id", _KEY, nullable=False),
        sa.Column("priority", sa.Float(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_second_opinions_priority", "second_opinions", ["priority"])


def downgrade() -> None:
    """Removes them."""
    for table in ("second_opinions", "escalations", "decisions", "bulk_batches", "claims"):
        op.drop_table(table)


def _comment(name: str = "comment_id", *, primary: bool = False) -> sa.Column[int]:
    # The name of the foreign key follows from the convention, once the table is known.
    return sa.Column(
        name,
        _KEY,
        sa.ForeignKey("comments.id", ondelete="CASCADE"),
        primary_key=primary,
        autoincrement=False,
        nullable=False,
    )

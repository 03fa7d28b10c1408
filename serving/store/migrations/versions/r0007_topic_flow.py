"""Questions that wait to join topics, the wording they are of, and the centres of topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from sedno.serving.store.base import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Adds them; topics have a centre from the next run on."""
    op.add_column(
        "topic_state", sa.Column("stale", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("topics", sa.Column("centre", sa.LargeBinary()))
    op.add_column(
        "topic_units", sa.Column("version", sa.Integer(), nullable=False, server_default="0")
    )
    # What was cut out before belongs to the wording that is there now.
    op.execute(
        "UPDATE topic_units SET version = "
        "(SELECT version FROM comments WHERE comments.id = topic_units.comment_id)"
    )
    op.create_table(
        "topic_waiting",
        sa.Column(
            "comment_id",
            _ID,
            sa.ForeignKey("comments.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("since", UtcDateTime(), nullable=False),
    )
    op.create_index("ix_topic_waiting_since", "topic_waiting", ["since"])


def downgrade() -> None:
    """Removes them."""
    op.drop_table("topic_waiting")
    op.drop_column("topic_units", "version")
    op.drop_column("topics", "centre")
    op.drop_column("topic_state", "stale")

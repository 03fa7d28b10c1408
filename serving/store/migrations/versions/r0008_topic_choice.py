"""What topics are made of, what keeps them apart, and the step that a job is at."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds them; topics of before are made of all questions and kept apart by source."""
    op.add_column("jobs", sa.Column("step", sa.String(32)))
    op.add_column(
        "topic_state",
        sa.Column("apart", sa.String(16), nullable=False, server_default="source"),
    )
    op.add_column("topic_state", sa.Column("reach", sa.JSON()))
    op.add_column(
        "topic_units", sa.Column("scope", sa.String(256), nullable=False, server_default="")
    )
    op.execute(
        "UPDATE topic_units SET scope = "
        "(SELECT source FROM comments WHERE comments.id = topic_units.comment_id)"
    )


def downgrade() -> None:
    """Removes them."""
    op.drop_column("topic_units", "scope")
    op.drop_column("topic_state", "reach")
    op.drop_column("topic_state", "apart")
    op.drop_column("jobs", "step")

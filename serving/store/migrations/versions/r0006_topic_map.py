"""Where a question is drawn on the map of topics."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the place; questions have one from the next run on."""
    op.add_column("topic_units", sa.Column("x", sa.Float()))
    op.add_column("topic_units", sa.Column("y", sa.Float()))


def downgrade() -> None:
    """Removes it."""
    op.drop_column("topic_units", "y")
    op.drop_column("topic_units", "x")

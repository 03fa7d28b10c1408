"""Claims know the view of a page that has them, and whether the queue gave them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds both; what is open now came from a page without a name."""
    op.add_column("claims", sa.Column("view", sa.String(32), nullable=False, server_default=""))
    op.add_column(
        "claims", sa.Column("queued", sa.Boolean(), nullable=False, server_default=sa.true())
    )


def downgrade() -> None:
    """Removes them."""
    op.drop_column("claims", "queued")
    op.drop_column("claims", "view")

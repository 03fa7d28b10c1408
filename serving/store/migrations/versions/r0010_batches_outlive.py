"""A stroke over many outlives the comment that it began at, so that the rest can be undone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAME = "fk_bulk_batches_source_comment_id_comments"


def upgrade() -> None:
    """The comment may be gone."""
    _remake("SET NULL", nullable=True)


def downgrade() -> None:
    """It may not; strokes whose comment is gone go too."""
    op.execute("DELETE FROM bulk_batches WHERE source_comment_id IS NULL")
    _remake("CASCADE", nullable=False)


def _remake(ondelete: str, *, nullable: bool) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        # The table is copied and dropped here, and dropping it takes its number from decisions.
        op.execute(
            "CREATE TEMPORARY TABLE kept_batch_ids AS "
            "SELECT id, batch_id FROM decisions WHERE batch_id IS NOT NULL"
        )
    with op.batch_alter_table("bulk_batches") as table:
        table.drop_constraint(_NAME, type_="foreignkey")
        table.alter_column("source_comment_id", existing_type=_ID, nullable=nullable)
        table.create_foreign_key(
            _NAME, "comments", ["source_comment_id"], ["id"], ondelete=ondelete
        )
    if sqlite:
        op.execute(
            "UPDATE decisions SET batch_id = "
            "(SELECT batch_id FROM kept_batch_ids WHERE kept_batch_ids.id = decisions.id) "
            "WHERE id IN (SELECT id FROM kept_batch_ids)"
        )
        op.execute("DROP TABLE kept_batch_ids")

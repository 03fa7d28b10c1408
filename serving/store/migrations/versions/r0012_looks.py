"""Which entries of the audit log name a comment; words that were looked for leave the log."""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Makes the index beside the log; what was shown earlier is not known."""
    op.create_table(
        "audit_looks",
        sa.Column("block", _ID, primary_key=True, autoincrement=False),
        sa.Column(
            "entry_id",
            _ID,
            sa.ForeignKey("audit_log.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
    )
    op.create_index("ix_audit_looks_entry_id", "audit_looks", ["entry_id"])
    _forget_words(op.get_bind())


def downgrade() -> None:
    """Removes it."""
    op.drop_table("audit_looks")


def _forget_words(bind: sa.Connection) -> None:
    rows = bind.execute(
        sa.text("SELECT id, detail FROM audit_log WHERE action LIKE 'comments.%'")
    ).all()
    for number, detail in rows:
        told = json.loads(detail) if isinstance(detail, str) else detail
        if _without_words(told):
            bind.execute(
                sa.text("UPDATE audit_log SET detail = :detail WHERE id = :of_id").bindparams(
                    sa.bindparam("detail", type_=sa.JSON())
                ),
                {"detail": told, "of_id": number},
            )


def _without_words(told: dict[str, Any]) -> bool:
    places = [told, told.get("filters") or {}]
    had = [place for place in places if isinstance(place.get("text"), str)]
    for place in had:
        place["text_chars"] = len(place.pop("text"))
    return bool(had)

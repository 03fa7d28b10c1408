"""Indexes by which rare filters are found: each has one, and the queue is read by language too."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TASKS = ("substance", "authenticity", "sentiment", "question", "toxicity")
_ORDER = ("at", "id", "signature")
_QUEUE = (sa.text("priority DESC"), "id", "signature")

_BEFORE: dict[str, tuple[Any, ...]] = {
    "source_at": ("source", *_ORDER),
    "language_at": ("language", *_ORDER),
    "review_at": ("review_state", *_ORDER),
    "post": ("source", "post_id", "at", "id"),
    "review": ("review_state", *_QUEUE),
    "review_source": ("review_state", "source", _QUEUE[0], "id"),
}
_CHANGED: dict[str, tuple[Any, ...]] = {
    "source_at": ("source", *_ORDER, "language", "review_state"),
    "language_at": ("language", *_ORDER, "source", "review_state"),
    "review_at": ("review_state", *_ORDER, "source", "language"),
    "post": ("post_id", "at", "id", "source"),
    "review": ("review_state", *_QUEUE, "source", "language"),
    "review_source": ("review_state", "source", *_QUEUE, "language"),
}
_NEW: dict[str, tuple[Any, ...]] = {
    "review_language": ("review_state", "language", *_QUEUE, "source"),
    "needs_review": ("needs_review", "at", "id"),
    "model": ("model", "at", "id"),
    "external_id": ("external_id",),
    **{f"{task}_score": (f"{task}_score", task) for task in _TASKS},
}
# Most comments have none of these.
_PARTIAL = ("product", "brand")


def upgrade() -> None:
    """Makes them; those that are there end in more columns."""
    for name, columns in _CHANGED.items():
        _replace(name, columns)
    for name, columns in _NEW.items():
        op.create_index(f"ix_comments_{name}", "comments", columns)
    for name in _PARTIAL:
        there = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ix_comments_{name}",
            "comments",
            [name, "at", "id"],
            sqlite_where=there,
            postgresql_where=there,
        )


def downgrade() -> None:
    """Makes them as they were."""
    for name in (*_NEW, *_PARTIAL):
        op.drop_index(f"ix_comments_{name}", "comments")
    for name, columns in _BEFORE.items():
        _replace(name, columns)


def _replace(name: str, columns: tuple[Any, ...]) -> None:
    op.drop_index(f"ix_comments_{name}", "comments")
    op.create_index(f"ix_comments_{name}", "comments", list(columns))

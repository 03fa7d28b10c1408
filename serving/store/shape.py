"""A stored comment as it is given to callers and written to files."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sedno.models.taxonomy import TASKS
from sedno.serving.store.tables.comments import StoredComment

FIELDS = (
    *("id", "source", "external_id", "text", "language", "author", "posted_at", "received_at"),
    *("updated_at", "post_id", "thread_id", "context", "product", "brand", "reach", "version"),
    *("state", "review_state", "needs_review"),
)
"""Attributes of a comment that are given as they are."""

COLUMNS = (
    *FIELDS,
    "model",
    *(column for task in TASKS for column in (task.name, f"{task.name}_score")),
)
"""Columns of a table of comments."""


def to_dict(comment: StoredComment) -> dict[str, Any]:
    """The published shape; times are left to the JSON writer."""
    return {name: getattr(comment, name) for name in FIELDS} | {"answer": comment.answer}


def to_row(comment: StoredComment) -> dict[str, Any]:
    """One row of a table, by column; times as ISO 8601."""
    row = {name: getattr(comment, name) for name in COLUMNS}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }

"""All tables that hold something derived from a comment, found by their foreign keys.

A new table with such a key is found without a change here, so nothing derived is forgotten when
an author is erased or asks what is held.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Column, Table, func, select
from sqlalchemy.orm import Session

import sedno.serving.store.tables  # noqa: F401 - makes the tables known to Base
from sedno.serving.store.base import Base

COMMENTS = "comments"


def references() -> Iterator[tuple[Table, Column[Any], str]]:
    """Every column that names a comment: its table, itself, and what happens on erasure.

    The last is ``CASCADE``, the row goes too, or ``SET NULL``, it stays without the comment.
    """
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.column.table.name == COMMENTS:
                yield table, key.parent, (key.ondelete or "NO ACTION").upper()


def counts(session: Session, ids: Collection[int]) -> dict[str, int]:
    """How many rows of each table name one of the comments; tables without any are left out."""
    found: dict[str, int] = {}
    for table, column, _ in references():
        count = session.scalar(select(func.count()).select_from(table).where(column.in_(ids)))
        if count:
            name = str(table.name)
            found[name] = found.get(name, 0) + count
    return found


def rows(session: Session, comment_id: int) -> dict[str, list[dict[str, Any]]]:
    """The rows of each table that name a comment, as JSON values; bytes are left out."""
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column, _ in references():
        many = session.execute(select(table).where(column == comment_id)).mappings()
        for row in many:
            found.setdefault(str(table.name), []).append(plain(dict(row)))
    return found


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A row as JSON values: times as text, bytes and what is empty left out."""
    out: dict[str, Any] = {}
    for name, value in row.items():
        if value is None or isinstance(value, bytes):
            continue
        out[name] = value.isoformat() if hasattr(value, "isoformat") else value
    return out

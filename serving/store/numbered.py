"""Rows in the order of their numbers: the newest a page at a time, or all of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.faq import WebhookDelivery
from sedno.serving.store.tables.review import Decision

_AT_ONCE = 1_000

Row = TypeVar("Row", AuditEntry, Decision, WebhookDelivery)


def newest(
    session: Session,
    table: type[Row],
    *conditions: ColumnElement[bool],
    before: int | None,
    limit: int,
) -> list[Row]:
    """A page of rows, the newest first.

    Args:
        session: A session that reads.
        table: Which rows.
        conditions: What they must fulfil.
        before: Only those with a smaller number: the last one of the page before.
        limit: Most rows.
    """
    query = select(table).where(*conditions)
    if before is not None:
        query = query.where(table.id < before)
    return list(session.scalars(query.order_by(table.id.desc()).limit(limit)))


def oldest_first(
    session: Session, table: type[Row], *conditions: ColumnElement[bool]
) -> Iterator[Row]:
    """All rows, the oldest first, a thousand in memory at a time."""
    last = 0
    while True:
        query = select(table).where(table.id > last, *conditions)
        rows = list(session.scalars(query.order_by(table.id).limit(_AT_ONCE)))
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id
        session.expunge_all()

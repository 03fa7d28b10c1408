"""The audit log: who did what, written in the same transaction as what was done."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from sedno.datasets.io.spreadsheet import no_formula
from sedno.serving.people.actor import Actor
from sedno.serving.store.base import now
from sedno.serving.store.numbered import newest, oldest_first
from sedno.serving.store.tables.audit import AuditEntry

COLUMNS = ("id", "at", "actor_kind", "actor", "action", "subject_kind", "subject", "detail")
"""Columns of an export."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What something was done to.

    Attributes:
        kind: Such as ``comment``, ``person``, ``key``, ``author``.
        name: Which one.
    """

    kind: str
    name: str


def record(
    session: Session, actor: Actor, action: str, subject: Subject, **detail: Any
) -> AuditEntry:
    """Writes an entry, with the transaction of ``session``: both are kept or neither.

    Args:
        session: The transaction of what is done.
        actor: Who does it.
        action: What, as ``noun.verb``.
        subject: What it is done to.
        detail: More, as JSON values. Never the text of a comment nor a secret.
    """
    entry = AuditEntry(
        at=now(),
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor=actor.name[:200],
        action=action,
        subject_kind=subject.kind,
        subject=subject.name[:300],
        detail=detail,
    )
    session.add(entry)
    return entry


def record_look(
    session: Session, actor: Actor, action: str, subject: Subject, **detail: Any
) -> None:
    """Writes an entry if a person looks; what programs read is in their own logs.

    For one comment, which is the subject, and for what shows none. For several see
    :func:`sedno.serving.people.looks.record_looks`.
    """
    if actor.is_person:
        record(session, actor, action, subject, **detail)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; ``None`` for any.

    Attributes:
        since: Not before.
        until: Before.
        actor: Name of who did it.
        action: What was done; ``comment.`` finds all that begin so.
        subject_kind: What it was done to.
        subject: Which one.
    """

    since: datetime | None = None
    until: datetime | None = None
    actor: str | None = None
    action: str | None = None
    subject_kind: str | None = None
    subject: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions of a query."""
        found: list[ColumnElement[bool]] = []
        if self.since is not None:
            found.append(AuditEntry.at >= self.since)
        if self.until is not None:
            found.append(AuditEntry.at < self.until)
        if self.actor is not None:
            found.append(AuditEntry.actor == self.actor)
        if self.action is not None:
            found.append(
                AuditEntry.action.startswith(self.action, autoescape=True)
                if self.action.endswith(".")
                else AuditEntry.action == self.action
            )
        if self.subject_kind is not None:
            found.append(AuditEntry.subject_kind == self.subject_kind)
        if self.subject is not None:
            found.append(AuditEntry.subject == self.subject)
        return found


def page(
    session: Session,
    wanted: Wanted,
    *more: ColumnElement[bool],
    before: int | None = None,
    limit: int = 100,
) -> list[AuditEntry]:
    """The newest entries first.

    Args:
        session: Where to read.
        wanted: Which entries.
        more: More conditions on them.
        before: Only entries with a smaller number: the last one of the page before.
        limit: Most entries.
    """
    return newest(session, AuditEntry, *wanted.conditions(), *more, before=before, limit=limit)


def every(session: Session, wanted: Wanted, *more: ColumnElement[bool]) -> Iterator[AuditEntry]:
    """All entries, the oldest first, a thousand in memory at a time."""
    return oldest_first(session, AuditEntry, *wanted.conditions(), *more)


def fields(entry: AuditEntry) -> dict[str, Any]:
    """An entry as JSON values."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(),
        "actor_kind": entry.actor_kind,
        "actor": entry.actor,
        "action": entry.action,
        "subject_kind": entry.subject_kind,
        "subject": entry.subject,
        "detail": entry.detail,
    }


def cells(values: Mapping[str, Any]) -> list[str]:
    """The cells of an entry's row in a CSV file; none of them is taken for a formula."""
    return [_cell(values[name]) for name in COLUMNS]


def _cell(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return no_formula(text)

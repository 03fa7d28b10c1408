"""Decisions as records: who decided what, when, from which model's proposal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from sedno.datasets.io.spreadsheet import no_formula
from sedno.models.taxonomy import TASKS
from sedno.serving.people.actor import Actor
from sedno.serving.review.blind import decisions_for
from sedno.serving.store.numbered import newest, oldest_first
from sedno.serving.store.tables.review import Decision

COLUMNS: Final = (
    *("id", "decided_at", "by", "verdict", "comment_id", "comment_version", "model", "batch_id"),
    *("undone_at", "undone_by", "note"),
    *(f"{task.name}_{part}" for task in TASKS for part in ("proposed", "score", "decided")),
)
"""Columns of the table that is exported."""


def page(
    session: Session, actor: Actor, *, before: int | None = None, limit: int = 100
) -> list[Decision]:
    """The newest decisions first, save what ``actor`` must not see yet.

    Args:
        session: A session that reads.
        actor: Who reads.
        before: Only those with a smaller number: the last one of the page before.
        limit: Most decisions.
    """
    return newest(session, Decision, *decisions_for(actor), before=before, limit=limit)


def every(session: Session, actor: Actor, *, since: datetime | None = None) -> Iterator[Decision]:
    """All decisions, the oldest first, a thousand in memory at a time; as of :func:`page`."""
    wanted = decisions_for(actor)
    if since is not None:
        wanted.append(Decision.decided_at >= since)
    return oldest_first(session, Decision, *wanted)


def fields(decision: Decision) -> dict[str, Any]:
    """A decision as JSON values."""
    return {
        "id": decision.id,
        "decided_at": decision.decided_at.isoformat(),
        "by": decision.by,
        "verdict": decision.verdict,
        "comment_id": decision.comment_id,
        "comment_version": decision.comment_version,
        "model": decision.model,
        "proposal": decision.proposal,
        "labels": decision.labels,
        "note": decision.note,
        "batch_id": decision.batch_id,
        "undone_at": decision.undone_at.isoformat() if decision.undone_at else None,
        "undone_by": decision.undone_by,
    }


def cells(record: Mapping[str, Any]) -> list[object]:
    """A record as a row under :data:`COLUMNS`, no_formula to spreadsheets."""
    flat = dict(record)
    for task in TASKS:
        said = record["proposal"].get(task.name, {})
        flat[f"{task.name}_proposed"] = said.get("label")
        flat[f"{task.name}_score"] = said.get("score")
        flat[f"{task.name}_decided"] = (record["labels"] or {}).get(task.name)
    return [_cell(flat[name]) for name in COLUMNS]


def _cell(value: object) -> object:
    if isinstance(value, str):
        return no_formula(value)
    return "" if value is None else value

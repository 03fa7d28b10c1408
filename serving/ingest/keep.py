"""Writes comments that came in: what is new is stored, what has changed updated, once each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, tuple_, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from sedno.serving.ingest.incoming import Incoming
from sedno.serving.review.priority import priority
from sedno.serving.review.settle import content_changed
from sedno.serving.store.base import day_of, now
from sedno.serving.store.tables.comments import WAITING, StoredComment
from sedno.serving.store.transact import RacedError
from sedno.serving.topics import flow

_AT_ONCE = 400
_CONTENT = (
    *("text", "context", "author", "posted_at", "post_id", "thread_id"),
    *("product", "brand", "reach"),
)
_WORDING = frozenset({"text", "context"})
# What a change of the wording undoes: the answer was to another text.
_UNANSWERED: dict[str, Any] = {
    "state": WAITING,
    "review_state": "none",
    "needs_review": False,
    "sample": None,
}


class Outcome(StrEnum):
    """What came of a comment that was sent."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one comment.

    Attributes:
        comment_id: Its number.
        version: Its wording, as ``StoredComment.version`` counts them.
        outcome: What was done.
        waiting: Whether this wording waits for an answer of the model.
    """

    comment_id: int
    version: int
    outcome: Outcome
    waiting: bool


@dataclass(slots=True)
class _Current:
    """A comment as it is going to be."""

    id: int | None
    version: int
    waiting: bool
    values: dict[str, Any]
    changed: set[str] = field(default_factory=set)
    source_item: Incoming | None = None

    def take(self, item: Incoming) -> Outcome:
        new = item.content()
        changed = {name for name in _CONTENT if self.values[name] != new[name]}
        if new["language"] is not None and new["language"] != self.values["language"]:
            changed.add("language")
        if not changed:
            return Outcome.UNCHANGED
        self.values.update({name: new[name] for name in changed})
        self.changed |= changed
        self.source_item = item
        if changed & _WORDING:
            self.version += 1
            self.waiting = True
        return Outcome.UPDATED


def keep(session: Session, items: Sequence[Incoming]) -> list[Kept]:
    """Stores or updates comments; sent again, nothing changes.

    A comment that comes more than once in ``items`` ends as the last of them says.

    Args:
        session: Of a transaction that writes (see :func:`~sedno.serving.store.transact.transact`).
        items: What came in.

    Returns:
        What came of each item, in order.

    Raises:
        RacedError: Another transaction stored one of them meanwhile; the transaction has to be
            begun anew.
    """
    current = _look_up(session, items)
    outcomes: list[Outcome] = []
    for item in items:
        known = current.get(item.key)
        if known is None:
            current[item.key] = _Current(None, 1, True, item.content(), source_item=item)
            outcomes.append(Outcome.STORED)
        else:
            outcomes.append(known.take(item))
    moment = now()
    _insert(session, current, moment)
    _update(session, current, moment)
    out: list[Kept] = []
    for item, outcome in zip(items, outcomes, strict=True):
        known = current[item.key]
        if known.id is None:
            raise AssertionError(f"{item.key} was not stored")
        out.append(Kept(known.id, known.version, outcome, known.waiting))
    return out


def _look_up(session: Session, items: Sequence[Incoming]) -> dict[tuple[str, str], _Current]:
    table = StoredComment
    # In one order, so that two who write the same comments wait instead of locking each other.
    keys = sorted({item.key for item in items})
    names = ("id", "source", "external_id", "version", "state", "language", *_CONTENT)
    found: dict[tuple[str, str], _Current] = {}
    for start in range(0, len(keys), _AT_ONCE):
        rows = session.execute(
            select(*(getattr(table, name) for name in names))
            .where(tuple_(table.source, table.external_id).in_(keys[start : start + _AT_ONCE]))
            .order_by(table.id)
            .with_for_update()
        ).mappings()
        for row in rows:
            values = {name: row[name] for name in ("language", *_CONTENT)}
            known = _Current(row["id"], row["version"], row["state"] == WAITING, values)
            found[row["source"], row["external_id"]] = known
    return found


def _insert(session: Session, current: dict[tuple[str, str], _Current], moment: datetime) -> None:
    fresh = {key: known for key, known in current.items() if known.id is None}
    if not fresh:
        return
    rows = [
        {
            "source": key[0],
            "external_id": key[1],
            **known.values,
            **(known.source_item.derived() if known.source_item else {}),
            "at": known.values["posted_at"] or moment,
            "received_at": moment,
            "received_day": day_of(moment),
            "updated_at": moment,
            "version": known.version,
            "state": WAITING,
            "needs_review": False,
            "doubt": 0.0,
            "priority": 0.0,
            "review_state": "none",
        }
        for key, known in fresh.items()
    ]
    columns = (StoredComment.id, StoredComment.source, StoredComment.external_id)
    if session.get_bind().dialect.name == "sqlite":
        stored = session.execute(insert(StoredComment).returning(*columns), rows)
    else:
        statement = postgresql.insert(StoredComment).on_conflict_do_nothing(
            index_elements=["source", "external_id"]
        )
        stored = session.execute(statement.returning(*columns), rows)
    for number, source, external_id in stored:
        fresh[source, external_id].id = number
    if any(known.id is None for known in fresh.values()):
        raise RacedError


def _update(session: Session, current: dict[tuple[str, str], _Current], moment: datetime) -> None:
    # One statement for each set of columns: few, since feeds change the same ones.
    groups: dict[frozenset[str], list[_Current]] = {}
    for known in current.values():
        if known.changed and known.id is not None:
            groups.setdefault(frozenset(known.changed), []).append(known)
    for changed, many in groups.items():
        rows = []
        for known in many:
            row = {name: known.values[name] for name in changed}
            if changed & _WORDING:
                row |= {**_UNANSWERED, "version": known.version}
            if "text" in changed and known.source_item is not None:
                row |= known.source_item.derived()
            if "posted_at" in changed:
                row["at"] = known.values["posted_at"] or moment
            rows.append({**row, "updated_at": moment, "of_id": known.id})
        values: dict[str, Any] = {name: bindparam(name) for name in rows[0] if name != "of_id"}
        session.connection().execute(
            update(StoredComment).where(StoredComment.id == bindparam("of_id")).values(values),
            rows,
        )
    reworded = [known.id for known in current.values() if known.id and known.changed & _WORDING]
    if reworded:
        content_changed(session, reworded)
        flow.forget(session, reworded)
    _weigh(session, [known for known in current.values() if "reach" in known.changed])


def _weigh(session: Session, changed: Sequence[_Current]) -> None:
    """Puts comments whose reach has changed in their place of the queue."""
    ids = [known.id for known in changed if known.id is not None and not known.waiting]
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), _AT_ONCE):
        found = session.execute(
            select(StoredComment.id, StoredComment.answer, StoredComment.reach).where(
                StoredComment.id.in_(ids[start : start + _AT_ONCE])
            )
        )
        rows += [
            {"of_id": row.id, "priority": priority(row.answer, row.reach).value} for row in found
        ]
    if rows:
        session.connection().execute(
            update(StoredComment)
            .where(StoredComment.id == bindparam("of_id"))
            .values(priority=bindparam("priority")),
            rows,
        )

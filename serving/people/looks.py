"""Which comments a person was shown: one entry of the audit log a page, and the way back.

An entry holds the numbers of its comments as text, ``3,17-19``. To find the entries that name a
comment, an index beside the log says which blocks of numbers each entry touches: a few rows a page,
where a row a comment would make downloads of everything as large as the comments themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry, AuditLook

BLOCK: Final = 256
"""So many numbers of comments share a row of the index."""

KEY: Final = "comments"
"""Where the numbers stand in an entry's detail."""

_AT_ONCE = 500

T = TypeVar("T")


class Look(NamedTuple):
    """That somebody was shown a comment, or did something to it."""

    at: datetime
    action: str
    actor_kind: str


def record_looks(
    session: Session,
    actor: Actor,
    action: str,
    subject: Subject,
    ids: Iterable[int],
    *,
    programs: bool = False,
    **detail: Any,
) -> None:
    """Writes an entry if a person is shown comments; what programs read is in their own logs.

    Args:
        session: The transaction, to be committed before anything is shown.
        actor: Who looks.
        action: What, as ``noun.verb``.
        subject: The list or file.
        ids: Numbers of the comments in it.
        programs: Whether it is written down if a program does it, too.
        detail: More, as JSON values. Never words of a comment nor words that were looked for.
    """
    if not actor.is_person and not programs:
        return
    shown = sorted(set(ids))
    entry = record(session, actor, action, subject, **detail, **{KEY: pack(shown)})
    if shown:
        session.flush()
        rows = [
            {"block": block, "entry_id": entry.id}
            for block in sorted({number // BLOCK for number in shown})
        ]
        session.execute(insert(AuditLook), rows)


def noted(
    parts: Iterable[Sequence[T]],
    database: Database,
    actor: Actor,
    action: str,
    subject: Subject,
    ids: Any,
) -> Iterator[Sequence[T]]:
    """The parts of a download, each written down before it is given.

    Args:
        parts: As they are read.
        database: Where the log is.
        actor: Who downloads.
        action: What, as ``noun.verb``.
        subject: The file.
        ids: Gives the numbers of the comments in a part.
    """
    for part in parts:
        if actor.is_person:
            with database.transaction() as session:
                record_looks(session, actor, action, subject, ids(part))
        yield part


def looks_at(session: Session, ids: Collection[int]) -> dict[int, list[Look]]:
    """Looks at comments and what was done to them, the oldest first.

    Args:
        session: A session that reads.
        ids: Numbers of the comments.
    """
    wanted = sorted(set(ids))
    found: dict[int, dict[int, Look]] = defaultdict(dict)
    columns = (AuditEntry.id, AuditEntry.at, AuditEntry.action, AuditEntry.actor_kind)
    for start in range(0, len(wanted), _AT_ONCE):
        names = [str(number) for number in wanted[start : start + _AT_ONCE]]
        rows = session.execute(
            select(*columns, AuditEntry.subject).where(
                AuditEntry.subject_kind == "comment", AuditEntry.subject.in_(names)
            )
        )
        for row in rows:
            found[int(row.subject)][row.id] = Look(row.at, row.action, row.actor_kind)
    blocks = sorted({number // BLOCK for number in wanted})
    for start in range(0, len(blocks), _AT_ONCE):
        touched = select(AuditLook.entry_id).where(
            AuditLook.block.in_(blocks[start : start + _AT_ONCE])
        )
        rows = session.execute(
            select(*columns, AuditEntry.detail).where(AuditEntry.id.in_(touched))
        )
        for row in rows:
            for number in unpack(row.detail.get(KEY, "")).intersection(wanted):
                found[number][row.id] = Look(row.at, row.action, row.actor_kind)
    return {number: [entries[key] for key in sorted(entries)] for number, entries in found.items()}


def pack(numbers: Sequence[int]) -> str:
    """Numbers in their order as text, those that follow each other as one range."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(f"{a}-{b}" if b > a else str(a) for a, b in spans)


def unpack(text: str) -> set[int]:
    """The numbers that :func:`pack` wrote."""
    found: set[int] = set()
    for span in text.split(",") if text else ():
        first, _, last = span.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found

"""What happened to a stored topic, and what the audit log knows of runs."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.topics import pages
from sedno.serving.topics.history import Change, Run, changes_of


def changes(session: Session, topic_id: str) -> tuple[Change, ...]:
    """What happened to a topic, the newest first; nothing before the first run."""
    state = pages.state(session)
    if state is None:
        return ()
    return changes_of(
        topic_id, state.events, state.edits, names=pages.names(session), runs=runs(session)
    )


def runs(session: Session) -> dict[int, Run]:
    """Runs by number, as far back as the audit log goes (``SEDNO_AUDIT_DAYS``)."""
    query = select(AuditEntry.at, AuditEntry.actor, AuditEntry.detail).where(
        AuditEntry.subject_kind == "topics",
        AuditEntry.subject == "all",
        AuditEntry.action == "topics.found",
    )
    rows = session.execute(query.order_by(AuditEntry.id))
    return {int(row.detail["run"]): Run(row.at, row.actor) for row in rows if "run" in row.detail}

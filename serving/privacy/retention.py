"""How long comments are kept, by source, and the removal of what is older."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.orm import Session

from sedno.serving.jobs.board import ENDED
from sedno.serving.people.actor import Actor, system
from sedno.serving.people.audit import Subject, record
from sedno.serving.privacy.erase import Erased, erase_where, scrub
from sedno.serving.settings import Settings
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry, RetentionRule
from sedno.serving.store.tables.comments import NAME_CHARS, StoredComment
from sedno.serving.store.tables.faq import DELIVERED, FAILED, WebhookDelivery
from sedno.serving.store.tables.jobs import Job, JobItem
from sedno.serving.store.tables.people import LoginAttempt, LoginLink, WebSession

OTHERS = "*"
"""Stands in a rule for all sources that have none of their own."""

MOST_DAYS = 36_500

_ATTEMPTS_KEPT = timedelta(days=1)
_JOBS_KEPT = timedelta(days=30)
_PORTION = 5_000
_KEEPER = system("retention")


class RetentionError(ValueError):
    """A rule that cannot be; the message names the value and the remedy."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What one run removed.

    Attributes:
        comments: Comments by source.
        audit_entries: Entries of the audit log.
        jobs: Jobs that ended long ago.
        messages: Messages of webhooks.
    """

    comments: dict[str, int]
    audit_entries: int
    jobs: int = 0
    messages: int = 0


def set_rule(session: Session, actor: Actor, source: str, days: int | None) -> None:
    """Sets how long the comments of a source are kept, counted from when they came.

    Args:
        session: The transaction.
        actor: Who sets it.
        source: The source, or ``*`` for all others.
        days: Days; ``None`` takes the rule away.

    Raises:
        RetentionError: The source or the days are none.
    """
    if not source.strip() or len(source) > NAME_CHARS:
        raise RetentionError(f"source {source[:60]!r}: 1 to {NAME_CHARS} characters")
    if days is not None and not 1 <= days <= MOST_DAYS:
        raise RetentionError(f"days {days}: 1 to {MOST_DAYS}; to erase all, see 'privacy erase'")
    rule = session.get(RetentionRule, source)
    if days is None:
        if rule is None:
            raise RetentionError(f"source {source[:60]!r} has no rule; nothing is changed")
        session.delete(rule)
    elif rule is None:
        session.add(RetentionRule(source=source, days=days, updated_at=now()))
    else:
        rule.days, rule.updated_at = days, now()
    record(session, actor, "retention.set", Subject("source", source), days=days)


def rules(session: Session, settings: Settings) -> dict[str, int | None]:
    """Days by source; ``*`` is always there, ``None`` days mean for ever."""
    kept: dict[str, int | None] = {OTHERS: settings.retention_days}
    for rule in session.scalars(select(RetentionRule).order_by(RetentionRule.source)):
        kept[rule.source] = rule.days
    return kept


def apply(database: Database, settings: Settings) -> Removed:
    """Removes what is kept longer than its rule says. Safe to run at any time, by many at once."""
    with database.session() as session:
        kept = rules(session, settings)
        sources = list(_sources(session))
    removed: dict[str, int] = {}
    for source in sources:
        days = kept.get(source, kept[OTHERS])
        if days is not None:
            erased = _remove(database, source, days)
            if erased.comments:
                removed[source] = erased.comments
    if removed:
        scrub(database)
    entries = _forget_entries(database, settings.audit_days)
    _forget_logins(database)
    return Removed(
        removed,
        entries,
        _forget_jobs(database, settings.job_days),
        _forget_messages(database, settings.webhook_days),
    )


def _remove(database: Database, source: str, days: int) -> Erased:
    oldest = now() - timedelta(days=days)
    erased = erase_where(
        database, and_(StoredComment.source == source, StoredComment.received_at < oldest)
    )
    if erased.comments:
        with database.transaction() as session:
            subject = Subject("source", source)
            record(
                session, _KEEPER, "retention.applied", subject, days=days, comments=erased.comments
            )
    return erased


def _sources(session: Session) -> Iterator[str]:
    """All sources; each found by one step in the index, however many comments it has."""
    last = ""
    while True:
        query = select(StoredComment.source).where(StoredComment.source > last)
        found = session.scalar(query.order_by(StoredComment.source).limit(1))
        if found is None:
            return
        yield found
        last = found


def _forget_entries(database: Database, days: int) -> int:
    oldest = now() - timedelta(days=days)
    count = 0
    while True:
        with database.transaction() as session:
            query = select(AuditEntry.id).where(AuditEntry.at < oldest)
            ids = list(session.scalars(query.order_by(AuditEntry.at).limit(_PORTION)))
            session.execute(delete(AuditEntry).where(AuditEntry.id.in_(ids)))
        count += len(ids)
        if len(ids) < _PORTION:
            return count


def _forget_logins(database: Database) -> None:
    at = now()
    with database.transaction() as session:
        session.execute(delete(WebSession).where(WebSession.expires_at < at))
        session.execute(delete(LoginLink).where(LoginLink.expires_at < at))
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - _ATTEMPTS_KEPT))


def _forget_jobs(database: Database, days: int) -> int:
    """Deletes jobs that ended long ago, with their results.

    Those that were given up go sooner: rows of files still wait in them.
    """
    done = now() - timedelta(days=days)
    given_up = min(timedelta(days=days), _JOBS_KEPT)
    old = or_(
        and_(Job.state == "done", Job.finished_at < done),
        and_(Job.state.in_(("failed", "cancelled")), Job.finished_at < now() - given_up),
    )
    with database.session() as session:
        ids = list(session.scalars(select(Job.id).where(old)))
    for job_id in ids:
        # A job may have a million results: others write in between.
        while _forget_results(database, job_id):
            pass
        with database.transaction() as session:
            # Somebody may have had it tried again meanwhile.
            session.execute(delete(Job).where(Job.id == job_id, old))
    return len(ids)


def _forget_results(database: Database, job_id: int) -> bool:
    """Deletes a portion of a job's results; whether there was a whole one."""
    with database.transaction() as session:
        job = session.get(Job, job_id)
        if job is None or job.state not in ENDED:
            return False
        query = select(JobItem.position).where(JobItem.job_id == job_id)
        last = session.scalars(query.order_by(JobItem.position).limit(_PORTION)).all()
        if last:
            session.execute(
                delete(JobItem).where(JobItem.job_id == job_id, JobItem.position <= last[-1])
            )
    return len(last) == _PORTION


def _forget_messages(database: Database, days: int) -> int:
    """Deletes messages of webhooks that arrived or were given up long ago."""
    oldest = now() - timedelta(days=days)
    count = 0
    while True:
        with database.transaction() as session:
            query = select(WebhookDelivery.id).where(
                WebhookDelivery.state.in_((DELIVERED, FAILED)),
                # Of one that was given up the last attempt is what its next time was set by.
                func.coalesce(WebhookDelivery.delivered_at, WebhookDelivery.next_at) < oldest,
            )
            ids = list(session.scalars(query.limit(_PORTION)))
            session.execute(delete(WebhookDelivery).where(WebhookDelivery.id.in_(ids)))
        count += len(ids)
        if len(ids) < _PORTION:
            return count

"""Published answers to what is asked all the same, for the weekly digest."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.faq.entries import ASKED
from sedno.serving.faq.still import Still, still_of
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry, FaqSource, FaqVersion
from sedno.serving.topics import pages
from sedno.serving.topics.choice import APART
from sedno.serving.topics.digest import Persisting
from sedno.serving.topics.taking import scope_of
from sedno.serving.topics.wanted import ALL, Wanted


def persisting(
    session: Session, *, scope: str | None = None, wanted: Wanted = ALL
) -> list[Persisting]:
    """Published entries whose question did not become less, the most asked first.

    Args:
        session: Where.
        scope: Only those made from comments of a source, or of whatever keeps topics apart.
        wanted: Only those about a product (or all products) and in a language; as things stood
            at the end of its last week.
    """
    query = select(FaqEntry, FaqVersion).join(
        FaqVersion,
        (FaqVersion.entry_id == FaqEntry.id) & (FaqVersion.number == FaqEntry.published_version),
    )
    if wanted.language is not None:
        query = query.where(FaqEntry.language == wanted.language)
    rows = [
        (entry, wording)
        for entry, wording in session.execute(query.order_by(FaqEntry.id))
        if wanted.product is None or not wording.products or wanted.product in wording.products
    ]
    if scope is not None:
        there = _made_in(session, scope)
        rows = [(entry, wording) for entry, wording in rows if entry.id in there]
    still = still_of(session, [entry for entry, _ in rows], at=_until(wanted))
    found = [
        _line(entry, wording, still[entry.id])
        for entry, wording in rows
        if still[entry.id].persists
    ]
    return sorted(found, key=lambda line: (-line.weekly_after, line.entry))


def _made_in(session: Session, scope: str) -> set[int]:
    """Entries that were made from comments of a scope, by what keeps topics apart."""
    state = pages.state(session)
    apart = state.apart if state else APART[0]
    query = (
        select(FaqSource.entry_id, StoredComment)
        .join(
            FaqEntry, (FaqEntry.id == FaqSource.entry_id) & (FaqEntry.version == FaqSource.number)
        )
        .join(StoredComment, StoredComment.id == FaqSource.comment_id)
        .where(FaqSource.kind == ASKED)
    )
    rows = session.execute(query.execution_options(yield_per=1_000))
    return {entry for entry, comment in rows if scope_of(comment, apart) == scope}


def _until(wanted: Wanted) -> datetime | None:
    """The end of the last week that is asked for, where it is over."""
    last = wanted.last_week
    if last is None or last >= now().date():
        return None
    sunday = last + timedelta(days=6 - last.weekday())
    return min(now(), datetime.combine(sunday, time.min, UTC) + timedelta(days=1))


def _line(entry: FaqEntry, wording: FaqVersion, still: Still) -> Persisting:
    return Persisting(
        entry=entry.id,
        question=wording.question,
        language=entry.language,
        topic=entry.topic,
        weekly_before=still.weekly_before,
        weekly_after=still.weekly_after,
        p_value=still.p_value,
    )

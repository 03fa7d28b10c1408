"""Answered, but still asked: whether publishing an answer reduced the question."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, Literal

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.faq.entries import ASKED, comments_of, sources_of
from sedno.serving.faq.material import vector_of
from sedno.serving.review.alike import SEARCHED, SIMILAR
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry

WEEKS: Final = 16
"""Weeks that are shown."""

WINDOW: Final = timedelta(weeks=8)
"""Longest time before and after publishing that is compared."""

SHORTEST: Final = timedelta(days=7)
ALPHA: Final = 0.05

Verdict = Literal["less", "more", "same", "early", "unpublished"]


@dataclass(frozen=True, slots=True)
class Still:
    """How often the question is asked.

    Attributes:
        weeks: Comments by week (its Monday, UTC), weeks without any included.
        before: Comments that asked in the time before publishing.
        after: Comments that asked in as long a time after it.
        days: Length of those times in days.
        p_value: Probability of so great a difference if the question's share of all questions
            had stayed the same (exact binomial test, two-sided); 1 where nothing is compared.
        verdict: ``less`` or ``more`` where that is below :data:`ALPHA`, else ``same``; ``early``
            in the first week, ``unpublished`` before.
    """

    weeks: list[tuple[date, int]]
    before: int = 0
    after: int = 0
    days: int = 0
    p_value: float = 1.0
    verdict: Verdict = "unpublished"


def still_asked(session: Session, entry: FaqEntry, *, at: datetime | None = None) -> Still:
    """Counts the comments that ask the question, by week and around its publishing.

    A comment asks it if the entry was made from it, or if the model calls it a question and its
    embedding is as near to those as comments that are shown as similar.

    Args:
        session: Where.
        entry: The entry.
        at: Until when; now where not given.
    """
    until = at or now()
    published = entry.first_published_at
    since = min(until - timedelta(weeks=WEEKS), (published or until) - WINDOW)
    asked, every = _times(session, entry, since, until)
    weeks = _weeks(asked, until)
    if published is None:
        return Still(weeks)
    window = min(WINDOW, until - published)
    if window < SHORTEST:
        return Still(weeks, verdict="early")
    counted = [
        sum(start <= when < start + window for when in times)
        for times in (asked, every)
        for start in (published - window, published)
    ]
    before, after, all_before, all_after = counted
    share = all_after / (all_before + all_after) if all_before + all_after else 0.5
    p_value = binomial(after, before + after, share)
    verdict: Verdict = "same"
    if p_value < ALPHA:
        verdict = "less" if after < (before + after) * share else "more"
    return Still(weeks, before, after, window.days, p_value, verdict)


def binomial(hits: int, trials: int, share: float) -> float:
    """Exact two-sided binomial test: the probability of all that is no likelier than ``hits``."""
    if not trials or not 0 < share < 1:
        return 1.0
    logs = [
        math.lgamma(trials + 1)
        - math.lgamma(k + 1)
        - math.lgamma(trials - k + 1)
        + k * math.log(share)
        + (trials - k) * math.log1p(-share)
        for k in range(trials + 1)
    ]
    # As likely counts as such although floating numbers differ in their last digits.
    return min(1.0, math.fsum(math.exp(log) for log in logs if log <= logs[hits] + 1e-9))


def _times(
    session: Session, entry: FaqEntry, since: datetime, until: datetime
) -> tuple[list[datetime], list[datetime]]:
    """When the question was asked, and when any question was, at the same sources."""
    ids = {
        source.comment_id
        for source in sources_of(session, entry.id, entry.version)
        if source.kind == ASKED
    }
    own = list(comments_of(session, ids).values())
    known = [vector for vector in map(vector_of, own) if vector is not None]
    if not own:
        return [], []
    middle = np.mean(known, axis=0) if known else None
    if middle is not None:
        middle /= max(float(np.linalg.norm(middle)), 1e-6)
    rows = session.scalars(
        select(StoredComment)
        .where(
            StoredComment.source.in_({comment.source for comment in own}),
            StoredComment.question == "question",
            StoredComment.at >= since,
            StoredComment.at < until,
        )
        .order_by(StoredComment.at.desc(), StoredComment.id.desc())
        .limit(SEARCHED)
        .execution_options(yield_per=1_000)
    )
    asked: list[datetime] = []
    every: list[datetime] = []
    for comment in rows:
        every.append(comment.at)
        vector = vector_of(comment)
        near = (
            vector is not None
            and middle is not None
            and vector.shape == middle.shape
            and float(vector @ middle) >= SIMILAR
        )
        if near or comment.id in ids:
            asked.append(comment.at)
    return asked, every


def _weeks(times: list[datetime], until: datetime) -> list[tuple[date, int]]:
    counts = Counter(_monday(when) for when in times)
    last = _monday(until)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [(monday, counts[monday]) for monday in mondays]


def _monday(when: datetime) -> date:
    day = when.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())

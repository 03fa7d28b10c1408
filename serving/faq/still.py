"""Answered, but still asked: whether publishing an answer reduced the question."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.models.binomial import log_probability
from sedno.serving.faq.entries import ASKED
from sedno.serving.faq.material import unit_of
from sedno.serving.review.alike import SEARCHED, SIMILAR
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry, FaqSource

WEEKS: Final = 16
"""Weeks that are shown."""

WINDOW: Final = timedelta(weeks=8)
"""Longest time before and after publishing that is compared."""

SHORTEST: Final = timedelta(days=7)
ALPHA: Final = 0.05
_PORTION: Final = 500

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

    @property
    def compared(self) -> bool:
        """Whether there was time enough to compare."""
        return self.days > 0

    @property
    def persists(self) -> bool:
        """Whether it is answered, but still asked: it is, and did not become less by the test."""
        return self.verdict in {"same", "more"} and self.after > 0

    @property
    def weekly_before(self) -> float:
        """Comments a week before publishing."""
        return self._weekly(self.before)

    @property
    def weekly_after(self) -> float:
        """Comments a week after it."""
        return self._weekly(self.after)

    def _weekly(self, number: int) -> float:
        return round(7 * number / self.days, 1) if self.days else 0.0


@dataclass(frozen=True, slots=True)
class _Asks:
    """What an entry was made from.

    Attributes:
        ids: Comments that ask it.
        sources: Their sources.
        middle: Mean of their embeddings, of length 1; ``None`` where none has one.
    """

    ids: frozenset[int]
    sources: frozenset[str]
    middle: NDArray[np.float32] | None


@dataclass(slots=True)
class _Times:
    """When a question was asked, and when any question was, at the same sources; by time."""

    asked: list[datetime] = field(default_factory=list)
    every: list[datetime] = field(default_factory=list)


def still_asked(session: Session, entry: FaqEntry, *, at: datetime | None = None) -> Still:
    """Counts the comments that ask the question, by week and around its publishing.

    A comment asks it if the entry was made from it, or if the model calls it a question and its
    embedding is as near to those as comments that are shown as similar.

    Args:
        session: Where.
        entry: The entry.
        at: Until when; now where not given.
    """
    return still_of(session, [entry], at=at)[entry.id]


def still_of(
    session: Session, found: Sequence[FaqEntry], *, at: datetime | None = None
) -> dict[int, Still]:
    """The same for many entries at once, by their ids: comments of a source are read once.

    Args:
        session: Where.
        found: The entries.
        at: Until when; now where not given.
    """
    until = at or now()
    asks = _asks(session, [entry.id for entry in found])
    groups: dict[tuple[frozenset[str], int], list[FaqEntry]] = defaultdict(list)
    for entry in found:
        if entry.id in asks:
            middle = asks[entry.id].middle
            key = (asks[entry.id].sources, 0 if middle is None else len(middle))
            groups[key].append(entry)
    times: dict[int, _Times] = {}
    for (sources, _), group in groups.items():
        since = min(_since(entry, until) for entry in group)
        own = {entry.id: asks[entry.id] for entry in group}
        times |= _times(session, own, sources, since, until)
    return {entry.id: _compared(entry, times.get(entry.id, _Times()), until) for entry in found}


def _since(entry: FaqEntry, until: datetime) -> datetime:
    return min(until - timedelta(weeks=WEEKS), (entry.first_published_at or until) - WINDOW)


def _compared(entry: FaqEntry, times: _Times, until: datetime) -> Still:
    published = entry.first_published_at
    weeks = _weeks(times.asked, until)
    if published is None:
        return Still(weeks)
    window = min(WINDOW, until - published)
    if window < SHORTEST:
        return Still(weeks, verdict="early")
    counted = [
        bisect_left(asked, start + window) - bisect_left(asked, start)
        for asked in (times.asked, times.every)
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
    logs = [log_probability(k, trials, share) for k in range(trials + 1)]
    # As likely counts as such although floating numbers differ in their last digits.
    return min(1.0, math.fsum(math.exp(log) for log in logs if log <= logs[hits] + 1e-9))


def _asks(session: Session, ids: Sequence[int]) -> dict[int, _Asks]:
    """What entries were made from, by their ids; those that no comment is left of are missing."""
    rows: dict[int, list[Any]] = defaultdict(list)
    for start in range(0, len(ids), _PORTION):
        query = (
            select(
                FaqEntry.id.label("entry"),
                StoredComment.id,
                StoredComment.source,
                StoredComment.embedding,
            )
            .join(
                FaqSource,
                (FaqSource.entry_id == FaqEntry.id) & (FaqSource.number == FaqEntry.version),
            )
            .join(StoredComment, StoredComment.id == FaqSource.comment_id)
            .where(FaqSource.kind == ASKED, FaqEntry.id.in_(ids[start : start + _PORTION]))
        )
        for row in session.execute(query):
            rows[row.entry].append(row)
    return {
        entry: _Asks(
            frozenset(row.id for row in own),
            frozenset(row.source for row in own),
            _middle([row.embedding for row in own]),
        )
        for entry, own in rows.items()
    }


def _middle(embeddings: Sequence[bytes | None]) -> NDArray[np.float32] | None:
    known = [vector for vector in map(unit_of, embeddings) if vector is not None]
    if not known:
        return None
    # Of another model's, which are of another length, nothing can be said.
    known = [vector for vector in known if vector.shape == known[-1].shape]
    middle = np.mean(known, axis=0)
    return np.asarray(middle / max(float(np.linalg.norm(middle)), 1e-6), dtype=np.float32)


def _times(
    session: Session,
    asks: Mapping[int, _Asks],
    sources: frozenset[str],
    since: datetime,
    until: datetime,
) -> dict[int, _Times]:
    """When each question was asked, of entries whose embeddings have one length."""
    every: list[datetime] = []  # the same for all of them
    found = {entry: _Times(every=every) for entry in asks}
    middles = [one.middle for one in asks.values() if one.middle is not None]
    table = np.stack(middles) if middles else None
    order = list(asks)
    made_from: dict[int, set[int]] = defaultdict(set)
    for entry, own in asks.items():
        for number in own.ids:
            made_from[number].add(entry)
    rows = session.execute(
        select(StoredComment.id, StoredComment.at, StoredComment.embedding)
        .where(
            StoredComment.source.in_(sources),
            StoredComment.question == "question",
            StoredComment.at >= since,
            StoredComment.at < until,
        )
        .order_by(StoredComment.at.desc(), StoredComment.id.desc())
        .limit(SEARCHED)
        .execution_options(yield_per=1_000)
    )
    for row in rows:
        every.append(row.at)
        asking = set(made_from.get(row.id, ()))
        vector = unit_of(row.embedding) if table is not None else None
        if table is not None and vector is not None and vector.shape == table.shape[1:]:
            near = np.flatnonzero(table @ vector >= SIMILAR)
            asking.update(order[place] for place in near.tolist())
        for entry in asking:
            found[entry].asked.append(row.at)
    every.reverse()
    for times in found.values():
        times.asked.reverse()
    return found


def _weeks(times: list[datetime], until: datetime) -> list[tuple[date, int]]:
    counts = Counter(_monday(when) for when in times)
    last = _monday(until)
    mondays = [last - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    return [(monday, counts[monday]) for monday in mondays]


def _monday(when: datetime) -> date:
    day = when.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())

"""Weekly slices of a topic, and whether it is new, rising, fading or gone by a test.

Weeks run from Monday to Sunday in UTC. Nothing is called a trend because it looks like one: each
verdict comes with the probability of so strong a change if the topic's share had stayed the same.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from sedno.models.binomial import log_probability

Verdict = Literal["new", "rising", "fading", "gone", "steady", "unknown"]

ALPHA: Final = 0.05
"""False discovery rate among the topics of one scope (Benjamini and Hochberg 1995)."""

FEWEST_NEW: Final = 3
"""A new topic holds at least so many questions."""

_ALPHA_NEW: Final = 0.1
_STRAY: Final = 4
"""A new topic may hold one older question for so many of the last week: what was put there wrongly
must not hide that it is new."""
_NEWS: Final = frozenset({"new"})


@dataclass(frozen=True, slots=True)
class Trend:
    """How a topic's weekly share changes.

    Attributes:
        verdict: ``new`` (nearly all of it fell into the last week, which is unlikely by chance),
            ``rising`` and ``fading`` (share against the weeks before), ``gone`` (absent from the
            last weeks, where it was to be expected), ``steady``, or ``unknown`` where there are
            no times or only one week.
        statistic: z of the Cochran-Armitage test for a trend in the weekly shares; positive
            where the share grows. 0 where it cannot be had.
        p_value: Probability of a change as strong by chance, of the test that decided.
        q_value: The same, adjusted for the number of topics looked at.
        test: The test that decided: ``"binomial"``, ``"cochran-armitage"`` or ``"none"``.
    """

    verdict: Verdict
    statistic: float
    p_value: float
    q_value: float
    test: str

    def to_dict(self) -> dict[str, Any]:
        """The trend as plain JSON types."""
        return {
            "verdict": self.verdict,
            "statistic": round(self.statistic, 3),
            "p_value": float(f"{self.p_value:.3g}"),
            "q_value": float(f"{self.q_value:.3g}"),
            "test": self.test,
        }


NO_TREND: Final = Trend("unknown", 0.0, 1.0, 1.0, "none")


def monday(when: datetime) -> date:
    """The Monday of a time's week, in UTC."""
    day = when.astimezone(UTC).date()
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, last: date) -> tuple[date, ...]:
    """All Mondays from the first to the last, both included."""
    count = (last - first).days // 7 + 1
    return tuple(first + timedelta(weeks=week) for week in range(count))


def trends(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> list[Trend]:
    """The trend of each topic of a scope in the last week of the slices.

    ``new`` is decided by its own p-value, the others by q-values: a new topic that is missed costs
    more than one that turns out to be old.

    Args:
        counts: ``(topics, weeks)`` questions of each topic.
        totals: ``(weeks,)`` questions of the scope, those of no topic included.

    Returns:
        One trend a topic, in order.
    """
    if counts.shape[1] < 2 or totals.sum() == 0:
        return [NO_TREND] * counts.shape[0]
    found = [_trend(row, totals) for row in counts]
    adjusted = benjamini_hochberg([trend.p_value for trend in found])
    return [
        replace(
            trend,
            q_value=q,
            verdict=trend.verdict if q <= ALPHA or trend.verdict in _NEWS else "steady",
        )
        for trend, q in zip(found, adjusted, strict=True)
    ]


def _trend(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> Trend:
    seen = np.flatnonzero(counts)
    if not seen.size:
        return NO_TREND
    z = cochran_armitage(counts, totals)
    last = counts.size - 1
    everything = float(totals.sum())
    now, before = int(counts[last]), int(counts[:last].sum())
    if seen[0] == last or few_before(now, before):
        # Were it as common before, so much of it would fall into the last week so often.
        p = at_least(now, now + before, float(totals[last]) / everything)
        if now >= FEWEST_NEW and p <= _ALPHA_NEW:
            return Trend("new", z, p, p, "binomial")
        if seen[0] == last:
            return Trend("steady", z, p, p, "binomial")
    absent = last - int(seen[-1])
    if absent >= 2 or (absent == 1 and counts[: seen[-1] + 1].sum() >= 5):
        share = float(totals[: seen[-1] + 1].sum()) / everything
        p = share ** int(counts.sum())
        return Trend("gone", z, p, p, "binomial")
    p = math.erfc(abs(z) / math.sqrt(2.0))
    return Trend("rising" if z > 0 else "fading", z, p, p, "cochran-armitage")


def few_before(now: int, before: int) -> bool:
    """Whether something asked so often in the last week and before it may count as new."""
    return now >= FEWEST_NEW and before <= now // _STRAY


def at_least(successes: int, trials: int, chance: float) -> float:
    """Probability of so many successes or more in trials, each with this chance (binomial)."""
    if chance >= 1.0 or successes <= 0:
        return 1.0
    if chance <= 0.0:
        return 0.0
    logs = (log_probability(hits, trials, chance) for hits in range(successes, trials + 1))
    return min(1.0, math.fsum(map(math.exp, logs)))


def cochran_armitage(counts: NDArray[np.int64], totals: NDArray[np.int64]) -> float:
    """Z of the trend in shares over equally spaced weeks (Cochran 1954, Armitage 1955).

    Args:
        counts: ``(weeks,)`` questions of the topic.
        totals: ``(weeks,)`` questions of the scope.

    Returns:
        z; 0 where the topic is everything or nothing, or all fell into one week.
    """
    weight = totals.astype(np.float64)
    total = weight.sum()
    share = counts.sum() / total if total else 0.0
    score = np.arange(counts.size, dtype=np.float64)
    score -= (score * weight).sum() / total if total else 0.0
    variance = share * (1.0 - share) * float((weight * score**2).sum())
    return float((counts * score).sum() / math.sqrt(variance)) if variance > 0 else 0.0


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Adjusts p-values so that a limit on them bounds the false discovery rate."""
    p = np.asarray(p_values, dtype=np.float64)
    if not p.size:
        return []
    order = np.argsort(p, kind="stable")
    scaled = p[order] * p.size / np.arange(1, p.size + 1)
    lowest = np.minimum.accumulate(scaled[::-1])[::-1]
    out = np.empty_like(p)
    out[order] = np.minimum(lowest, 1.0)
    return [float(value) for value in out]

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pytest
from scipy.stats import binom

from sedno.models.topics.weeks import (
    at_least,
    benjamini_hochberg,
    cochran_armitage,
    monday,
    trends,
)

TOTALS = np.array([50, 50, 50, 50, 50, 50])


def verdict(*counts: int) -> str:
    """The verdict on one topic among others that do not change."""
    rows = np.array([counts, [8] * len(counts)])
    return trends(rows, TOTALS[: len(counts)])[0].verdict


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((0, 0, 0, 0, 0, 6), "new"),
        ((0, 1, 0, 0, 0, 6), "new"),
        ((0, 2, 0, 0, 0, 6), "rising"),
        ((0, 0, 0, 0, 0, 2), "steady"),
        ((0, 3), "steady"),
        ((0, 4), "new"),
        ((0, 6), "new"),
        ((1, 2, 5, 9, 14, 20), "rising"),
        ((20, 14, 9, 5, 2, 1), "fading"),
        ((9, 8, 9, 0, 0, 0), "gone"),
        ((5, 6, 5, 6, 5, 6), "steady"),
        ((4,), "unknown"),
    ],
)
def test_the_verdict_follows_the_weeks(counts: tuple[int, ...], expected: str) -> None:
    """A change that chance explains is none."""
    assert verdict(*counts) == expected


def test_the_trend_statistic_has_the_sign_of_the_change() -> None:
    """Known value: shares of 1 to 3 in 10 over three weeks."""
    z = cochran_armitage(np.array([1, 2, 3]), np.array([10, 10, 10]))
    assert z == pytest.approx(1.1180, abs=1e-3)
    assert cochran_armitage(np.array([3, 2, 1]), np.array([10, 10, 10])) == pytest.approx(-z)
    assert cochran_armitage(np.array([10, 10]), np.array([10, 10])) == 0.0


@pytest.mark.parametrize(
    ("successes", "trials", "chance"),
    [(3, 3, 0.5), (4, 5, 0.3), (60, 70, 0.7), (900, 1_000, 0.9), (0, 4, 0.2), (2, 2, 1.0)],
)
def test_the_binomial_tail_is_scipys(successes: int, trials: int, chance: float) -> None:
    """Written out, to the last digits that matter."""
    wanted = float(binom.sf(successes - 1, trials, chance))
    assert at_least(successes, trials, chance) == pytest.approx(wanted, rel=1e-9)


def test_p_values_are_adjusted_for_their_number() -> None:
    """Benjamini and Hochberg's own rule."""
    assert benjamini_hochberg([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.04, 0.04])
    assert benjamini_hochberg([]) == []


def test_weeks_begin_on_monday_in_utc() -> None:
    """Sunday night belongs to the week before."""
    assert monday(datetime(2026, 3, 1, 23, 59, tzinfo=UTC)) == date(2026, 2, 23)
    assert monday(datetime(2026, 3, 2, 0, 0, tzinfo=UTC)) == date(2026, 3, 2)

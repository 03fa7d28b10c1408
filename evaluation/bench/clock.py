"""Timing things side by side, so that a busy minute hits all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(work: Mapping[str, Callable[[], object]], *, rounds: int) -> dict[str, list[float]]:
    """Runs every piece of work once a round, in alternating order.

    Args:
        work: Name -> what to time. Each should be warm already.
        rounds: How many times each runs.

    Returns:
        Name -> wall time of every round, in seconds.
    """
    times: dict[str, list[float]] = {name: [] for name in work}
    for number in range(rounds):
        names = list(work) if number % 2 == 0 else list(work)[::-1]
        for name in names:
            started = time.perf_counter()
            work[name]()
            times[name].append(time.perf_counter() - started)
    return times


def median_ratio(slow: list[float], fast: list[float]) -> float:
    """Median over rounds of how many times longer ``slow`` took than ``fast``."""
    return statistics.median(one / other for one, other in zip(slow, fast, strict=True))


def percentile(values: list[float], share: float) -> float:
    """The value that ``share`` of ``values`` do not exceed (nearest rank)."""
    ordered = sorted(values)
    rank = max(1, round(share * len(ordered) + 0.5 - 1e-9))
    return ordered[min(rank, len(ordered)) - 1]

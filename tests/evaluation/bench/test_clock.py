from __future__ import annotations

import pytest

from sedno.evaluation.bench.clock import interleaved, median_ratio, percentile


def test_work_alternates_so_that_a_busy_minute_hits_all_alike() -> None:
    """Every round runs everything, each second one in the other order."""
    order: list[str] = []
    times = interleaved({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, rounds=3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(values) for name, values in times.items()} == {"a": 3, "b": 3}


def test_the_ratio_is_taken_round_by_round() -> None:
    """A round in which both were slow counts like the others."""
    assert median_ratio([10.0, 100.0, 30.0], [1.0, 10.0, 2.0]) == pytest.approx(10.0)


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100)])
def test_percentiles_are_of_the_values_given(share: float, value: float) -> None:
    """Nearest rank, never between two values."""
    assert percentile([float(n) for n in range(100, 0, -1)], share) == value


def test_the_percentile_of_one_value_is_that_value() -> None:
    """Whatever the share."""
    assert percentile([7.0], 0.99) == 7.0

"""Counting repeats in constant memory."""

from __future__ import annotations

import random

import pytest

from sedno.serving import distinct
from sedno.serving.distinct import RepeatCounter


def test_nothing_added() -> None:
    """An empty stream has no repeats."""
    with RepeatCounter() as counter:
        assert counter.repeats() == 0


def test_counts_every_repeat_but_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count equals that of a set, over several passes and flushes."""
    monkeypatch.setattr(distinct, "_PER_PASS", 1000)
    rng = random.Random(7)
    values = [f"id-{rng.randrange(4000)}" for _ in range(9000)]
    with RepeatCounter() as counter:
        for value in values:
            counter.add(value)
        assert counter.repeats() == len(values) - len(set(values))


def test_may_go_on_after_a_count() -> None:
    """A count in the middle takes nothing away."""
    with RepeatCounter() as counter:
        for value in ("a", "b", "a"):
            counter.add(value)
        assert counter.repeats() == 1
        counter.add("b")
        assert counter.repeats() == 2

from __future__ import annotations

import random

from sedno.models.behaviour.rates import Stretch, fullest


def test_each_comment_gets_the_fullest_stretch_around_it() -> None:
    """Comments within a burst share its count, those before and after have none."""
    times = [0.0, 100.0, 101.0, 102.0, 103.0, 500.0]
    found = fullest(times, range(6), window=60, more_than=2)
    assert found == [None, *[Stretch(4, 3.0)] * 4, None]


def test_things_are_counted_once() -> None:
    """Many comments under one post are one post."""
    assert fullest([1, 2, 3, 4], ["p", "p", "p", "q"], window=60, more_than=2) == [None] * 4
    assert fullest([1, 2, 3, 4], ["p", "q", "p", "r"], window=60, more_than=2)[0] == Stretch(3, 3)


def test_a_stretch_is_no_longer_than_the_window() -> None:
    """The window's end counts in, what lies after it does not."""
    assert fullest([0, 30, 60], range(3), window=60, more_than=2)[0] == Stretch(3, 60)
    assert fullest([0, 30, 60.5], range(3), window=60, more_than=2) == [None] * 3


def test_it_is_what_trying_all_stretches_finds() -> None:
    """Over random times it agrees with the plain search over every pair."""
    chance = random.Random(11)
    for _ in range(50):
        times = sorted(float(chance.randint(0, 60)) for _ in range(25))
        posts = [chance.randint(0, 6) for _ in times]
        expected = []
        for place in range(len(times)):
            counts = [
                len(set(posts[first : last + 1]))
                for first in range(place + 1)
                for last in range(place, len(times))
                if times[last] - times[first] <= 10
            ]
            expected.append(max(counts) if max(counts) > 3 else None)
        found = fullest(times, posts, window=10, more_than=3)
        assert [stretch and stretch.count for stretch in found] == expected

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest
from rapidfuzz.distance import Levenshtein

from sedno.datasets.edits import NearStrings, allowed_edits


def brute_force(strings: Sequence[str], string: str) -> list[int]:
    """What comparing with every string finds."""
    return [
        position
        for position, other in enumerate(strings)
        if 0
        < Levenshtein.distance(string, other)
        <= min(allowed_edits(len(string)), allowed_edits(len(other)))
    ]


def edited(rng: random.Random, string: str, edits: int) -> str:
    """The string after a number of random edits."""
    letters = list(string)
    for _ in range(edits):
        place = rng.randrange(len(letters) + 1)
        kind = rng.randrange(3)
        if kind == 0:
            letters.insert(place, rng.choice("abc"))
        elif letters:
            place = min(place, len(letters) - 1)
            if kind == 1:
                del letters[place]
            else:
                letters[place] = rng.choice("abc")
    return "".join(letters)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_near_is_missed(seed: int) -> None:
    """Found is exactly what comparing with every string finds, on strings made to be hard."""
    rng = random.Random(seed)
    seeds = ["".join(rng.choices("abc", k=rng.randrange(1, 130))) for _ in range(12)]
    strings = list(
        dict.fromkeys(edited(rng, base, rng.randrange(12)) for base in seeds for _ in range(25))
    )
    index = NearStrings(strings)
    probes = [edited(rng, rng.choice(strings), rng.randrange(6)) for _ in range(120)]
    found = [index.near(probe) for probe in probes]
    assert found == [brute_force(strings, probe) for probe in probes]
    assert sum(map(len, found)) > 100


def test_short_strings_are_near_only_when_equal() -> None:
    """One letter makes another word of a short one."""
    assert NearStrings(["kasa", "super"]).near("kasy") == []


def test_longer_strings_may_differ_by_more() -> None:
    """The longer the text, the more slips of the pen it may hold, up to a limit."""
    assert [allowed_edits(length) for length in (5, 6, 23, 24, 60, 10_000)] == [0, 1, 1, 2, 5, 8]


def test_an_equal_string_is_not_near() -> None:
    """Equal strings are found by key."""
    assert NearStrings(["zamowienie"]).near("zamowienie") == []

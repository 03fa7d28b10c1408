"""Hashed n-grams against a plain count of the same."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sedno.datasets.textkey import fold
from sedno.models.lexical.features import KINDS, Counted, count_features

BITS = 22
TEXTS = [
    "Kiedy będzie DRUGI sezon?? Kiedy?!",
    "a",
    "",
    "super 😍😍",
    "dwa\nwiersze\ti  odstępy",
    "Коли знижка?",
    "ha " * 40,
]


def plain(text: str) -> tuple[Counter[str], Counter[str]]:
    """Words with pairs, and runs of characters, one by one."""
    words = re.findall(r"\w+|[^\w\s]", fold(" ".join(text.split())))
    pairs = [f"{first} {second}" for first, second in pairwise(words)]
    line = f" {' '.join(words)} "
    runs = [
        line[at : at + length]
        for length in range(2, 6)
        for at in range(len(line) - length + 1)
        if " " not in line[at + 1 : at + length - 1]
    ]
    return Counter([*words, *pairs]), Counter(run for run in runs if run != "  ")


def of(counted: Counted, text: int, kind: int) -> list[int]:
    """How often each feature of one kind occurs in one text, sorted."""
    return sorted(counted.count[counted.segment == text * KINDS + kind].tolist())


def test_counts_are_those_of_a_plain_count() -> None:
    """Words, pairs and runs of characters, of all texts in one go."""
    counted = count_features(TEXTS, BITS)
    for at, text in enumerate(TEXTS):
        for kind, expected in enumerate(plain(text)):
            assert of(counted, at, kind) == sorted(expected.values()), (text, kind)


@given(st.lists(st.text(max_size=40), max_size=6))
def test_any_text_can_be_counted(texts: list[str]) -> None:
    """Whatever the characters; in 4 million buckets a few hundred features rarely meet."""
    counted = count_features(texts, BITS)
    assert counted.texts == len(texts)
    assert (np.diff(counted.segment) >= 0).all()
    expected = sum(kind.total() for text in texts for kind in plain(text))
    assert counted.count.sum() == expected


def test_company_changes_nothing() -> None:
    """A text has the same features alone as among others."""
    together = count_features(TEXTS, BITS)
    for at, text in enumerate(TEXTS):
        alone = count_features([text], BITS)
        inside = together.segment // KINDS == at
        assert np.array_equal(together.bucket[inside], alone.bucket)
        assert np.array_equal(together.count[inside], alone.count)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Źródło ŻÓŁWIE", "zrodlo zolwie"), ("dwa  słowa", "dwa\nsłowa")],
)
def test_spelling_that_people_vary_is_one(one: str, other: str) -> None:
    """Case, Polish letters and spacing make no other features."""
    first, second = count_features([one], BITS), count_features([other], BITS)
    assert np.array_equal(first.bucket, second.bucket)


def test_buckets_are_spread() -> None:
    """Low and high bits of the hash are both used: few of many features meet."""
    words = [f"wyraz{number}" for number in range(3_000)]
    counted = count_features(words, 18)
    used = np.unique(counted.bucket).size
    different = {feature for word in words for kind in plain(word) for feature in kind}
    assert used > 0.96 * len(different)

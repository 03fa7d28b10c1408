from __future__ import annotations

import numpy as np

from sedno.evaluation.robustness.matched import CALIPER, length_auc, length_matched

RNG = np.random.default_rng(4)


def test_on_the_matched_part_length_tells_nothing() -> None:
    """Labels that follow length on all items are even on the part."""
    lengths = RNG.integers(5, 300, 800)
    truth = (lengths + RNG.normal(0, 80, 800) < 120).astype(np.int64)
    texts = ["x" * int(length) for length in lengths]
    rows = length_matched(texts, truth)
    assert rows.size > 100
    assert (truth[rows] == 0).sum() == (truth[rows] == 1).sum()
    assert length_auc(texts, truth) > 0.8
    assert length_auc([texts[row] for row in rows], truth[rows]) < 0.53


def test_pairs_are_as_near_as_promised_and_none_is_used_twice() -> None:
    """Sorted by length both sides keep step within the caliper."""
    texts = ["x" * length for length in (10, 11, 50, 52, 200, 10)]
    truth = np.array([0, 1, 0, 1, 0, -1])
    rows = length_matched(texts, truth)
    assert rows.tolist() == [0, 1, 2, 3]
    sides = [sorted(len(texts[row]) for row in rows if truth[row] == label) for label in (0, 1)]
    for one, two in zip(*sides, strict=True):
        assert abs(one - two) <= CALIPER * min(one, two)


def test_where_one_label_occurs_nothing_is_matched() -> None:
    """No pairs, and no figure for what length tells."""
    texts = ["a", "bb", "ccc"]
    assert length_matched(texts, np.zeros(3, dtype=np.int64)).size == 0
    assert np.isnan(length_auc(texts, np.zeros(3, dtype=np.int64)))

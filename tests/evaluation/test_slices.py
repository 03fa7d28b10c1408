from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sedno.datasets.corpora.example import Example
from sedno.evaluation.metrics import Answers, Truth
from sedno.evaluation.slices import length_bucket, slices_of

ITEMS = [Example(str(n), "x" * (5 + 20 * n), {}, "test", source="ab"[n % 2]) for n in range(40)]
TRUTH = Truth("question", ("question", "none"), np.array([n % 4 // 2 for n in range(40)]))


def answers(predicted: Any) -> Answers:
    """Answers that are nine tenths sure of the labels at these positions."""
    return Answers("model", np.where(np.arange(2) == predicted[:, None], 0.9, 0.1))


@pytest.mark.parametrize(
    ("length", "bucket"),
    [
        (1, "001-020 characters"),
        (20, "001-020 characters"),
        (21, "021-060 characters"),
        (300, "141-300 characters"),
        (301, "301 characters or more"),
    ],
)
def test_length_buckets_have_exact_edges(length: int, bucket: str) -> None:
    """The upper end belongs to the bucket."""
    assert length_bucket("x" * length) == bucket


def test_a_bad_part_shows_under_a_good_average() -> None:
    """All wrong on source b, all right on source a."""
    predicted = np.where(np.arange(40) % 2 == 0, TRUTH.index, 1 - TRUTH.index)
    found = slices_of(ITEMS, TRUTH, answers(predicted), {"source": lambda item: item.source})
    assert {part.name: part.accuracy for part in found} == {"a": 1.0, "b": 0.0}


def test_small_parts_and_single_parts_are_not_shown() -> None:
    """Fewer than ten items is chance; one part for all tells nothing."""
    slicers = {
        "first": lambda item: "few" if int(item.id) < 5 else "many",
        "same": lambda _: "all",
    }
    assert [part.name for part in slices_of(ITEMS, TRUTH, answers(TRUTH.index), slicers)] == [
        "many"
    ]

"""Parts of a test set that a good average can hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from sedno.datasets.corpora.example import Example
from sedno.evaluation.benchmarks.benchmark import Slicer
from sedno.evaluation.bootstrap import accuracy_of, confusion, macro_f1_of
from sedno.evaluation.calibration_metrics import expected_calibration_error
from sedno.evaluation.metrics import Answers, Truth
from sedno.evaluation.results import Slice

LENGTH_EDGES: Final[tuple[int, ...]] = (20, 60, 140, 300)
"""Upper ends of the length buckets, in characters."""

SMALLEST: Final = 10
"""Parts of fewer items are not shown: their figures would be chance."""


def length_bucket(text: str) -> str:
    """The length bucket of a text, named so that names sort by length."""
    lower = 1
    for upper in LENGTH_EDGES:
        if len(text) <= upper:
            return f"{lower:03d}-{upper:03d} characters"
        lower = upper + 1
    return f"{lower:03d} characters or more"


COMMON_SLICERS: Final[Mapping[str, Slicer]] = {
    "length": lambda example: length_bucket(example.text),
    "language": lambda example: example.language,
    "source": lambda example: example.source,
}


def slices_of(
    items: Sequence[Example], truth: Truth, answers: Answers, slicers: Mapping[str, Slicer]
) -> tuple[Slice, ...]:
    """The figures of every part with at least :data:`SMALLEST` labelled items.

    A slicer that puts all items into one part tells nothing and is left out.
    """
    found: list[Slice] = []
    for by, slicer in slicers.items():
        parts = [slicer(item) for item in items]
        names = sorted({part for part in parts if part is not None})
        if len(names) <= 1:
            continue
        for name in names:
            inside = np.array([part == name for part in parts]) & truth.known
            count = int(inside.sum())
            if count < SMALLEST:
                continue
            right, given = truth.index[inside], answers.predicted[inside]
            table = confusion(right, given, len(truth.labels))
            found.append(
                Slice(
                    by,
                    name,
                    count,
                    float(accuracy_of(table)),
                    float(macro_f1_of(table)),
                    expected_calibration_error(answers.confidence[inside], given == right),
                )
            )
    return tuple(found)

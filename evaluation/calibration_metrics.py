"""How far stated confidence and observed accuracy are apart, and what abstaining buys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sedno.evaluation.bootstrap import Floats

BINS = 15


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin of a reliability curve: mean confidence, share correct, number of items."""

    confidence: float
    accuracy: float
    items: int


def reliability(
    confidence: Floats, correct: NDArray[np.bool_], *, bins: int = BINS
) -> tuple[Bin, ...]:
    """The reliability curve in bins of equal mass (Nguyen and O'Connor, EMNLP 2015).

    Args:
        confidence: Probability of the chosen label, shape ``(items,)``.
        correct: Whether it was right, shape ``(items,)``.
        bins: How many bins; fewer where there are fewer items.

    Raises:
        ValueError: The shapes differ or there is no item.
    """
    if confidence.shape != correct.shape or not confidence.size:
        raise ValueError(
            f"confidence {confidence.shape} and correct {correct.shape}: "
            "equal shapes with at least one item are needed"
        )
    order = np.argsort(confidence, kind="stable")
    parts = np.array_split(order, min(bins, confidence.size))
    return tuple(
        Bin(float(confidence[part].mean()), float(correct[part].mean()), int(part.size))
        for part in parts
    )


def expected_calibration_error(
    confidence: Floats, correct: NDArray[np.bool_], *, bins: int = BINS
) -> float:
    """Mean distance of confidence and accuracy over bins of equal mass, from 0 to 1."""
    curve = reliability(confidence, correct, bins=bins)
    return sum(part.items * abs(part.confidence - part.accuracy) for part in curve) / len(
        confidence
    )


def ece_of_perfect(
    confidence: Floats, *, bins: int = BINS, replicates: int = 200, seed: int = 0
) -> float:
    """The ECE that perfectly calibrated answers with these confidences would show on average.

    On a few hundred items chance alone parts confidence and accuracy in each bin; an ECE near
    this value says that no miscalibration can be seen.
    """
    rng = np.random.default_rng(seed)
    draws = [
        expected_calibration_error(confidence, rng.random(confidence.size) < confidence, bins=bins)
        for _ in range(replicates)
    ]
    return float(np.mean(draws))


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is answered without a person, and how often that is wrong.

    Attributes:
        answered: Share of items outside the abstain band.
        error: Share of wrong answers among those; ``None`` where nothing is answered.
        items: Number of items in all.
    """

    answered: float
    error: float | None
    items: int


def coverage_of_band(review: NDArray[np.bool_], correct: NDArray[np.bool_]) -> Coverage:
    """Coverage and error outside the abstain band as the artefact draws it.

    Args:
        review: Whether the answer is inside the band, shape ``(items,)``.
        correct: Whether the answer was right, shape ``(items,)``.
    """
    kept = ~review
    error = float((~correct[kept]).mean()) if kept.any() else None
    return Coverage(float(kept.mean()) if kept.size else 0.0, error, int(kept.size))


def coverage_at_error(confidence: Floats, correct: NDArray[np.bool_], target: float) -> float:
    """The greatest share of most confident answers whose error rate is at most ``target``.

    This is read off the test set itself (what a perfectly placed threshold would reach), so
    it bounds the coverage of any real band from above. Answers of equal confidence are kept
    or left together.
    """
    if not confidence.size:
        return 0.0
    order = np.argsort(-confidence, kind="stable")
    errors = np.cumsum(~correct[order])
    kept = np.arange(1, confidence.size + 1)
    last_of_tie = np.append(np.diff(confidence[order]) != 0, True)
    allowed = np.flatnonzero(last_of_tie & (errors <= target * kept))
    return float(kept[allowed[-1]] / confidence.size) if allowed.size else 0.0

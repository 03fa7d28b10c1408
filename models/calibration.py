"""From a head's logits to probabilities, and from probabilities to what needs a review.

Only the arithmetic of serving; the fitting lives in ``sedno.training.calibrate``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray


class CalibrationError(ValueError):
    """A calibration that cannot be right; the message names the field and its value."""


@dataclass(frozen=True, slots=True)
class Band:
    """Which answers of one task may go out unseen.

    Attributes:
        threshold: Least confidence of an answer that needs no review; ``None`` where no
            threshold reaches the target, so that every answer is reviewed.
        coverage: Share of held-out answers at or above the threshold.
        error: Upper estimate of the error rate among those; ``None`` without a threshold.
        target_error: The error rate asked for.
    """

    threshold: float | None
    coverage: float
    error: float | None
    target_error: float

    @property
    def reachable(self) -> bool:
        """Whether any answer may go out unseen."""
        return self.threshold is not None

    def needs_review(self, confidence: float) -> bool:
        """Whether an answer of this confidence lies inside the abstain band."""
        return self.threshold is None or confidence < self.threshold

    def to_dict(self) -> dict[str, Any]:
        """The band as plain JSON types."""
        return {
            "threshold": None if self.threshold is None else round(self.threshold, 6),
            "coverage": round(self.coverage, 4),
            "error": None if self.error is None else round(self.error, 4),
            "target_error": self.target_error,
        }


@dataclass(frozen=True, slots=True)
class RiskCurve:
    """How often confident answers to held-out comments are wrong.

    Three lists of one length, in ascending order of confidence.

    Attributes:
        confidence: Candidate thresholds, calibrated probabilities from 0 to 1.
        error: Upper estimate of the error rate among answers of at least that confidence.
        coverage: Share of all answers that are of at least that confidence.
    """

    confidence: tuple[float, ...]
    error: tuple[float, ...]
    coverage: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.confidence) == len(self.error) == len(self.coverage):
            raise CalibrationError(
                f"risk: {len(self.confidence)} confidences, {len(self.error)} errors and "
                f"{len(self.coverage)} coverages; the three lists must have one length"
            )
        for name, values in (
            ("confidence", self.confidence),
            ("error", self.error),
            ("coverage", self.coverage),
        ):
            outside = [value for value in values if not 0.0 <= value <= 1.0 + 1e-9]
            if outside:
                raise CalibrationError(f"risk.{name}: {outside[0]!r} is not between 0 and 1")
        if any(later < earlier for earlier, later in pairwise(self.confidence)):
            raise CalibrationError("risk.confidence: is not in ascending order; sort the curve")

    def band(self, target_error: float) -> Band:
        """The widest band of answers whose upper error estimate is at most the target.

        The curve counts all answers from a confidence upwards, so the smallest confidence
        that keeps the target lets the most answers pass.
        """
        for confidence, error, coverage in zip(
            self.confidence, self.error, self.coverage, strict=True
        ):
            if error <= target_error:
                return Band(confidence, coverage, error, target_error)
        return Band(None, 0.0, None, target_error)


@dataclass(frozen=True, slots=True)
class TaskCalibration:
    """Calibration of one head: ``softmax(logits / temperature + bias)``.

    Vector scaling with one shared temperature (Guo et al. 2017, arXiv 1706.04599).

    Attributes:
        temperature: Greater than 0; above 1 it makes answers less sure.
        bias: One summand a label.
        risk: What confidence is worth.
    """

    temperature: float
    bias: tuple[float, ...]
    risk: RiskCurve

    def __post_init__(self) -> None:
        if not (np.isfinite(self.temperature) and self.temperature > 0):
            raise CalibrationError(f"temperature: {self.temperature!r} is not a number above 0")
        if not all(np.isfinite(value) for value in self.bias):
            raise CalibrationError(f"bias: {self.bias!r} has a value that is not finite")

    def probabilities(self, logits: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """Calibrated probabilities.

        Args:
            logits: Shape ``(comments, labels)``.

        Returns:
            Shape ``(comments, labels)``; every row sums to 1.
        """
        scaled: NDArray[np.float64] = logits.astype(np.float64)
        scaled = scaled / self.temperature + np.asarray(self.bias)
        scaled -= scaled.max(axis=1, keepdims=True)
        # In place: this runs on every batch.
        np.exp(scaled, out=scaled)
        scaled /= scaled.sum(axis=1, keepdims=True)
        return scaled


def read_calibration(content: object, labels: Mapping[str, int]) -> dict[str, TaskCalibration]:
    """Reads the content of ``calibration.json``.

    Args:
        content: The parsed JSON.
        labels: Number of labels by task; exactly these tasks must be there.

    Raises:
        CalibrationError: A task is missing or a field is not what it must be.
    """
    if not isinstance(content, Mapping):
        raise CalibrationError(f"holds a {type(content).__name__}; an object by task is needed")
    out: dict[str, TaskCalibration] = {}
    for task, count in labels.items():
        if task not in content:
            raise CalibrationError(f"{task}: is missing; export the artefact again")
        try:
            out[task] = _read_task(content[task], count)
        except (CalibrationError, KeyError, TypeError, ValueError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise CalibrationError(f"{task}: {reason}") from error
    return out


def _read_task(content: Mapping[str, Any], count: int) -> TaskCalibration:
    risk = content["risk"]
    bias = _numbers(content["bias"])
    if len(bias) != count:
        raise CalibrationError(f"bias: has {len(bias)} values for {count} labels")
    return TaskCalibration(
        temperature=float(content["temperature"]),
        bias=bias,
        risk=RiskCurve(
            confidence=_numbers(risk["confidence"]),
            error=_numbers(risk["error"]),
            coverage=_numbers(risk["coverage"]),
        ),
    )


def _numbers(values: Sequence[Any]) -> tuple[float, ...]:
    return tuple(float(value) for value in values)

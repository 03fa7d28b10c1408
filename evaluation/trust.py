"""What confidence is worth: before calibration, along the whole curve, and inside the band."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sedno.evaluation.bootstrap import LEVEL, Floats, Ints
from sedno.evaluation.calibration_metrics import Bin, expected_calibration_error, reliability
from sedno.evaluation.extras import MissingExtraError
from sedno.models.calibration import TaskCalibration

try:
    from scipy.stats import binomtest
except ModuleNotFoundError as error:
    raise MissingExtraError("scipy", "evaluate") from error

TARGETS: Final = (0.02, 0.05, 0.10)
"""Error rates at which the abstain band is put to the test."""

_POINTS: Final = 60
_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """Answering the most confident ``coverage`` of items alone, ``error`` of them are wrong."""

    coverage: float
    error: float


@dataclass(frozen=True, slots=True)
class BandCheck:
    """The abstain band for one target, held against the truth.

    Attributes:
        target: The error rate asked for.
        threshold: The confidence from which the artefact answers alone; ``None`` where it
            leaves every answer to a person.
        answered: Share of items answered alone.
        error: Share of wrong answers among those; ``None`` where there are none.
        low: Lower end of the exact 95 % binomial interval of the error rate.
        high: Its upper end.
    """

    target: float
    threshold: float | None
    answered: float
    error: float | None
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Whether the target was kept, as far as so many items can tell."""
        if self.error is None:
            return "nothing answered"
        if self.error <= self.target:
            return "kept"
        return "not kept, within chance" if self.low <= self.target else "not kept"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the confidence of one task's answers is worth.

    Attributes:
        raw_ece: Expected calibration error of the probabilities before calibration.
        raw_reliability: Their reliability curve.
        curve: Error rate by coverage, the most confident answers first.
        bands: The abstain band at several targets.
    """

    raw_ece: float | None
    raw_reliability: tuple[Bin, ...]
    curve: tuple[RiskPoint, ...]
    bands: tuple[BandCheck, ...]


def uncalibrated(scores: Floats, calibration: TaskCalibration) -> Floats:
    """The head's own probabilities, before temperature and bias, from the calibrated ones.

    ``softmax(logits / T + b)`` fixes the logits up to a summand that no probability shows, so
    what calibration did can be undone exactly, up to rounding.

    Args:
        scores: Calibrated probabilities over all labels of the task, ``(items, labels)``.
        calibration: What made them.
    """
    logits = calibration.temperature * (np.log(scores + _TINY) - np.asarray(calibration.bias))
    logits -= logits.max(axis=1, keepdims=True)
    weights = np.exp(logits)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def risk_curve(confidence: Floats, correct: NDArray[np.bool_]) -> tuple[RiskPoint, ...]:
    """Error rate by coverage (El-Yaniv and Wiener, JMLR 2010), thinned to some sixty points.

    Answers of equal confidence are taken together, as no threshold can part them.
    """
    if not confidence.size:
        return ()
    order = np.argsort(-confidence, kind="stable")
    kept = np.arange(1, confidence.size + 1)
    errors = np.cumsum(~correct[order]) / kept
    ends = np.flatnonzero(np.append(np.diff(confidence[order]) != 0, True))
    chosen = ends[np.unique(np.linspace(0, ends.size - 1, min(_POINTS, ends.size)).astype(int))]
    return tuple(RiskPoint(float(kept[at] / confidence.size), float(errors[at])) for at in chosen)


def check_band(
    calibration: TaskCalibration, confidence: Floats, correct: NDArray[np.bool_], target: float
) -> BandCheck:
    """What the artefact's band for ``target`` does to these answers."""
    band = calibration.risk.band(target)
    alone = np.array([not band.needs_review(value) for value in confidence.tolist()], dtype=bool)
    count = int(alone.sum())
    if not count:
        return BandCheck(target, band.threshold, 0.0, None, float("nan"), float("nan"))
    wrong = int((~correct[alone]).sum())
    limits = binomtest(wrong, count).proportion_ci(confidence_level=LEVEL, method="exact")
    return BandCheck(
        target,
        band.threshold,
        count / confidence.size,
        wrong / count,
        float(limits.low),
        float(limits.high),
    )


def trust_of(
    truth: Ints,
    probabilities: Floats,
    *,
    raw: Floats | None,
    confidence_in_all: Floats,
    calibration: TaskCalibration | None,
) -> Trust:
    """Gathers what the confidence of labelled items is worth.

    Args:
        truth: Position of the right label of every item, none negative.
        probabilities: Calibrated, over the labels that count.
        raw: Uncalibrated, over the same labels; ``None`` where they are not known.
        confidence_in_all: Confidence of the answer among all labels, which the band looks at.
        calibration: The artefact's; ``None`` where it is not known, and no band is checked.
    """
    confidence = np.asarray(probabilities.max(axis=1))
    correct = probabilities.argmax(axis=1) == truth
    raw_ece: float | None = None
    raw_bins: tuple[Bin, ...] = ()
    if raw is not None:
        given = np.asarray(raw.max(axis=1))
        right = raw.argmax(axis=1) == truth
        raw_ece, raw_bins = expected_calibration_error(given, right), reliability(given, right)
    bands: tuple[BandCheck, ...] = ()
    if calibration is not None:
        bands = tuple(check_band(calibration, confidence_in_all, correct, t) for t in TARGETS)
    return Trust(raw_ece, raw_bins, risk_curve(confidence, correct), bands)

from __future__ import annotations

import numpy as np
import pytest

from sedno.evaluation.calibration_metrics import expected_calibration_error
from sedno.evaluation.trust import check_band, risk_curve, trust_of, uncalibrated
from sedno.models.calibration import RiskCurve, TaskCalibration

RISK = RiskCurve((0.5, 0.7, 0.9), (0.3, 0.1, 0.02), (1.0, 0.7, 0.4))
CALIBRATION = TaskCalibration(2.5, (0.4, -0.1, 0.0), RISK)
RNG = np.random.default_rng(0)


def test_calibration_is_undone_exactly() -> None:
    """From the calibrated probabilities come the softmax of the logits they were made of."""
    logits = RNG.normal(0, 4, (50, 3))
    raw = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    found = uncalibrated(CALIBRATION.probabilities(logits), CALIBRATION)
    assert np.abs(found - raw).max() < 1e-6


def test_the_curve_starts_with_the_surest_answers_and_ends_with_all() -> None:
    """At full coverage the error rate is that of all answers; ties are one point."""
    confidence = np.array([0.9, 0.9, 0.8, 0.7, 0.6])
    correct = np.array([True, True, True, False, False])
    curve = risk_curve(confidence, correct)
    assert [(point.coverage, point.error) for point in curve] == [
        (0.4, 0.0),
        (0.6, 0.0),
        (0.8, 0.25),
        (1.0, 0.4),
    ]


def test_long_curves_are_thinned_and_keep_their_end() -> None:
    """Sixty points draw what ten thousand would."""
    confidence = RNG.random(10_000)
    curve = risk_curve(confidence, RNG.random(10_000) < confidence)
    assert len(curve) <= 60
    assert curve[-1].coverage == 1.0


@pytest.mark.parametrize(
    ("wrong", "verdict"), [(0, "kept"), (12, "not kept, within chance"), (60, "not kept")]
)
def test_a_band_is_judged_by_what_chance_allows(wrong: int, verdict: str) -> None:
    """Of a hundred answers above the threshold for 10 %, so many are wrong."""
    confidence = np.concatenate([np.full(100, 0.75), np.full(40, 0.6)])
    correct = np.ones(140, dtype=bool)
    correct[:wrong] = False
    found = check_band(CALIBRATION, confidence, correct, 0.10)
    assert found.threshold == 0.7
    assert found.answered == pytest.approx(100 / 140)
    assert found.error == pytest.approx(wrong / 100)
    assert found.low <= wrong / 100 <= found.high
    assert found.verdict == verdict


def test_a_band_that_answers_nothing_says_so() -> None:
    """No threshold reaches 1 %: no error rate instead of a perfect one."""
    found = check_band(CALIBRATION, np.full(5, 0.99), np.ones(5, dtype=bool), 0.01)
    assert (found.threshold, found.answered, found.error) == (None, 0.0, None)
    assert found.verdict == "nothing answered"


def test_overconfidence_before_calibration_shows() -> None:
    """Logits five times too large are far off; divided by five they are right."""
    fair = TaskCalibration(5.0, (0.0, 0.0), RISK)
    logits = RNG.normal(0.0, 1.5, (4000, 2))
    scores = fair.probabilities(5.0 * logits)
    truth = (RNG.random(4000) < scores[:, 1]).astype(np.int64)
    found = trust_of(
        truth,
        scores,
        raw=uncalibrated(scores, fair),
        confidence_in_all=scores.max(axis=1),
        calibration=fair,
    )
    confidence, correct = scores.max(axis=1), scores.argmax(axis=1) == truth
    assert expected_calibration_error(confidence, correct) < 0.03
    assert found.raw_ece is not None
    assert found.raw_ece > 0.1
    assert [band.target for band in found.bands] == [0.02, 0.05, 0.10]


def test_without_a_calibration_nothing_is_said_of_it() -> None:
    """No raw curve and no bands, rather than wrong ones; the risk curve stays."""
    scores = np.array([[0.9, 0.1], [0.2, 0.8]])
    truth = np.array([0, 0])
    found = trust_of(
        truth, scores, raw=None, confidence_in_all=scores.max(axis=1), calibration=None
    )
    assert (found.raw_ece, found.raw_reliability, found.bands) == (None, (), ())
    assert found.curve[-1].error == 0.5

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sedno.models.calibration import (
    Band,
    CalibrationError,
    RiskCurve,
    TaskCalibration,
    read_calibration,
)

CURVE = RiskCurve(
    confidence=(0.5, 0.7, 0.8, 0.95), error=(0.2, 0.09, 0.04, 0.02), coverage=(1.0, 0.8, 0.6, 0.2)
)


def test_probabilities_are_the_softmax_of_tempered_and_shifted_logits() -> None:
    """Temperature divides and bias adds before the softmax."""
    calibration = TaskCalibration(temperature=2.0, bias=(0.0, 1.0), risk=CURVE)

    found = calibration.probabilities(np.array([[2.0, 0.0], [0.0, 4.0]], dtype=np.float32))

    expected = [[0.5, 0.5], [1 / (1 + np.e**3), np.e**3 / (1 + np.e**3)]]
    assert found == pytest.approx(np.array(expected))


def test_probabilities_sum_to_one_for_logits_of_any_size() -> None:
    """No logit is too large: rows sum to 1 and nothing overflows."""
    calibration = TaskCalibration(temperature=0.1, bias=(0.0, 0.0, 0.0), risk=CURVE)

    found = calibration.probabilities(np.array([[1e6, -1e6, 0.0], [3e38, 3e38, 3e38]]))

    assert found.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert np.isfinite(found).all()


def test_the_band_begins_at_the_smallest_confidence_that_keeps_the_target() -> None:
    """As many answers as possible pass, and no more."""
    assert CURVE.band(0.05) == Band(0.8, coverage=0.6, error=0.04, target_error=0.05)
    assert CURVE.band(0.09) == Band(0.7, coverage=0.8, error=0.09, target_error=0.09)
    assert CURVE.band(0.5) == Band(0.5, coverage=1.0, error=0.2, target_error=0.5)


def test_a_target_out_of_reach_sends_everything_to_review() -> None:
    """Where no confidence keeps the target, not even a certain answer passes."""
    band = CURVE.band(0.01)

    assert not band.reachable
    assert band.coverage == 0.0
    assert band.needs_review(1.0)
    assert band.to_dict()["threshold"] is None


def test_the_threshold_itself_passes() -> None:
    """The curve counts answers of at least the confidence, so the edge is inside."""
    band = CURVE.band(0.05)

    assert not band.needs_review(0.8)
    assert band.needs_review(np.nextafter(0.8, 0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temperature": 0.0}, "temperature: 0.0 is not a number above 0"),
        ({"temperature": float("nan")}, "temperature: nan"),
        ({"bias": [0.0]}, "bias: has 1 values for 2 labels"),
        ({"bias": [0.0, float("inf")]}, "bias: .* not finite"),
        ({"risk": {"confidence": [0.5], "error": [0.1, 0.2], "coverage": [1]}}, "one length"),
        (
            {"risk": {"confidence": [0.9, 0.5], "error": [0.1, 0.2], "coverage": [1, 1]}},
            "ascending",
        ),
        ({"risk": {"confidence": [0.9], "error": [7], "coverage": [1]}}, "risk.error: 7.0"),
        ({"risk": {"error": [0.1], "coverage": [1]}}, "'confidence' is missing"),
        ({"temperature": "warm"}, "could not convert"),
    ],
)
def test_a_calibration_that_cannot_be_right_is_refused_by_name(
    change: dict[str, Any], message: str
) -> None:
    """The error names task, field and value."""
    whole = {
        "temperature": 1.0,
        "bias": [0.0, 0.0],
        "risk": {"confidence": [0.5], "error": [0.1], "coverage": [1.0]},
    }

    with pytest.raises(CalibrationError, match=f"^question: .*{message}"):
        read_calibration({"question": whole | change}, {"question": 2})


def test_a_missing_task_is_named() -> None:
    """A calibration file without one of the artefact's tasks is refused."""
    with pytest.raises(CalibrationError, match=r"^toxicity: is missing"):
        read_calibration({}, {"toxicity": 2})

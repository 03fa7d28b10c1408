from __future__ import annotations

import numpy as np
import pytest

from sedno.evaluation.calibration_metrics import (
    coverage_at_error,
    coverage_of_band,
    ece_of_perfect,
    expected_calibration_error,
    reliability,
)


def test_certain_and_always_wrong_is_the_worst_error() -> None:
    """Confidence 1 with no right answer has an ECE of 1; with only right ones of 0."""
    sure = np.ones(40)
    assert expected_calibration_error(sure, np.zeros(40, dtype=bool)) == pytest.approx(1.0)
    assert expected_calibration_error(sure, np.ones(40, dtype=bool)) == pytest.approx(0.0)


def test_a_known_distance_is_found() -> None:
    """Answers given .9 of which .6 are right are .3 off."""
    correct = np.array([True] * 6 + [False] * 4)
    assert expected_calibration_error(np.full(10, 0.9), correct, bins=1) == pytest.approx(0.3)


def test_bins_have_equal_mass_and_rising_confidence() -> None:
    """Fifteen bins of 1000 items hold 66 or 67 items each."""
    confidence = np.random.default_rng(1).random(1000)
    curve = reliability(confidence, confidence > 0.5)
    assert {part.items for part in curve} == {66, 67}
    assert [part.confidence for part in curve] == sorted(part.confidence for part in curve)


def test_few_items_have_few_bins() -> None:
    """Three items make three bins, none of them empty."""
    assert len(reliability(np.array([0.5, 0.6, 0.7]), np.array([True, False, True]))) == 3


def test_perfectly_calibrated_answers_show_an_ece_by_chance_alone() -> None:
    """The ECE of chance falls as items grow, and calibrated answers show about that much."""
    rng = np.random.default_rng(2)
    confidence = rng.uniform(0.5, 1.0, 450)
    few, many = ece_of_perfect(confidence), ece_of_perfect(rng.uniform(0.5, 1.0, 4500))
    assert many < 0.5 * few
    shown = expected_calibration_error(confidence, rng.random(450) < confidence)
    assert shown == pytest.approx(few, abs=0.03)


def test_the_band_is_counted_as_it_was_drawn() -> None:
    """Coverage counts what is outside the band; its error counts only those."""
    review = np.array([True, True, False, False, False])
    correct = np.array([False, False, True, True, False])
    found = coverage_of_band(review, correct)
    assert (found.answered, found.items) == (0.6, 5)
    assert found.error == pytest.approx(1 / 3)


def test_when_everything_is_reviewed_there_is_no_error_rate() -> None:
    """Nothing answered means no figure instead of a perfect one."""
    assert coverage_of_band(np.ones(3, dtype=bool), np.zeros(3, dtype=bool)).error is None


def test_coverage_at_an_error_rate_takes_the_most_confident_answers() -> None:
    """With one error at the end of ten, nine can be kept at 5 % and all at 10 %."""
    confidence = np.linspace(0.99, 0.5, 10)
    correct = np.array([True] * 9 + [False])
    assert coverage_at_error(confidence, correct, 0.05) == pytest.approx(0.9)
    assert coverage_at_error(confidence, correct, 0.10) == pytest.approx(1.0)


def test_equal_confidences_are_kept_or_left_together() -> None:
    """No threshold can part answers of equal confidence, however they happen to be ordered."""
    confidence = np.full(10, 0.9)
    correct = np.array([True] * 9 + [False])
    assert coverage_at_error(confidence, correct, 0.05) == 0.0
    assert coverage_at_error(confidence, correct, 0.10) == 1.0


def test_shapes_that_differ_are_refused() -> None:
    """The error names both shapes."""
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        reliability(np.ones(2), np.ones(3, dtype=bool))

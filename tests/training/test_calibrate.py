"""Calibration on answers whose true probabilities are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import softmax

from sedno.training.calibrate import CalibrationError, cross_fitted, fit_task, risk_curve


def drawn(
    examples: int, *, seed: int = 1, sharp: float = 3.0
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Logits ``sharp`` times surer than the labels drawn from them warrant, one label shifted."""
    rng = np.random.default_rng(seed)
    true = rng.normal(size=(examples, 3)) * 1.5
    chances = softmax(true, axis=1).cumsum(axis=1)
    labels = (rng.random(examples)[:, None] > chances).sum(axis=1)
    return true * sharp + np.array([1.5, 0.0, 0.0]), labels


def test_the_scores_become_probabilities() -> None:
    """An over-sure and shifted model is brought back to the chances it was made from."""
    fitted = fit_task(*drawn(20_000))
    assert fitted.temperature == pytest.approx(3.0, rel=0.05)
    assert fitted.bias[0] - fitted.bias[1] == pytest.approx(-0.5, abs=0.06)
    logits, labels = drawn(20_000, seed=2)
    scores = fitted.probabilities(logits)
    sure = scores.max(axis=1)
    for low in (0.5, 0.7, 0.9):
        bin_ = (sure >= low) & (sure < low + 0.1)
        right = (scores.argmax(axis=1) == labels)[bin_].mean()
        assert right == pytest.approx(sure[bin_].mean(), abs=0.03)


def test_no_answer_scores_itself() -> None:
    """A wrong label changes the calibration of the others, never its own score."""
    logits, labels = drawn(200)
    other = labels.copy()
    other[7] = (other[7] + 1) % 3
    before, after = cross_fitted(logits, labels), cross_fitted(logits, other)
    assert np.array_equal(before[7], after[7])
    assert not np.array_equal(before, after)


def test_a_band_keeps_its_target_on_new_answers() -> None:
    """The errors above the threshold stay within the target on answers never seen."""
    fitted = fit_task(*drawn(2_000))
    band = fitted.risk.band(0.10)
    assert band.threshold is not None
    logits, labels = drawn(50_000, seed=3)
    scores = fitted.probabilities(logits)
    kept = scores.max(axis=1) >= band.threshold
    assert kept.mean() == pytest.approx(band.coverage, abs=0.05)
    assert (scores.argmax(axis=1) != labels)[kept].mean() <= 0.10


def test_a_lucky_streak_does_not_open_the_band() -> None:
    """Ten right answers are no proof of 99 % precision."""
    scores = np.tile([0.99, 0.01], (10, 1))
    curve = risk_curve(scores, np.zeros(10, dtype=int))
    assert min(curve.error) > 0.1
    assert curve.band(0.01).threshold is None


def test_few_examples_and_none() -> None:
    """One example is fitted, however loosely; none is refused with the remedy."""
    assert fit_task(np.array([[2.0, 0.0]]), np.array([0])).temperature > 0
    with pytest.raises(CalibrationError, match=r"calibration\.share"):
        fit_task(np.empty((0, 2)), np.empty(0, dtype=int))

"""Fits calibration and the risk curve on held-back answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from scipy.stats import beta

from sedno.models.calibration import RiskCurve, TaskCalibration

CONFIDENCE_LEVEL = 0.8
CURVE_POINTS = 60
PRIOR = 2.0
FOLDS = 5
FOLD_SEED = 0


class CalibrationError(ValueError):
    """There is nothing to calibrate on; names the setting to change."""


def fit_task(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> TaskCalibration:
    """Temperature and bias that make the scores probabilities, with their risk curve.

    Vector scaling with one shared temperature (Guo et al. 2017, arXiv 1706.04599); a normal
    prior of standard deviation 0.5 (chosen by the likelihood of held-out folds) keeps the bias of
    rare classes from running away on few examples, and gives way to many. The
    risk curve is cross-fitted: each answer is scored by parameters fitted without it, since
    a curve drawn from the fitted answers themselves would promise too little error.

    Args:
        logits: ``(examples, labels)`` of answers the model has not been trained on.
        labels: ``(examples,)`` true label numbers.

    Raises:
        CalibrationError: There is no example to fit on.
    """
    raw = np.asarray(logits, dtype=np.float64)
    temperature, bias = _fit(raw, labels)
    return TaskCalibration(
        temperature=temperature,
        bias=tuple(float(value) for value in bias),
        risk=risk_curve(cross_fitted(raw, labels), labels),
    )


def cross_fitted(raw: NDArray[np.float64], labels: NDArray[np.integer]) -> NDArray[np.float64]:
    """Scores ``(examples, labels)``, each by a calibration fitted without its fold.

    Args:
        raw: ``(examples, labels)`` logits.
        labels: ``(examples,)`` true label numbers.

    Raises:
        CalibrationError: There is no example to fit on.
    """
    fold = np.random.default_rng(FOLD_SEED).permutation(len(labels)) % FOLDS
    scores = np.empty_like(raw)
    for number in range(FOLDS):
        own = fold == number
        # One example alone leaves nothing to fit on; then it has to do for itself.
        others = ~own if (~own).any() else own
        temperature, bias = _fit(raw[others], labels[others])
        scores[own] = softmax(raw[own] / temperature + bias, axis=1)
    return scores


def _fit(
    raw: NDArray[np.float64], labels: NDArray[np.integer]
) -> tuple[float, NDArray[np.float64]]:
    if not len(labels):
        raise CalibrationError(
            "no labelled example is held back for this task; raise calibration.share"
        )

    def loss(parameters: NDArray[np.float64]) -> float:
        scaled = raw * np.exp(-parameters[0]) + parameters[1:]
        likelihood = log_softmax(scaled, axis=1)[np.arange(len(labels)), labels]
        return float((PRIOR * (parameters**2).sum() - likelihood.sum()) / len(labels))

    fitted = minimize(loss, np.zeros(raw.shape[1] + 1), method="L-BFGS-B").x
    return float(np.exp(fitted[0])), fitted[1:] - fitted[1:].mean()


def risk_curve(scores: NDArray[np.float64], labels: NDArray[np.integer]) -> RiskCurve:
    """Upper estimates of the error rate among answers at least so confident.

    The estimate is the Clopper-Pearson bound at 80 %: on few examples a lucky streak must
    not open the band. Each point counts all answers from its confidence upwards, so it holds
    for them together; the curve need not be monotone.

    Args:
        scores: Calibrated ``(examples, labels)``.
        labels: ``(examples,)`` true label numbers.
    """
    confidence = scores.max(axis=1)
    wrong = scores.argmax(axis=1) != labels
    order = np.argsort(-confidence, kind="stable")
    count = np.arange(1, len(order) + 1)
    errors = np.cumsum(wrong[order])
    upper = beta.ppf(CONFIDENCE_LEVEL, errors + 1, np.maximum(count - errors, 1e-9))
    upper = np.where(errors >= count, 1.0, upper)
    picks = np.unique(np.linspace(0, len(order) - 1, CURVE_POINTS).round().astype(int))[::-1]
    return RiskCurve(
        confidence=tuple(float(v) for v in confidence[order][picks]),
        error=tuple(float(v) for v in upper[picks]),
        coverage=tuple(float(v) for v in (count / len(order))[picks]),
    )

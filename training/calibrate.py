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
PRIOR = 1e-2


class CalibrationError(ValueError):
    """There is nothing to calibrate on; names the setting to change."""


def fit_task(logits: NDArray[np.floating], labels: NDArray[np.integer]) -> TaskCalibration:
    """Temperature and bias that make the scores probabilities, with their risk curve.

    Vector scaling with one shared temperature (Guo et al. 2017, arXiv 1706.04599); a small
    quadratic prior keeps the bias of rare classes from running away on few examples.

    Args:
        logits: ``(examples, labels)`` of answers the model has not been trained on.
        labels: ``(examples,)`` true label numbers.

    Raises:
        CalibrationError: There is no example to fit on.
    """
    if not len(labels):
        raise CalibrationError(
            "no labelled example is held back for this task; raise calibration.share"
        )
    raw = np.asarray(logits, dtype=np.float64)
    width = raw.shape[1]

    def loss(parameters: NDArray[np.float64]) -> float:
        scaled = raw * np.exp(-parameters[0]) + parameters[1:]
        likelihood = log_softmax(scaled, axis=1)[np.arange(len(labels)), labels]
        return float(-likelihood.mean() + PRIOR * (parameters**2).sum())

    fitted = minimize(loss, np.zeros(width + 1), method="L-BFGS-B").x
    temperature = float(np.exp(fitted[0]))
    bias = fitted[1:] - fitted[1:].mean()
    scores = softmax(raw / temperature + bias, axis=1)
    return TaskCalibration(
        temperature=temperature,
        bias=tuple(float(value) for value in bias),
        risk=risk_curve(scores, labels),
    )


def risk_curve(scores: NDArray[np.float64], labels: NDArray[np.integer]) -> RiskCurve:
    """Upper estimates of the error rate among answers at least so confident.

    The estimate is the Clopper-Pearson bound at 80 %: on few examples a lucky streak must
    not open the band. It is made monotone from the confident end, so that a threshold
    holds for everything above it.

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

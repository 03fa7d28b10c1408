"""What a model reaches on the comments held back from its training, and how sure it may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score

from sedno.models.calibration import TaskCalibration
from sedno.models.taxonomy import TASKS
from sedno.training.calibrate import cross_fitted
from sedno.training.export.gate import Logits

BINS = 8
TARGET_ERRORS = (0.02, 0.05, 0.10)


def held_back_metrics(
    logits: Logits,
    calibration: Mapping[str, TaskCalibration],
    labels: Mapping[str, NDArray[np.int64]],
) -> dict[str, Any]:
    """Macro-F1, reliability and abstain bands, each answer scored by a calibration without it.

    Args:
        logits: Task -> ``(examples, labels)`` of the graph that ships.
        calibration: Task -> what was fitted on them.
        labels: Task -> ``(examples,)`` label numbers, -1 where unknown.
    """
    macro: dict[str, float] = {}
    curves: dict[str, list[dict[str, float]]] = {}
    bands: dict[str, list[dict[str, float | None]]] = {}
    for task in TASKS:
        known = labels[task.name] >= 0
        truth = labels[task.name][known]
        scores = cross_fitted(np.asarray(logits[task.name][known], dtype=np.float64), truth)
        macro[task.name] = float(
            f1_score(truth, scores.argmax(1), average="macro", zero_division=0.0)
        )
        curves[task.name] = reliability(scores, truth)
        bands[task.name] = [
            {"target_error": target, "threshold": band.threshold, "coverage": band.coverage}
            for target in TARGET_ERRORS
            for band in [calibration[task.name].risk.band(target)]
        ]
    return {"held_back_macro_f1": macro, "reliability": curves, "bands": bands}


def reliability(scores: NDArray[np.float64], truth: NDArray[np.int64]) -> list[dict[str, float]]:
    """The reliability curve: bins of equal mass from unsure to sure.

    Args:
        scores: ``(examples, labels)`` probabilities.
        truth: ``(examples,)`` label numbers.

    Returns:
        A bin: how many answers, their mean ``confidence``, and the share ``right`` among them.
    """
    sure = scores.max(axis=1)
    right = scores.argmax(axis=1) == truth
    bins = np.array_split(np.argsort(sure, kind="stable"), BINS)
    return [
        {
            "answers": len(inside),
            "confidence": float(sure[inside].mean()),
            "right": float(right[inside].mean()),
        }
        for inside in bins
        if len(inside)
    ]

"""Sentences with the answers this machine got, for ``sedno models verify`` elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy.special import softmax

from sedno.models.calibration import TaskCalibration
from sedno.models.taxonomy import TASKS
from sedno.training.export.answers import Answerer

SENTENCES = (
    "Kiedy drugi sezon? Czekam od roku!",
    "super 😍😍😍",
    "Szampon świetnie pachnie, ale po tygodniu włosy są suche jak siano.",
    "Zarabiam 500 zł dziennie z telefonu, napisz do mnie na priv!!!",
    "co za kretyn to montował, wracaj do szkoły głąbie",
    "Czy można tym prać wełnę, czy tylko bawełnę?",
    "Great video, which microphone do you use?",
)


def selftest_cases(
    answer: Answerer, calibration: Mapping[str, TaskCalibration]
) -> list[dict[str, Any]]:
    """``{"text", "scores": {task: {label: probability}}}`` for every sentence."""
    outputs = answer(SENTENCES)
    cases: list[dict[str, Any]] = []
    for at, text in enumerate(SENTENCES):
        scores: dict[str, dict[str, float]] = {}
        for task in TASKS:
            fitted = calibration[task.name]
            values = softmax(outputs[task.name][at] / fitted.temperature + np.array(fitted.bias))
            scores[task.name] = {
                label: round(float(value), 4)
                for label, value in zip(task.labels, values, strict=True)
            }
        cases.append({"text": text, "scores": scores})
    return cases

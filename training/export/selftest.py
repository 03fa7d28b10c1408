"""Sentences with the answers this machine got, for ``sedno models verify`` elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from sedno.models.calibration import TaskCalibration
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import tokenize
from sedno.training.export.gate import run_graph

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
    folder: Path,
    base: BaseEncoder,
    calibration: Mapping[str, TaskCalibration],
    max_tokens: int,
) -> list[dict[str, Any]]:
    """``{"text", "scores": {task: {label: probability}}}`` for every sentence."""
    rows = tokenize(base.tokenizer, SENTENCES, max_tokens)
    outputs = run_graph(folder, rows, base.pad_id)
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

"""Where a model fails, with examples: sentences written to be hard, and what it makes of them.

The sentences are this project's own and in no training file. They are no benchmark: they were
chosen to be hard, and show a reader of the model card what kind of comment needs a person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import numpy as np

from sedno.models.calibration import TaskCalibration
from sedno.models.taxonomy import TASK_BY_NAME
from sedno.training.export.answers import Answerer

FILE_NAME = "weak_spots.jsonl"


def read_sentences() -> list[dict[str, Any]]:
    """``{"kind", "text", "labels"}`` of every sentence; not all tasks are labelled."""
    text = files("sedno.training.export").joinpath(FILE_NAME).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def find_weak_spots(answer: Answerer, calibration: Mapping[str, TaskCalibration]) -> dict[str, Any]:
    """How many of the labels a model gets wrong, and which.

    Returns:
        ``{"labels": N, "wrong": [{"kind", "text", "task", "is", "says", "score"}]}``.
    """
    sentences = read_sentences()
    outputs = answer([sentence["text"] for sentence in sentences])
    wrong: list[dict[str, Any]] = []
    for at, sentence in enumerate(sentences):
        for name, truth in sentence["labels"].items():
            scores = calibration[name].probabilities(outputs[name][at : at + 1])[0]
            said = TASK_BY_NAME[name].labels[int(np.argmax(scores))]
            if said != truth:
                score = round(float(scores.max()), 2)
                about = {"kind": sentence["kind"], "text": sentence["text"], "task": name}
                wrong.append({**about, "is": truth, "says": said, "score": score})
    return {"labels": sum(len(s["labels"]) for s in sentences), "wrong": wrong}

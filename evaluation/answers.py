"""Asks a classifier and the baselines, and lines their answers up with the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.comment import Comment
from sedno.datasets.corpora.example import Example, Labels
from sedno.datasets.stand_ins import with_stand_ins
from sedno.evaluation.baselines import Baseline, Lesson
from sedno.evaluation.benchmarks.benchmark import Benchmark
from sedno.evaluation.bootstrap import Floats, Ints
from sedno.evaluation.metrics import Answers, Truth
from sedno.evaluation.trust import uncalibrated
from sedno.models.calibration import TaskCalibration
from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASK_BY_NAME


class Predictor(Protocol):
    """What is judged; ``sedno.models.classifier.Classifier`` is one."""

    def predict(self, comments: Sequence[Comment], /) -> list[Prediction]:
        """One prediction a comment, in order."""
        ...


@dataclass(frozen=True, slots=True)
class ArtefactAnswers:
    """What an artefact answered on one task.

    Attributes:
        answers: Probabilities over the labels that count, rescaled to sum to 1.
        review: Whether each answer lies in the abstain band, shape ``(items,)``.
        confidence: Confidence of the answer among all labels, which the band looks at.
        raw: Probabilities before calibration, over the labels that count; ``None`` where the
            calibration is not known.
    """

    answers: Answers
    review: NDArray[np.bool_]
    confidence: Floats
    raw: Floats | None


def comment_of(example: Example) -> Comment:
    """The example as the product would meet it: its language is for the product to find.

    Marks of masked data are filled, as they are in service.
    """
    return Comment(id=example.id, text=with_stand_ins(example.text), context=example.context)


def truth_of(benchmark: Benchmark, task: str) -> Truth:
    """The right labels of all items on one task."""
    labels = benchmark.labels(task)
    return Truth(task, labels, indices([item.labels for item in benchmark.items], task, labels))


def indices(labelled: Sequence[Labels], task: str, labels: tuple[str, ...]) -> Ints:
    """Positions of the labels of one task, -1 where there is none or it does not count."""
    position = {label: at for at, label in enumerate(labels)}
    return np.array([position.get(item.get(task, ""), -1) for item in labelled], dtype=np.int64)


def artefact_answers(
    system: str,
    predictions: Sequence[Prediction],
    task: str,
    labels: tuple[str, ...],
    calibration: TaskCalibration | None = None,
) -> ArtefactAnswers:
    """The predictions on one task as an array.

    Where the test's annotators had fewer labels to choose from than the model, the model's
    scores of the other labels are left out and the rest rescaled. A comment without an answer
    gets equal scores and counts as inside the abstain band.
    """
    every = TASK_BY_NAME[task].labels
    scores = np.full((len(predictions), len(every)), 1.0 / len(every))
    review = np.ones(len(predictions), dtype=np.bool_)
    for row, prediction in enumerate(predictions):
        answer = prediction.labels.get(task)
        if answer is None:
            continue
        scores[row] = [answer.scores[label] for label in every]
        review[row] = answer.review
    kept = [every.index(label) for label in labels]
    raw = None if calibration is None else _within(uncalibrated(scores, calibration), kept)
    return ArtefactAnswers(
        Answers(system, _within(scores, kept)), review, np.asarray(scores.max(axis=1)), raw
    )


def _within(scores: Floats, kept: Sequence[int]) -> Floats:
    """The columns that count, rescaled; equal scores where none of them has any."""
    chosen = scores[:, kept]
    total = chosen.sum(axis=1, keepdims=True)
    equal = np.full_like(chosen, 1.0 / len(kept))
    return np.asarray(np.divide(chosen, total, out=equal, where=total > 0))


def baseline_answers(benchmark: Benchmark, baseline: Baseline) -> dict[str, Answers]:
    """What a baseline answers to all items, trained afresh in each fold.

    Tasks that a fold's training part does not label are missing.
    """
    parts = [_fold_answers(benchmark, number, baseline) for number in range(len(benchmark.folds))]
    shared = set(parts[0]).intersection(*parts[1:])
    return {
        task: Answers(
            baseline.name, np.concatenate([part[task] for part in parts]), calibrated=False
        )
        for task in benchmark.tasks
        if task in shared
    }


def _fold_answers(benchmark: Benchmark, number: int, baseline: Baseline) -> Mapping[str, Floats]:
    fold = benchmark.folds[number]
    lessons = {
        task: Lesson(
            len(benchmark.labels(task)),
            indices([example.labels for example in fold.train], task, benchmark.labels(task)),
            benchmark.labels(task),
        )
        for task in benchmark.tasks
    }
    return baseline.answer(
        [example.text for example in fold.train],
        lessons,
        [example.text for example in fold.test],
    )

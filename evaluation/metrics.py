"""Figures of one system's answers on one task."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sedno.evaluation.bootstrap import (
    Floats,
    Interval,
    Ints,
    Resamples,
    accuracy_of,
    confusion,
    f1_of,
    interval,
    macro_f1_of,
)
from sedno.evaluation.calibration_metrics import expected_calibration_error
from sedno.evaluation.extras import MissingExtraError
from sedno.models.taxonomy import TASK_BY_NAME

try:
    from sklearn.metrics import precision_recall_fscore_support
except ModuleNotFoundError as error:
    raise MissingExtraError("scikit-learn", "evaluate") from error


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right on one task of a test set.

    Attributes:
        task: Name of the task.
        labels: The labels that the test's annotators could choose from.
        index: Position of the right label in ``labels`` of every item, -1 where the item has
            none; shape ``(items,)``.
    """

    task: str
    labels: tuple[str, ...]
    index: Ints

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which items have a label, shape ``(items,)``."""
        return self.index >= 0

    def at(self, rows: Ints) -> Truth:
        """The same of some items only."""
        return replace(self, index=self.index[rows])


@dataclass(frozen=True, slots=True)
class Answers:
    """What one system answered to all items of a test set, on one task.

    Attributes:
        system: Its name.
        probabilities: Shape ``(items, labels)``, rows sum to 1.
        calibrated: Whether these are meant as probabilities; if not, no ECE is reported.
    """

    system: str
    probabilities: Floats
    calibrated: bool = True

    @property
    def predicted(self) -> Ints:
        """Position of the most probable label of every item."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)

    @property
    def confidence(self) -> Floats:
        """Probability of that label."""
        return np.asarray(self.probabilities.max(axis=1))

    def at(self, rows: Ints) -> Answers:
        """The same of some items only."""
        return replace(self, probabilities=self.probabilities[rows])


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Precision, recall and F1 of one label; ``support`` counts its true items."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class SystemScore:
    """How well one system did on one task.

    Attributes:
        system: Its name.
        macro_f1: Mean F1 over the labels that occur as truth or answer.
        accuracy: Share of right answers.
        classes: Every label by itself.
        ece: Expected calibration error, 15 bins of equal mass; ``None`` where the system
            gives no probabilities.
        positive_f1: F1 of the rarer label that the task is about (``spam``, ``toxic``,
            ``question``); ``None`` where no single label stands out.
    """

    system: str
    macro_f1: Interval
    accuracy: Interval
    classes: tuple[ClassScore, ...]
    ece: float | None
    positive_f1: Interval | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one system is ahead of another in macro-F1, paired over the same items."""

    system: str
    than: str
    macro_f1: Interval


def score(truth: Truth, answers: Answers, resamples: Resamples) -> SystemScore:
    """Scores ``answers`` against ``truth``; items without a label are left out."""
    size = len(truth.labels)
    table = confusion(truth.index, answers.predicted, size)
    tables = resamples.confusions(truth.index, answers.predicted, size)
    known = truth.known
    ece = None
    if answers.calibrated and known.any():
        correct = answers.predicted[known] == truth.index[known]
        ece = expected_calibration_error(answers.confidence[known], correct)
    return SystemScore(
        system=answers.system,
        macro_f1=interval(float(macro_f1_of(table)), macro_f1_of(tables)),
        accuracy=interval(float(accuracy_of(table)), accuracy_of(tables)),
        classes=class_scores(truth, answers.predicted),
        ece=ece,
        positive_f1=_positive_f1(truth, table, tables),
    )


def _positive_f1(truth: Truth, table: Floats, tables: Floats) -> Interval | None:
    positive = TASK_BY_NAME[truth.task].positive
    if positive not in truth.labels:
        return None
    at = truth.labels.index(positive)
    return interval(float(f1_of(table)[at]), f1_of(tables)[:, at])


def difference(truth: Truth, first: Answers, second: Answers, resamples: Resamples) -> Difference:
    """Macro-F1 of ``first`` less that of ``second``, with a paired interval."""
    size = len(truth.labels)
    value = float(
        macro_f1_of(confusion(truth.index, first.predicted, size))
        - macro_f1_of(confusion(truth.index, second.predicted, size))
    )
    draws = macro_f1_of(resamples.confusions(truth.index, first.predicted, size)) - macro_f1_of(
        resamples.confusions(truth.index, second.predicted, size)
    )
    return Difference(first.system, second.system, interval(value, draws))


def class_scores(truth: Truth, predicted: Ints) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of every label, zero where they are not defined."""
    known = truth.known
    if not known.any():
        return ()
    precision, recall, f1, support = precision_recall_fscore_support(
        truth.index[known],
        predicted[known],
        labels=list(range(len(truth.labels))),
        zero_division=0.0,
    )
    return tuple(
        ClassScore(
            label,
            float(precision[at]),
            float(recall[at]),
            float(f1[at]),
            int(support[at]),
        )
        for at, label in enumerate(truth.labels)
    )

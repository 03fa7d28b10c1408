"""What a study is given, and what it must be."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sedno.datasets.comment import Comment
from sedno.evaluation.benchmarks.benchmark import Loader
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.judge import Rules
from sedno.evaluation.panels import StudyResult
from sedno.evaluation.provenance import Training
from sedno.models.calibration import TaskCalibration
from sedno.models.prediction import Prediction


class Reader(Protocol):
    """What is studied; ``sedno.models.classifier.Classifier`` is one."""

    def predict(
        self, comments: Sequence[str | Comment], /, *, explain: bool = ..., embeddings: bool = ...
    ) -> list[Prediction]:
        """One prediction a comment, in order."""
        ...


Embed = Callable[[Sequence[str]], Floats]
"""Gives embeddings of unit length, shape ``(texts, width)``."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a study works with.

    Attributes:
        reader: The artefact.
        system: Its name in reports.
        calibration: Its calibration by task.
        metrics: What its training wrote down.
        training: What it was trained on.
        load: Gives corpora.
        rules: How to judge.
        untouched: Embeds with the untouched encoder; ``None`` where it is not asked for.
        progress: Is told what is being done.
    """

    reader: Reader
    system: str
    calibration: Mapping[str, TaskCalibration]
    metrics: Mapping[str, Any]
    training: Training
    load: Loader
    rules: Rules
    untouched: Embed | None
    progress: Callable[[str], None]

    def embed(self, texts: Sequence[str]) -> Floats:
        """The artefact's embeddings of texts.

        Raises:
            ValueError: A text cannot be read, so that it has no embedding; names it by position.
        """
        predictions = self.reader.predict(list(texts), embeddings=True)
        vectors = []
        for at, prediction in enumerate(predictions):
            if prediction.embedding is None:
                raise ValueError(f"text {at}: has no embedding ({prediction.error}); leave it out")
            vectors.append(prediction.embedding)
        return np.stack(vectors).astype(np.float64)


Study = Callable[[Setting], StudyResult]

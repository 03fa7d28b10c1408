"""The simulated loop: what is chosen, and what the curve tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from sedno.datasets.corpora.example import Example
from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.judge import Rules
from sedno.evaluation.provenance import training_of
from sedno.evaluation.studies import active_learning
from sedno.evaluation.studies.setting import Setting
from sedno.models.classifier import Classifier
from sedno.models.taxonomy import TASKS


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A loop that fits a hundred comments."""
    for name, value in (("START", 20), ("STEP", 10), ("ROUNDS", 2), ("LOOPS", 3)):
        monkeypatch.setattr(active_learning, name, value)


@pytest.mark.usefixtures("small")
def test_the_curves_stand_beside_each_other(toy_artifact: Path, data_root: Path) -> None:
    """One row a round, from the same beginnings."""

    def embed(texts: list[str]) -> np.ndarray:
        words = sorted({word for text in texts for word in text.split()})
        return np.array(
            [[len(text) % 7, text.count("a"), text.count("o")] for text in texts]
        ) / len(words)

    with Classifier(toy_artifact, threads=1) as classifier:
        setting = Setting(
            reader=classifier,
            system="toy@1",
            calibration={},
            metrics={},
            training=training_of({}),
            load=catalogue.reader(data_root),
            rules=Rules(replicates=10),
            untouched=embed,  # type: ignore[arg-type] # a small stand-in for real vectors
            progress=lambda _: None,
        )
        result = active_learning.run(setting)
        without = active_learning.run(replace(setting, untouched=None))
    ahead, *curves = result.panels
    assert len(ahead.rows) == 6
    assert len(curves) == 3
    for curve in curves:
        assert [row.subject for row in curve.rows] == ["20 labelled", "30 labelled", "40 labelled"]
        first = curve.rows[0].figures
        assert first["by doubt"].value == pytest.approx(first["at random"].value)
        assert first["by unusual doubt"].value == pytest.approx(first["at random"].value)
    assert without.panels == ()


def test_the_rare_class_is_found_sooner_by_doubt() -> None:
    """Where one label is rare and lies at the border, doubt learns it from fewer comments."""
    rng = np.random.default_rng(1)
    features = rng.normal(size=(2_000, 2))
    rare = features[:, 0] > 1.8
    labels = {task.name: task.labels[-1] for task in TASKS}

    def example(number: int, *, spam: bool) -> Example:
        told = {**labels, "authenticity": "spam" if spam else "real"}
        return Example(id=str(number), text="x", labels=told, corpus="made-up")

    examples = [example(number, spam=bool(rare[number])) for number in range(2_000)]
    loop = active_learning._Loop(
        features, examples, np.arange(1_500), np.arange(1_500, 2_000), strength=1.0
    )
    scores = {
        name: np.mean([loop.run(choose, np.random.default_rng(n)) for n in range(3)], axis=0)
        for name, choose in active_learning.CHOICES.items()
    }
    for name in ("by unusual doubt", "by doubt"):
        assert scores[name][1:].mean() > scores["at random"][1:].mean()

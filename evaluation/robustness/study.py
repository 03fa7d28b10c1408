"""Gold dev and authored spam, scored again after their texts were perturbed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from sedno.datasets.comment import Comment
from sedno.datasets.corpora.example import Example
from sedno.evaluation.answers import artefact_answers, comment_of, indices
from sedno.evaluation.bootstrap import Interval, Resamples
from sedno.evaluation.calibration_metrics import expected_calibration_error
from sedno.evaluation.judge import clusters_of
from sedno.evaluation.metrics import Answers, Truth, difference
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.robustness.perturb import PERTURBATIONS, perturbed
from sedno.evaluation.studies.setting import Setting
from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASK_BY_NAME, TASKS

NAME: Final = "robustness"

_SPAM_TASKS = ("authenticity",)
_POINTS = 100.0


def run(setting: Setting) -> StudyResult:
    """Measures what every perturbation costs, task by task."""
    started = time.perf_counter()
    gold = tuple(e for e in setting.load("gold_pl") if e.split == "dev")
    labelled = [t.name for t in TASKS if len({e.labels.get(t.name) for e in gold} - {None}) > 1]
    spam = [e for e in setting.load("spam_pl") if not setting.training.admits(e)]
    panels = list(_panels(setting, "gold", "Gold dev", gold, labelled))
    if spam:
        panels += _panels(setting, "spam", "Authored spam, kinds held out", spam, _SPAM_TASKS)
    return StudyResult(
        name=NAME,
        title="Robustness: the same comments as people also type them",
        protocol=(
            "Every comment is perturbed by a fixed seed with code of its own, which training does "
            "not use, and scored again. Shown are macro-F1 points lost, paired over the same "
            "comments; below zero is a gain. `typos`: one slip in every eighth word of at least "
            "four letters, one a comment in any case. `homoglyphs`: three letters in ten that "
            "have a Cyrillic twin. `zero_width`: in three words of ten. `spaced_out`, "
            "`elongation`: one word, and one more for every ten."
        ),
        panels=tuple(panels),
        seconds=time.perf_counter() - started,
    )


def _panels(
    setting: Setting, key: str, title: str, items: Sequence[Example], tasks: Sequence[str]
) -> Iterator[Panel]:
    rules = setting.rules
    resamples = Resamples.draw(clusters_of(items), replicates=rules.replicates, seed=rules.seed)
    plain = setting.reader.predict([comment_of(item) for item in items])
    losses: list[Row] = []
    errors: list[Row] = []
    for name in PERTURBATIONS:
        setting.progress(f"  {title}: {name}")
        texts = [perturbed(item.text, name, rules.seed) for item in items]
        changed = float(np.mean([t != item.text for t, item in zip(texts, items, strict=True)]))
        read = setting.reader.predict(
            [
                Comment(id=item.id, text=text, context=item.context)
                for item, text in zip(items, texts, strict=True)
            ]
        )
        note = f"{_POINTS * changed:.0f} % of comments changed"
        lost = {task: _loss(items, task, plain, read, resamples) for task in tasks}
        losses.append(Row(name, lost, note))
        errors.append(Row(name, {task: _ece(items, task, read) for task in tasks}))
    untouched = {task: _ece(items, task, plain) for task in tasks}
    lost_title = f"{title}: macro-F1 points lost"
    yield Panel(f"{key}_loss", lost_title, tuple(losses), signed=True, places=1)
    yield Panel(f"{key}_ece", f"{title}: ECE", (Row("as written", untouched), *errors))


def _truth(items: Sequence[Example], task: str) -> Truth:
    labels = TASK_BY_NAME[task].labels
    return Truth(task, labels, indices([item.labels for item in items], task, labels))


def _answers(system: str, task: str, read: Sequence[Prediction]) -> Answers:
    return artefact_answers(system, read, task, TASK_BY_NAME[task].labels).answers


def _loss(
    items: Sequence[Example],
    task: str,
    plain: Sequence[Prediction],
    read: Sequence[Prediction],
    resamples: Resamples,
) -> Interval:
    before, after = _answers("plain", task, plain), _answers("perturbed", task, read)
    lost = difference(_truth(items, task), before, after, resamples).macro_f1
    return Interval(_POINTS * lost.value, _POINTS * lost.low, _POINTS * lost.high)


def _ece(items: Sequence[Example], task: str, read: Sequence[Prediction]) -> Interval:
    truth, answers = _truth(items, task), _answers("perturbed", task, read)
    known = truth.known
    error = expected_calibration_error(
        answers.confidence[known], answers.predicted[known] == truth.index[known]
    )
    return Interval(error, float("nan"), float("nan"))

"""Judges one artefact on one benchmark, beside the baselines."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from sedno.datasets.corpora.example import Example
from sedno.datasets.textkey import text_key
from sedno.evaluation.answers import (
    ArtefactAnswers,
    Predictor,
    artefact_answers,
    baseline_answers,
    comment_of,
    indices,
    truth_of,
)
from sedno.evaluation.baselines import Baseline
from sedno.evaluation.benchmarks.benchmark import Benchmark
from sedno.evaluation.bootstrap import Resamples, confusion, interval, macro_f1_of
from sedno.evaluation.calibration_metrics import (
    coverage_at_error,
    coverage_of_band,
    ece_of_perfect,
    reliability,
)
from sedno.evaluation.metrics import Answers, Truth, difference, score
from sedno.evaluation.outcomes import Outcomes
from sedno.evaluation.results import (
    Abstention,
    Agreement,
    BenchmarkResult,
    Leakage,
    Matched,
    Mistake,
    TaskResult,
)
from sedno.evaluation.robustness.matched import SMALLEST, length_auc, length_matched
from sedno.evaluation.slices import COMMON_SLICERS, slices_of
from sedno.evaluation.trust import trust_of
from sedno.models.calibration import TaskCalibration

MISTAKES = 15
"""Wrong answers that a report names for each task."""

_TWO_LABELS = 2


@dataclass(frozen=True, slots=True)
class Rules:
    """How everything is judged.

    Attributes:
        target_error: Error rate that the abstain band was asked to keep.
        replicates: Bootstrap resamples.
        seed: Of the bootstrap.
    """

    target_error: float = 0.05
    replicates: int = 2000
    seed: int = 0


def judge(
    benchmark: Benchmark,
    predictor: Predictor,
    *,
    system: str,
    baselines: Iterable[Baseline],
    leakage: Leakage,
    rules: Rules,
    calibration: Mapping[str, TaskCalibration] | None = None,
) -> BenchmarkResult:
    """Judges ``predictor`` on every task of ``benchmark``.

    Args:
        benchmark: The test, already without the items the artefact may have learned from.
        predictor: The artefact.
        system: Its name in reports.
        baselines: What it is compared with.
        leakage: What is known of leaks, for the report.
        rules: How to judge.
        calibration: The artefact's, by task; without it nothing is said of uncalibrated
            probabilities and of bands for other targets.
    """
    items = benchmark.items
    started = time.perf_counter()
    predictions = predictor.predict([comment_of(item) for item in items])
    seconds = time.perf_counter() - started
    rivals = [baseline_answers(benchmark, baseline) for baseline in baselines]
    trial = _Trial.of(benchmark, rules)
    results = []
    for task in benchmark.tasks:
        truth = truth_of(benchmark, task)
        if not truth.known.any():
            continue
        own = (calibration or {}).get(task)
        given = artefact_answers(system, predictions, task, truth.labels, own)
        against = [answers[task] for answers in rivals if task in answers]
        results.append(trial.judge(truth, given, against, own))
    return BenchmarkResult(
        name=benchmark.name,
        title=benchmark.title,
        protocol=benchmark.protocol,
        items=len(items),
        training_items=max(len(fold.train) for fold in benchmark.folds),
        unanswered=sum(prediction.error is not None for prediction in predictions),
        seconds=seconds,
        leakage=leakage,
        tasks=tuple(results),
        published=benchmark.published,
    )


def clusters_of(items: Sequence[Example]) -> tuple[str, ...]:
    """What is drawn as one in the bootstrap: copies of one text, whatever their spelling."""
    return tuple(text_key(item.text) for item in items)


@dataclass(frozen=True, slots=True)
class _Trial:
    """What the tasks of one benchmark share."""

    benchmark: Benchmark
    rules: Rules
    clusters: tuple[str, ...]
    resamples: Resamples

    @classmethod
    def of(cls, benchmark: Benchmark, rules: Rules) -> _Trial:
        clusters = clusters_of(benchmark.items)
        resamples = Resamples.draw(clusters, replicates=rules.replicates, seed=rules.seed)
        return cls(benchmark, rules, clusters, resamples)

    def judge(
        self,
        truth: Truth,
        given: ArtefactAnswers,
        against: Sequence[Answers],
        calibration: TaskCalibration | None,
    ) -> TaskResult:
        items, answers, resamples = self.benchmark.items, given.answers, self.resamples
        known, predicted = truth.known, answers.predicted
        confidence = answers.confidence[known]
        correct = predicted[known] == truth.index[known]
        table = confusion(truth.index, predicted, len(truth.labels)).astype(int)
        return TaskResult(
            task=truth.task,
            labels=truth.labels,
            items=int(known.sum()),
            unlabelled=int((~known).sum()),
            artefact=score(truth, answers, resamples),
            baselines=tuple(score(truth, rival, resamples) for rival in against),
            differences=tuple(difference(truth, answers, rival, resamples) for rival in against),
            confusion=tuple(tuple(int(cell) for cell in row) for row in table),
            reliability=reliability(confidence, correct),
            ece_of_chance=ece_of_perfect(confidence),
            abstention=Abstention(
                target=self.rules.target_error,
                band=coverage_of_band(given.review[known], correct),
                at_95=coverage_at_error(confidence, correct, 0.05),
                at_98=coverage_at_error(confidence, correct, 0.02),
            ),
            agreements=tuple(agreements(items, truth, answers, resamples)),
            slices=slices_of(items, truth, answers, {**COMMON_SLICERS, **self.benchmark.slicers}),
            outcomes=Outcomes.of(
                [item.id for item in items], self.clusters, truth.index, predicted
            ),
            trust=trust_of(
                truth.index[known],
                answers.probabilities[known],
                raw=None if given.raw is None else given.raw[known],
                confidence_in_all=given.confidence[known],
                calibration=calibration,
            ),
            matched=self._matched(truth, answers, against),
            mistakes=worst_mistakes(items, truth, answers),
        )

    def _matched(
        self, truth: Truth, answers: Answers, against: Sequence[Answers]
    ) -> Matched | None:
        """Scores the length-matched part of tasks of two labels, where it is large enough."""
        if len(truth.labels) != _TWO_LABELS:
            return None
        texts = [item.text for item in self.benchmark.items]
        rows = length_matched(texts, truth.index)
        if rows.size < SMALLEST:
            return None
        part, clusters = truth.at(rows), [self.clusters[row] for row in rows]
        resamples = Resamples.draw(clusters, replicates=self.rules.replicates, seed=self.rules.seed)
        own, rivals = answers.at(rows), [rival.at(rows) for rival in against]
        return Matched(
            items=int(rows.size),
            length_auc=length_auc(texts, truth.index),
            matched_auc=length_auc([texts[row] for row in rows], part.index),
            artefact=score(part, own, resamples),
            baselines=tuple(score(part, rival, resamples) for rival in rivals),
            differences=tuple(difference(part, own, rival, resamples) for rival in rivals),
        )


def worst_mistakes(
    items: Sequence[Example], truth: Truth, answers: Answers, most: int = MISTAKES
) -> tuple[Mistake, ...]:
    """The wrong answers of highest confidence, named by corpus and id."""
    wrong = np.flatnonzero(truth.known & (answers.predicted != truth.index))
    order = wrong[np.argsort(-answers.confidence[wrong], kind="stable")][:most]
    return tuple(
        Mistake(
            items[at].corpus,
            items[at].id,
            truth.labels[truth.index[at]],
            truth.labels[answers.predicted[at]],
            float(answers.confidence[at]),
        )
        for at in order
    )


def agreements(
    items: Sequence[Example], truth: Truth, given: Answers, resamples: Resamples
) -> Iterable[Agreement]:
    """The artefact against each annotator by itself, then the annotators against each other.

    Nothing where not every item has the same number of annotators, at least two.
    """
    count = len(items[0].annotations)
    if count <= 1 or any(len(item.annotations) != count for item in items):
        return
    names = [chr(ord("A") + number) for number in range(count)]
    opinions = [
        indices([item.annotations[number] for item in items], truth.task, truth.labels)
        for number in range(count)
    ]
    size = len(truth.labels)
    systems = [(given.system, given.predicted, number) for number in range(count)]
    systems += [
        (f"annotator {names[other]}", opinions[other], number)
        for number in range(count)
        for other in range(number + 1, count)
    ]
    for system, answers, number in systems:
        right = np.where(answers >= 0, opinions[number], -1)
        draws = macro_f1_of(resamples.confusions(right, answers, size))
        value = float(macro_f1_of(confusion(right, answers, size)))
        yield Agreement(
            system, f"annotator {names[number]}", int((right >= 0).sum()), interval(value, draws)
        )

"""Runs benchmarks for something that predicts, and gathers the report."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from sedno.datasets.corpora.example import Example
from sedno.datasets.textkey import text_key
from sedno.evaluation.answers import Predictor
from sedno.evaluation.baselines import Baseline
from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader
from sedno.evaluation.judge import Rules, judge
from sedno.evaluation.machine import git_commit, this_machine
from sedno.evaluation.panels import StudyResult
from sedno.evaluation.provenance import Admitted, Training, seen_by_corpus, seen_items
from sedno.evaluation.results import ArtefactIdentity, BenchmarkResult, Leakage, Report
from sedno.evaluation.studies.setting import Setting, Study
from sedno.models.calibration import TaskCalibration

Progress = Callable[[str], None]

Rivals = Callable[[Benchmark], Sequence[Baseline]]
"""Gives the baselines that stand beside the artefact on a benchmark."""


def run_suite(
    predictor: Predictor,
    identity: ArtefactIdentity,
    training: Training,
    benchmarks: Iterable[Benchmark],
    *,
    load: Loader,
    baselines: Rivals,
    rules: Rules,
    progress: Progress,
    calibration: Mapping[str, TaskCalibration] | None = None,
) -> Report:
    """Judges ``predictor`` on every benchmark.

    Args:
        predictor: What is judged.
        identity: Its name in the report.
        training: What it was trained on.
        benchmarks: The tests.
        load: Gives the corpora named in ``training``.
        baselines: Gives what it is compared with on a benchmark.
        rules: How to judge.
        progress: Is told what is being done.
        calibration: The artefact's calibration by task, where it is known.
    """
    machine = this_machine()
    admitted = Admitted(training, load)
    results: list[BenchmarkResult] = []
    for benchmark in benchmarks:
        started = time.perf_counter()
        fair, leakage = without_seen(benchmark, admitted)
        progress(f"{benchmark.name}: {len(fair.items)} items")
        result = judge(
            fair,
            predictor,
            system=identity.name,
            baselines=baselines(benchmark),
            leakage=leakage,
            rules=rules,
            calibration=calibration,
        )
        results.append(result)
        progress(f"  {_told(result)} ({time.perf_counter() - started:.0f} s)")
    return Report(
        date=datetime.now(UTC).date().isoformat(),
        artefact=identity,
        machine=machine,
        commit=git_commit(),
        version=version("sedno"),
        target_error=rules.target_error,
        replicates=rules.replicates,
        benchmarks=tuple(results),
    )


def run_studies(setting: Setting, studies: Iterable[tuple[str, Study]]) -> tuple[StudyResult, ...]:
    """Runs studies one after the other, and tells how long each took."""
    results = []
    for name, study in studies:
        setting.progress(f"{name}:")
        result = study(setting)
        results.append(result)
        setting.progress(f"  done ({result.seconds:.0f} s)")
    return tuple(results)


def _told(result: BenchmarkResult) -> str:
    figures = [f"{task.task} {task.artefact.macro_f1.value:.3f}" for task in result.tasks]
    return f"macro-F1: {', '.join(figures)}"


def without_seen(benchmark: Benchmark, admitted: Admitted) -> tuple[Benchmark, Leakage]:
    """The benchmark without the items the artefact may have learned from, and the account.

    When that would leave nothing, all items stay and the account says so.
    """
    training = admitted.training
    seen = seen_items(benchmark, admitted)
    fair = benchmark.without(lambda item: item.id in seen) if seen else benchmark
    left_out = len(seen)
    if not fair.folds:
        fair, left_out = benchmark, 0
    return fair, Leakage(
        keys_in_training=keys_in_training(fair),
        dropped=benchmark.dropped,
        recipe_stated=training.stated,
        trained_on=seen_by_corpus(benchmark.items, training),
        may_have_seen=len(seen),
        left_out=left_out,
    )


def keys_in_training(benchmark: Benchmark) -> int:
    """Test items whose text, however it is spelled, stands in the training part of their fold."""
    return sum(
        _keys_within(fold.test, {text_key(example.text) for example in fold.train})
        for fold in benchmark.folds
    )


def _keys_within(items: Sequence[Example], keys: set[str]) -> int:
    return sum(text_key(item.text) in keys for item in items)

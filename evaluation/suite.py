"""Runs benchmarks for something that predicts, and gathers the report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version

from sedno.datasets.corpora.example import Example
from sedno.datasets.textkey import text_key
from sedno.evaluation.answers import Predictor
from sedno.evaluation.baselines import Baseline
from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader
from sedno.evaluation.judge import Rules, judge
from sedno.evaluation.machine import git_commit, this_machine
from sedno.evaluation.provenance import Training, seen_by_corpus, seen_items
from sedno.evaluation.results import ArtefactIdentity, BenchmarkResult, Leakage, Report

Progress = Callable[[str], None]


def run_suite(
    predictor: Predictor,
    identity: ArtefactIdentity,
    training: Training,
    benchmarks: Iterable[Benchmark],
    *,
    load: Loader,
    baselines: Sequence[Baseline],
    rules: Rules,
    progress: Progress,
) -> Report:
    """Judges ``predictor`` on every benchmark.

    Args:
        predictor: What is judged.
        identity: Its name in the report.
        training: What it was trained on.
        benchmarks: The tests.
        load: Gives the corpora named in ``training``.
        baselines: What it is compared with.
        rules: How to judge.
        progress: Is told what is being done.
    """
    machine = this_machine()
    results: list[BenchmarkResult] = []
    for benchmark in benchmarks:
        progress(f"{benchmark.name}: {len(benchmark.items)} items")
        fair, leakage = without_seen(benchmark, training, load)
        results.append(
            judge(
                fair,
                predictor,
                system=identity.name,
                baselines=baselines,
                leakage=leakage,
                rules=rules,
            )
        )
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


def without_seen(
    benchmark: Benchmark, training: Training, load: Loader
) -> tuple[Benchmark, Leakage]:
    """The benchmark without the items the artefact may have learned from, and the account.

    When that would leave nothing, all items stay and the account says so.
    """
    seen = seen_items(benchmark, training, load)
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

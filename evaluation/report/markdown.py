"""A report as one Markdown page. No text of a corpus ever enters it."""

from __future__ import annotations

from collections.abc import Iterator

from sedno.evaluation.panels import StudyResult
from sedno.evaluation.report.summary import study_tables, summary
from sedno.evaluation.report.tables import figure, percent, signed, table, with_interval
from sedno.evaluation.results import BenchmarkResult, Leakage, Matched, Report, TaskResult
from sedno.evaluation.robustness.matched import CALIPER
from sedno.models.taxonomy import TASK_BY_NAME

_FEW = 30
_MISTAKES = 8


def markdown(report: Report) -> str:
    """Renders ``report``."""
    parts = [
        f"# Evaluation of {report.artefact.name}, {report.date}",
        "\n".join(_facts(report)),
        "## Summary",
        summary(report),
        *(part for result in report.benchmarks for part in _benchmark(result)),
        *(part for study in report.studies for part in _study(study)),
    ]
    return "\n\n".join(parts) + "\n"


def _facts(report: Report) -> Iterator[str]:
    yield f"- artefact: `{report.artefact.name}`, weights SHA-256 `{report.artefact.sha256}`"
    yield f"- machine: {report.machine.line()}"
    yield f"- commit: `{report.commit or 'not a checkout'}`, sedno {report.version}"
    yield f"- abstain band asked to keep errors under {percent(report.target_error, 0)}"
    yield f"- intervals: {report.replicates} bootstrap resamples of texts, copies drawn together"
    if report.artefact.files:
        yield (
            "- training sources outside the registry, not checked for leaks here: "
            f"{', '.join(report.artefact.files)}"
        )
    if report.artefact.other_data:
        yield (
            "- **files of these corpora are not those the artefact was trained from, so what its "
            f"recipe promises may not hold: {', '.join(report.artefact.other_data)}**"
        )
    yield "- no text of a corpus is part of this report"


def _benchmark(result: BenchmarkResult) -> Iterator[str]:
    yield f"## {result.title} (`{result.name}`)"
    yield result.protocol
    yield "\n".join(_leak_lines(result))
    for task in result.tasks:
        yield from _task(task)
    if result.published:
        yield "### Published figures"
        yield table(
            ("system", "source", "same items and rules", "metric", "value"),
            [
                (p.system, p.source, "yes" if p.same else "no", p.metric, figure(p.value))
                for p in result.published
            ],
            left=4,
        )


def _study(study: StudyResult) -> Iterator[str]:
    yield f"## {study.title} (`{study.name}`)"
    yield study.protocol
    for title, cells in study_tables(study):
        yield f"### {title}"
        yield cells


def _leak_lines(result: BenchmarkResult) -> Iterator[str]:
    leak = result.leakage
    yield (
        f"- {result.items} items; baselines learn from up to {result.training_items}; the "
        f"artefact took {result.seconds:.1f} s and left {result.unanswered} unanswered"
    )
    yield (
        f"- leakage: {leak.keys_in_training} test texts stand in the baselines' training part "
        f"({leak.dropped} training examples were left out because they gave test texts away)"
    )
    yield f"- the artefact: {_seen(leak)}"


def _seen(leak: Leakage) -> str:
    if not leak.recipe_stated:
        return "does not state what it was trained on; whether it saw these items is unknown"
    corpora = ", ".join(f"`{name}`" for name in leak.trained_on)
    trained = (
        f"was trained on other parts of {corpora}"
        if corpora
        else ("was not trained on this corpus")
    )
    if not leak.may_have_seen:
        return f"{trained}; by its recipe it saw none of these items or their like"
    if leak.in_sample:
        return (
            f"may have learned from {leak.may_have_seen} of these items by its recipe: "
            "**not a measure of unseen text**"
        )
    return f"{trained}; {leak.left_out} items it may have learned from were left out of the test"


def _task(task: TaskResult) -> Iterator[str]:
    yield f"### {task.task}: {task.items} items" + (
        f" ({task.unlabelled} without a label left out)" if task.unlabelled else ""
    )
    if task.only_label is not None:
        yield (
            f"Every item is `{task.only_label}`, so macro-F1 says nothing here: read the accuracy, "
            "which is 1 less the share of false alarms."
        )
    positive = TASK_BY_NAME[task.task].positive if task.artefact.positive_f1 else None
    ahead = {difference.than: difference.macro_f1 for difference in task.differences}
    yield table(
        ("system", "macro-F1", "accuracy", f"F1 of {positive}", "ahead of it by")
        if positive
        else ("system", "macro-F1", "accuracy", "ahead of it by"),
        [
            (
                system.system,
                with_interval(system.macro_f1),
                with_interval(system.accuracy),
                *([with_interval(system.positive_f1)] if system.positive_f1 else []),
                signed(ahead[system.system]) if system.system in ahead else "",
            )
            for system in (task.artefact, *task.baselines)
        ],
    )
    yield table(
        ("label", "precision", "recall", "F1", "items", *(f"→ {name}" for name in task.labels)),
        [
            (
                row.label,
                figure(row.precision),
                figure(row.recall),
                figure(row.f1),
                str(row.support) + (" (few)" if row.support < _FEW else ""),
                *map(str, answers),
            )
            for row, answers in zip(task.artefact.classes, task.confusion, strict=True)
        ],
    )
    yield _calibration(task)
    if task.trust.bands:
        yield _bands(task)
    if task.matched is not None:
        yield from _matched(task.matched)
    if task.agreements:
        yield table(
            ("system", "against", "items", "macro-F1"),
            [
                (a.system, a.annotator, str(a.items), with_interval(a.macro_f1))
                for a in task.agreements
            ],
            left=2,
        )
    if task.slices:
        yield table(
            ("slice", "part", "items", "accuracy", "macro-F1", "ECE"),
            [
                (
                    part.by,
                    part.name,
                    str(part.items),
                    figure(part.accuracy),
                    figure(part.macro_f1),
                    figure(part.ece),
                )
                for part in task.slices
            ],
            left=2,
        )
    if task.mistakes:
        yield "Wrong answers of highest confidence (id: right → given, confidence): " + "; ".join(
            f"`{m.id}`: {m.right} → {m.given}, {figure(m.confidence, 2)}"
            for m in task.mistakes[:_MISTAKES]
        )


def _matched(matched: Matched) -> Iterator[str]:
    yield (
        f"Length-matched part: {matched.items} items in pairs of both labels whose lengths differ "
        f"by at most {percent(CALIPER, 0)}. Length alone parts the labels with an AUC of "
        f"{figure(matched.length_auc)} on all items and of {figure(matched.matched_auc)} here."
    )
    ahead = {difference.than: difference.macro_f1 for difference in matched.differences}
    yield table(
        ("system, length-matched", "macro-F1", "ahead of it by"),
        [
            (
                system.system,
                with_interval(system.macro_f1),
                signed(ahead[system.system]) if system.system in ahead else "",
            )
            for system in (matched.artefact, *matched.baselines)
        ],
    )


def _bands(task: TaskResult) -> str:
    return table(
        ("target error", "answered alone", "wrong among those", "95 % interval", "verdict"),
        [
            (
                percent(band.target, 0),
                percent(band.answered),
                percent(band.error),
                f"[{percent(band.low)}, {percent(band.high)}]",
                band.verdict,
            )
            for band in task.trust.bands
        ],
    )


def _calibration(task: TaskResult) -> str:
    band = task.abstention.band
    return (
        f"ECE {figure(task.artefact.ece)}, before calibration {figure(task.trust.raw_ece)} "
        f"(perfectly calibrated answers would show {figure(task.ece_of_chance)} on so few items). "
        f"Abstain band at a target of "
        f"{percent(task.abstention.target, 0)}: {percent(band.answered)} answered alone, "
        f"{percent(band.error)} of them wrong. A perfectly placed threshold would answer "
        f"{percent(task.abstention.at_95)} at 95 % precision and "
        f"{percent(task.abstention.at_98)} at 98 %."
    )

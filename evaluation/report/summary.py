"""The short form of a report: one line a task."""

from __future__ import annotations

import math

from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.floors import FloorCheck, check_floors, read_floors
from sedno.evaluation.panels import Panel, StudyResult
from sedno.evaluation.report.tables import figure, percent, signed, table, with_interval
from sedno.evaluation.results import BenchmarkResult, Report, TaskResult
from sedno.evaluation.stored import stored_figures, study_figures

LEGEND = (
    "Macro-F1 with 95 % bootstrap intervals; a star marks a difference whose paired interval is "
    "clear of zero. ECE: 15 bins of equal mass; behind the slash what perfectly calibrated "
    "answers would show on so few items. Alone: share answered outside the abstain band."
)


def summary(report: Report) -> str:
    """The summary table with its legend, for the top of a report and for terminals."""
    rows = [_row(result, task) for result in report.benchmarks for task in result.tasks]
    header = (
        "benchmark",
        "task",
        "items",
        "macro-F1",
        "strongest baseline",
        "its macro-F1",
        "difference",
        "ECE / chance",
        "alone",
        "error there",
    )
    warnings = [
        f"- {result.name}: the artefact may have learned from "
        f"{result.leakage.may_have_seen} of these items: no measure of unseen text."
        for result in report.benchmarks
        if result.leakage.in_sample
    ]
    parts = [
        *((table(header, rows, left=2), LEGEND) if rows else ()),
        "\n".join(warnings),
        *(
            f"{title}\n\n{cells}"
            for study in report.studies
            for title, cells in study_tables(study)
        ),
        floor_table(report),
    ]
    return "\n\n".join(part for part in parts if part)


def floor_checks(report: Report) -> list[FloorCheck]:
    """Floors and goals of what ``report`` ran, held against it."""
    ran = frozenset(result.name for result in report.benchmarks)
    ran |= {study.name for study in report.studies}
    asked = read_floors().within(ran)
    return list(check_floors(stored_figures(report), asked, study_figures(report)))


def floor_table(report: Report) -> str:
    """The floors and goals of what ``report`` ran; empty where there are none."""
    rows = [
        (
            check.level,
            check.benchmark,
            check.task,
            check.asked,
            check.measured,
            "yes" if check.reached else "NO",
            "" if check.reached else check.missed_because,
        )
        for check in floor_checks(report)
    ]
    if not rows:
        return ""
    header = ("level", "of", "task", "asked", "measured", "reached", "why not")
    return table(header, rows, left=4)


def study_tables(study: StudyResult) -> list[tuple[str, str]]:
    """Every table of a study with its title."""
    return [(panel.title, table(*panel_cells(panel))) for panel in study.panels]


def panel_cells(panel: Panel) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and cells of a panel; the remarks, if any, stand in the last column."""
    noted = any(row.note for row in panel.rows)
    header = ("", *panel.columns, *(["remark"] if noted else []))
    rows = [
        (
            row.subject,
            *(_cell(row.figures.get(name), panel) for name in panel.columns),
            *([row.note] if noted else []),
        )
        for row in panel.rows
    ]
    return header, rows


def _cell(value: Interval | None, panel: Panel) -> str:
    if value is None:
        return "–"
    if math.isnan(value.low):
        return figure(value.value, panel.places)
    return (signed if panel.signed else with_interval)(value, panel.places)


def _row(result: BenchmarkResult, task: TaskResult) -> tuple[str, ...]:
    if task.only_label is not None:
        alarms = f"only {task.only_label}; false alarms {percent(1 - task.artefact.accuracy.value)}"
        return (*_head(result, task), alarms, "–", "–", "–", *_tail(task))
    best = max(task.baselines, key=lambda system: system.macro_f1.value, default=None)
    ahead = next((d for d in task.differences if best and d.than == best.system), None)
    return (
        *_head(result, task),
        with_interval(task.artefact.macro_f1),
        best.system if best else "–",
        figure(best.macro_f1.value) if best else "–",
        signed(ahead.macro_f1) if ahead else "–",
        *_tail(task),
    )


def _head(result: BenchmarkResult, task: TaskResult) -> tuple[str, ...]:
    seen = " (seen)" if result.leakage.in_sample else ""
    return (result.name + seen, task.task, str(task.items))


def _tail(task: TaskResult) -> tuple[str, ...]:
    return (
        f"{figure(task.artefact.ece)} / {figure(task.ece_of_chance)}",
        percent(task.abstention.band.answered),
        percent(task.abstention.band.error),
    )

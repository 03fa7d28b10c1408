"""The figures that travel with an artefact, in its ``metrics.json`` under ``"evaluation"``.

They hold what a gate needs: macro-F1 with its interval, the baselines beside it, and the
outcomes item by item, from which two models can be compared pairwise without any corpus.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sedno.evaluation.bootstrap import confusion, f1_of, macro_f1_of
from sedno.evaluation.outcomes import Outcomes
from sedno.evaluation.report.json_form import plain
from sedno.evaluation.results import Report, TaskResult

METRICS_FILE = "metrics.json"
KEY = "evaluation"

_ROUNDING = 1e-5


class MetricsError(ValueError):
    """Stored figures that are missing or do not fit together; names file and remedy."""


@dataclass(frozen=True, slots=True)
class StoredTask:
    """The stored figures of one task of one benchmark.

    Attributes:
        macro_f1: Of the artefact.
        low: Lower end of its 95 % interval.
        high: Upper end.
        accuracy: Of the artefact.
        ece: Expected calibration error.
        items: Labelled items.
        in_sample: Whether the artefact may have learned from the items.
        baselines: Baseline -> macro-F1.
        labels: The labels, whose positions the outcomes give.
        outcomes: The answers item by item.
        ahead: Baseline -> how far the artefact's macro-F1 is ahead of it, with the lower and
            the upper end of the paired 95 % interval.
        parts: ``slicer/part`` -> accuracy in that part.
    """

    macro_f1: float
    low: float
    high: float
    accuracy: float
    ece: float | None
    items: int
    in_sample: bool
    baselines: Mapping[str, float]
    labels: tuple[str, ...]
    outcomes: Outcomes
    ahead: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    parts: Mapping[str, float] = field(default_factory=dict)

    def f1(self, label: str) -> float | None:
        """F1 of one label, from the outcomes; ``None`` where it is neither true nor given.

        Raises:
            ValueError: The task has no such label.
        """
        table = confusion(
            self.outcomes.truth_indices(), self.outcomes.predicted_indices(), len(self.labels)
        )
        value = float(f1_of(table)[self.labels.index(label)])
        return None if math.isnan(value) else value


Stored = Mapping[str, Mapping[str, StoredTask]]
"""Benchmark -> task -> figures."""

StoredStudies = Mapping[str, Mapping[str, Mapping[str, float]]]
"""``study/panel`` -> subject -> figure -> value. A figure ``seen`` of 1 says that the artefact may
have learned from what the others were measured on."""


def stored_form(report: Report) -> dict[str, Any]:
    """What of ``report`` is stored, as plain JSON types."""
    return {
        "date": report.date,
        "commit": report.commit,
        "machine": report.machine.line(),
        "weights": report.artefact.sha256,
        "benchmarks": plain(stored_figures(report)),
        "studies": plain(study_figures(report)),
    }


def study_figures(report: Report) -> StoredStudies:
    """The figures of the studies in ``report`` as they would be read back."""
    return {
        f"{study.name}/{panel.key}": {
            row.subject: {name: figure.value for name, figure in row.figures.items()}
            | ({"seen": 1.0} if row.seen else {})
            for row in panel.rows
        }
        for study in report.studies
        for panel in study.panels
    }


def read_studies(path: Path) -> StoredStudies:
    """Reads the stored figures of studies; none where the artefact has an older evaluation.

    Raises:
        MetricsError: The file is missing, no JSON, or has no evaluation.
    """
    studies: StoredStudies = _evaluation(path).get("studies", {})
    return studies


def stored_figures(report: Report) -> Stored:
    """The figures of ``report`` as they would be read back."""
    return {
        result.name: {
            task.task: _stored(task, in_sample=result.leakage.in_sample) for task in result.tasks
        }
        for result in report.benchmarks
    }


def read_stored(path: Path) -> Stored:
    """Reads the stored figures from an artefact's ``metrics.json``.

    Raises:
        MetricsError: The file is missing or no JSON, has no evaluation, or a stored macro-F1 is
            not what the stored outcomes give.
    """
    benchmarks = _evaluation(path)["benchmarks"]
    return {
        benchmark: {
            task: _parse(figures, f"{path}: {benchmark}.{task}") for task, figures in tasks.items()
        }
        for benchmark, tasks in benchmarks.items()
    }


def _evaluation(path: Path) -> Mapping[str, Any]:
    remedy = "run `sedno evaluate` on the artefact and store its figures"
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise MetricsError(f"{path}: cannot be read ({error.strerror}); {remedy}") from error
    except json.JSONDecodeError as error:
        raise MetricsError(f"{path}: not JSON ({error}); {remedy}") from error
    evaluation: Any = raw.get(KEY, {}) if isinstance(raw, dict) else {}
    if not isinstance(evaluation.get("benchmarks"), dict):
        raise MetricsError(f"{path}: has no {KEY}.benchmarks; {remedy}")
    found: Mapping[str, Any] = evaluation
    return found


def _stored(task: TaskResult, *, in_sample: bool) -> StoredTask:
    own = task.artefact
    return StoredTask(
        macro_f1=own.macro_f1.value,
        low=own.macro_f1.low,
        high=own.macro_f1.high,
        accuracy=own.accuracy.value,
        ece=own.ece,
        items=task.items,
        in_sample=in_sample,
        baselines={rival.system: rival.macro_f1.value for rival in task.baselines},
        labels=task.labels,
        outcomes=task.outcomes,
        ahead={
            d.than: (d.macro_f1.value, d.macro_f1.low, d.macro_f1.high) for d in task.differences
        },
        parts={f"{part.by}/{part.name}": part.accuracy for part in task.slices},
    )


def _parse(figures: Mapping[str, Any], where: str) -> StoredTask:
    try:
        raw = figures["outcomes"]
        outcomes = Outcomes(
            raw["items"],
            tuple(tuple(same) for same in raw["copies"]),
            raw["truth"],
            raw["predicted"],
        )
        task = StoredTask(
            **{
                **figures,
                "labels": tuple(figures["labels"]),
                "outcomes": outcomes,
            }
        )
    except (KeyError, TypeError) as error:
        raise MetricsError(f"{where}: does not fit the format ({error})") from error
    table = confusion(outcomes.truth_indices(), outcomes.predicted_indices(), len(task.labels))
    given = float(macro_f1_of(table))
    if not math.isclose(given, task.macro_f1, abs_tol=_ROUNDING):
        raise MetricsError(
            f"{where}: macro_f1 is {task.macro_f1:.4f} but the stored outcomes give {given:.4f}; "
            "the file was changed by hand or is damaged: evaluate again"
        )
    return task

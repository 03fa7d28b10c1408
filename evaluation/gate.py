"""The quality gate: a model below its floors, or worse than the last one, does not ship."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sedno.evaluation.bootstrap import (
    Interval,
    Resamples,
    accuracy_of,
    confusion,
    interval,
    macro_f1_of,
)
from sedno.evaluation.floors import Floors, check_floors, read_floors
from sedno.evaluation.stored import (
    METRICS_FILE,
    Stored,
    StoredStudies,
    StoredTask,
    read_stored,
    read_studies,
)


@dataclass(frozen=True, slots=True)
class Breach:
    """One reason not to ship.

    Attributes:
        benchmark: Name of the benchmark.
        task: Name of the task.
        reason: What is asked and what was measured.
    """

    benchmark: str
    task: str
    reason: str

    def __str__(self) -> str:
        return f"{self.benchmark}, {self.task}: {self.reason}"


def gate(
    artefact: Path, *, active: Path | None = None, floors: Floors | None = None
) -> list[Breach]:
    """Every reason why the artefact must not ship; an empty list lets it pass.

    Args:
        artefact: Folder of the artefact, whose ``metrics.json`` holds an evaluation.
        active: Folder of the artefact in use, to compare with; nothing is compared for ``None``.
        floors: The floors; those of this package where ``None``.

    Raises:
        MetricsError: An artefact has no stored evaluation, or one that contradicts itself.
    """
    candidate = read_stored(artefact / METRICS_FILE)
    studies = read_studies(artefact / METRICS_FILE)
    asked = read_floors() if floors is None else floors
    breaches = list(floor_breaches(candidate, asked, studies))
    if active is not None:
        breaches += regressions(candidate, read_stored(active / METRICS_FILE))
    return breaches


def floor_breaches(
    candidate: Stored, floors: Floors, studies: StoredStudies | None = None
) -> Iterator[Breach]:
    """Where ``candidate`` misses a floor or goal, or was not measured where there is one.

    A goal whose table says why it is missed is no breach; it stays in every report.
    """
    for check in check_floors(candidate, floors, studies):
        excused = check.level == "goal" and check.missed_because
        if not check.reached and not excused:
            yield Breach(
                check.benchmark, check.task, f"asked is {check.asked}; measured: {check.measured}"
            )


def regressions(candidate: Stored, active: Stored) -> Iterator[Breach]:
    """Where ``candidate`` is worse than ``active`` beyond noise, or was not measured at all.

    Beyond noise means that the 95 % paired bootstrap interval of the difference in macro-F1
    lies below zero (of accuracy, where only one label is ever right, as a single false alarm
    would halve macro-F1 there). Where the two were measured on different items the answers
    cannot be paired, and the candidate's interval must not end below the active figure.
    """
    for benchmark, tasks in active.items():
        for task, old in tasks.items():
            new = candidate.get(benchmark, {}).get(task)
            if new is None:
                yield Breach(benchmark, task, "the active artefact is measured here, this is not")
                continue
            if old.in_sample or new.in_sample:
                continue
            change = paired_change(new, old)
            if change is None:
                if new.high < old.macro_f1 and not _one_label(old):
                    yield Breach(
                        benchmark,
                        task,
                        f"macro_f1 is {new.macro_f1:.3f} [{new.low:.3f}, {new.high:.3f}] on other "
                        f"items, the active artefact's {old.macro_f1:.3f}",
                    )
            elif change.high < 0.0:
                yield Breach(
                    benchmark,
                    task,
                    f"{_figure(new)} fell by {-change.value:.3f} "
                    f"[{-change.high:.3f}, {-change.low:.3f}] against the active artefact",
                )


def paired_change(new: StoredTask, old: StoredTask) -> Interval | None:
    """Macro-F1 of ``new`` less that of ``old``, paired over the items (or accuracy, see above).

    ``None`` where they were measured on different items or labels.
    """
    same = (
        new.outcomes.items == old.outcomes.items
        and new.outcomes.truth == old.outcomes.truth
        and new.labels == old.labels
    )
    if not same:
        return None
    resamples = Resamples.draw(new.outcomes.clusters())
    truth, size = new.outcomes.truth_indices(), len(new.labels)
    of = accuracy_of if _one_label(new) else macro_f1_of
    values, draws = [], []
    for outcomes in (new.outcomes, old.outcomes):
        predicted = outcomes.predicted_indices()
        values.append(float(of(confusion(truth, predicted, size))))
        draws.append(of(resamples.confusions(truth, predicted, size)))
    return interval(values[0] - values[1], draws[0] - draws[1])


def _one_label(figures: StoredTask) -> bool:
    return len(set(figures.outcomes.truth) - {"-"}) <= 1


def _figure(figures: StoredTask) -> str:
    return "accuracy" if _one_label(figures) else "macro_f1"

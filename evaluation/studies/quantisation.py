"""What the artefact's export measured of its integer weights against the float network."""

from __future__ import annotations

from statistics import fmean

from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting

NAME = "quantisation"

_NO_VNNI = (
    " The export ran on a processor without VNNI, where sums of 8-bit products saturate: its int8 "
    "figures are not what other processors would answer."
)


def run(setting: Setting) -> StudyResult:
    """Reads loss and disagreement of every task from the artefact's metrics.

    Beside them stand the mean over the tasks, which the export's own gate looks at, and the worst:
    on tasks of few rare labels one comment is half a point, so the worst task is no hard bound.
    """
    forms = setting.metrics.get(NAME) or {}
    rows = []
    for form, tasks in forms.items():
        gaps = {name: (float(g["loss"]), float(g["disagreement"])) for name, g in tasks.items()}
        worst = tuple(max(gap[at] for gap in gaps.values()) for at in (0, 1))
        mean = tuple(fmean(gap[at] for gap in gaps.values()) for at in (0, 1))
        for name, (loss, changed) in {**gaps, "all tasks": mean, "worst task": worst}.items():
            figures = {"macro_f1_lost": _point(loss), "labels_changed": _point(changed)}
            rows.append(Row(f"{form} {name}", figures))
    return StudyResult(
        name=NAME,
        title="Integer weights against the float network",
        protocol=(
            "As measured when the artefact was exported, on held-back comments, with the 8-bit "
            "path of this processor and with 7-bit weights, which are safe on every processor."
            f"{_NO_VNNI if setting.metrics.get('measured_with_vnni') is False else ''}"
        ),
        panels=(Panel("gap", "Shares", tuple(rows)),),
    )


def _point(value: float) -> Interval:
    """A figure that was taken over without an interval."""
    return Interval(value, float("nan"), float("nan"))

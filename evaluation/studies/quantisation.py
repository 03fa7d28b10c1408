"""What the artefact's export measured of its integer weights against the float network."""

from __future__ import annotations

from sedno.evaluation.bootstrap import Interval
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting

NAME = "quantisation"


def run(setting: Setting) -> StudyResult:
    """Reads loss and disagreement of every task from the artefact's metrics, and the worst."""
    forms = setting.metrics.get(NAME) or {}
    rows = []
    for form, tasks in forms.items():
        gaps = {name: (float(g["loss"]), float(g["disagreement"])) for name, g in tasks.items()}
        worst = tuple(max(gap[at] for gap in gaps.values()) for at in (0, 1))
        for name, (loss, changed) in {**gaps, "worst task": worst}.items():
            figures = {"macro_f1_lost": _point(loss), "labels_changed": _point(changed)}
            rows.append(Row(f"{form} {name}", figures))
    return StudyResult(
        name=NAME,
        title="Integer weights against the float network",
        protocol=(
            "As measured when the artefact was exported, on held-back comments, with the 8-bit "
            "path of this processor and with 7-bit weights, which are safe on every processor."
        ),
        panels=(Panel("gap", "Shares", tuple(rows)),),
    )


def _point(value: float) -> Interval:
    """A figure that was taken over without an interval."""
    return Interval(value, float("nan"), float("nan"))

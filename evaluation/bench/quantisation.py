"""What the artefact itself says of its integer weights against the float network."""

from __future__ import annotations

from statistics import fmean

from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.models.artifact import Artifact

NAME = "quantisation"
FLOOR_LOSS = 0.5
FLOOR_CHANGED = 1.0
_NO_VNNI = (
    " The export ran on a processor without VNNI, where sums of 8-bit products saturate, so int8 "
    "is told but not judged."
)


def run(setting: Setting) -> Finding:
    """Reads the worst task of every integer form from the artefact's metrics.

    Raises:
        BenchError: The artefact does not hold them.
    """
    metrics = Artifact.load(setting.artifact).metrics()
    forms = metrics.get("quantisation")
    if not isinstance(forms, dict) or not forms:
        raise BenchError("metrics.json of the artefact holds no 'quantisation'; export it again")
    saturates = metrics.get("measured_with_vnni") is False
    figures: list[Figure] = []
    for form, tasks in forms.items():
        # Without VNNI, 8-bit sums saturate: what was measured is not what is shipped anywhere.
        judged = not (saturates and form == "int8")
        lost = [100.0 * gap["loss"] for gap in tasks.values()]
        changed = [100.0 * gap["disagreement"] for gap in tasks.values()]
        figures += [
            Figure(
                f"{form}: macro-F1 lost, mean of the tasks",
                fmean(lost),
                "points",
                FLOOR_LOSS if judged else None,
                most=True,
            ),
            Figure(
                f"{form}: decisions changed",
                fmean(changed),
                "%",
                FLOOR_CHANGED if judged else None,
                most=True,
            ),
            Figure(f"{form}: macro-F1 lost, worst task", max(lost), "points"),
            Figure(f"{form}: decisions changed, worst task", max(changed), "%"),
        ]
    examples = max(gap["examples"] for tasks in forms.values() for gap in tasks.values())
    return Finding(
        name=NAME,
        title="Integer weights against the float network",
        how=(
            f"As measured when the artefact was exported, on {examples} held-back comments; "
            "int8 uses VNNI where the processor has it, int7 is safe on every processor. The "
            "floors hold over all tasks, as at the export's gate; on a task of few rare labels one "
            "comment is half a point."
            f"{_NO_VNNI if saturates else ''}"
        ),
        figures=tuple(figures),
    )

"""What the artefact itself says of its integer weights against the float network."""

from __future__ import annotations

from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.models.artifact import Artifact

NAME = "quantisation"
FLOOR_LOSS = 0.5
FLOOR_CHANGED = 1.0


def run(setting: Setting) -> Finding:
    """Reads the worst task of every integer form from the artefact's metrics.

    Raises:
        BenchError: The artefact does not hold them.
    """
    metrics = Artifact.load(setting.artifact).metrics()
    forms = metrics.get("quantisation")
    if not isinstance(forms, dict) or not forms:
        raise BenchError("metrics.json of the artefact holds no 'quantisation'; export it again")
    figures: list[Figure] = []
    for form, tasks in forms.items():
        loss = max(100.0 * gap["loss"] for gap in tasks.values())
        changed = max(100.0 * gap["disagreement"] for gap in tasks.values())
        figures += [
            Figure(f"{form}: macro-F1 lost, worst task", loss, "points", FLOOR_LOSS, most=True),
            Figure(f"{form}: labels changed, worst task", changed, "%", FLOOR_CHANGED, most=True),
        ]
    examples = max(gap["examples"] for tasks in forms.values() for gap in tasks.values())
    return Finding(
        name=NAME,
        title="Integer weights against the float network",
        how=(
            f"As measured when the artefact was exported, on {examples} held-back comments; "
            "int8 uses VNNI where the processor has it, int7 is safe on every processor."
        ),
        figures=tuple(figures),
    )

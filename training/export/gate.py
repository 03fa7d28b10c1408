"""Refuses an artefact whose integer answers differ from the float network's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from sedno.models.calibration import TaskCalibration
from sedno.models.session import KEPT_APART
from sedno.models.taxonomy import TASKS
from sedno.training.batches import pad
from sedno.training.export.graph import GRAPH_FILE

MAX_LOSS = 0.005
MAX_DISAGREEMENT = 0.01
SIGNIFICANCE = 0.05

Logits = dict[str, NDArray[np.float32]]


class GateError(RuntimeError):
    """The integer graph loses too much; the message tells which task and how much."""


@dataclass(frozen=True, slots=True)
class TaskGap:
    """How far the integer answers of one task are from the float ones.

    Attributes:
        loss: Macro-F1 of the float graph minus that of the integer one, 0 to 1 scale.
        disagreement: Share of comments with another label.
        examples: Comments compared.
        worse: Labelled comments that only the float graph gets right.
        better: Labelled comments that only the integer graph gets right.
    """

    loss: float
    disagreement: float
    examples: int
    worse: int = 0
    better: int = 0

    @property
    def chance(self) -> float:
        """How often chance alone makes the integer graph lose at least so many comments.

        One-sided exact sign test over the comments that only one graph gets right
        (McNemar 1947).
        """
        if not self.worse + self.better:
            return 1.0
        test = binomtest(self.worse, self.worse + self.better, 0.5, alternative="greater")
        return float(test.pvalue)


def run_graph(folder: Path, rows: Sequence[Sequence[int]], pad_id: int, batch: int = 16) -> Logits:
    """Outputs of an exported graph: tasks' logits and ``embedding``, in the order of ``rows``."""
    session = ort.InferenceSession(
        str(folder / GRAPH_FILE),
        providers=["CPUExecutionProvider"],
        disabled_optimizers=KEPT_APART,
    )
    names = [output.name for output in session.get_outputs()]
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    collected: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    for start in range(0, len(order), batch):
        ids, mask = pad([rows[i] for i in order[start : start + batch]], pad_id)
        values = session.run(names, {"input_ids": ids.numpy(), "attention_mask": mask.numpy()})
        for name, value in zip(names, values, strict=True):
            collected[name].append(value)
    back = np.argsort(order)
    return {name: np.concatenate(parts)[back] for name, parts in collected.items()}


def compare(
    exact: Logits,
    integer: Logits,
    calibration: Mapping[str, TaskCalibration],
    labels: Mapping[str, NDArray[np.int64]],
) -> dict[str, TaskGap]:
    """Compares calibrated decisions task by task.

    Args:
        exact: Logits of the float graph.
        integer: Logits of the integer graph.
        calibration: The artefact's, applied to both.
        labels: Task name -> true label numbers, -1 where unknown.
    """
    gaps: dict[str, TaskGap] = {}
    for task in TASKS:
        fitted = calibration[task.name]
        decided = [
            softmax(side[task.name] / fitted.temperature + np.array(fitted.bias), axis=1).argmax(1)
            for side in (exact, integer)
        ]
        known = labels[task.name] >= 0
        truth = labels[task.name][known]
        scores = [
            float(f1_score(truth, answers[known], average="macro", zero_division=0.0))
            for answers in decided
        ]
        gaps[task.name] = TaskGap(
            loss=scores[0] - scores[1],
            disagreement=float((decided[0] != decided[1]).mean()),
            examples=len(decided[0]),
            worse=int(
                ((decided[0] == labels[task.name]) & (decided[1] != labels[task.name])).sum()
            ),
            better=int(
                ((decided[1] == labels[task.name]) & (decided[0] != labels[task.name])).sum()
            ),
        )
    return gaps


def check(name: str, gaps: Mapping[str, TaskGap]) -> None:
    """Passes only a graph within the bounds.

    The share of changed decisions is taken over all tasks' decisions together: a task of
    rare labels has too few comments for a bound of its own. For the same reason a single
    task is refused only where its loss is no chance; on a hundred spam comments one comment
    is half a point. The mean over the tasks has to keep the bound in any case.

    Raises:
        GateError: More than 0.5 points of macro-F1 lost on a task beyond chance or on the
            mean of all, or more than 1 % of all decisions changed.
    """
    mean = float(np.mean([gap.loss for gap in gaps.values()]))
    if mean > MAX_LOSS:
        raise GateError(
            f"{name}: {100 * mean:.2f} points of macro-F1 are lost against float32 on the mean of "
            f"the tasks (at most {100 * MAX_LOSS:.1f}); try another export.smoothing"
        )
    for task, gap in gaps.items():
        if gap.loss > MAX_LOSS and gap.chance < SIGNIFICANCE:
            raise GateError(
                f"{name}: {task} loses {100 * gap.loss:.2f} points of macro-F1 against float32 "
                f"(at most {100 * MAX_LOSS:.1f}); try export.weight_bits = 8 or another "
                "export.smoothing"
            )
    changed = float(np.mean([gap.disagreement for gap in gaps.values()]))
    if changed > MAX_DISAGREEMENT:
        raise GateError(
            f"{name}: {100 * changed:.2f} % of decisions differ from float32 "
            f"(at most {100 * MAX_DISAGREEMENT:.0f} %); try another export.smoothing"
        )

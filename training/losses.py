"""The multi-task loss: masked, weighted, balanced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from sedno.models.taxonomy import TASKS, Task
from sedno.training.batches import IGNORED, Batch
from sedno.training.data import Sample
from sedno.training.network import Output

LABEL_SMOOTHING = 0.03


def class_weights(samples: Sequence[Sample], task: Task, balance: float) -> Tensor:
    """Weights of a task's classes, mean 1 over the labelled samples.

    Args:
        samples: The stage's samples.
        task: The task.
        balance: Exponent on the inverse frequency: 0 no balancing, 1 full.
    """
    counts = Counter(s.labels[task.name] for s in samples if task.name in s.labels)
    total = sum(counts.values())
    if not total:
        return torch.ones(len(task.labels))
    raw = torch.tensor([(total / max(counts[label], 1)) ** balance for label in task.labels])
    share = torch.tensor([counts[label] / total for label in task.labels])
    return raw / (raw * share).sum()


class MultiTaskLoss:
    """Sum of the tasks' cross-entropies and the embedding's distance from its teacher.

    Args:
        weights: Task name -> class weights.
        task_weights: Task name -> factor.
        distil_weight: Factor of ``1 - cosine`` to the teacher's embedding.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        task_weights: Mapping[str, float],
        distil_weight: float,
    ) -> None:
        self._weights = weights
        self._task_weights = task_weights
        self._distil_weight = distil_weight

    def __call__(self, output: Output, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The loss and its parts by name, for the log."""
        total = torch.zeros(())
        parts: dict[str, float] = {}
        for task in TASKS:
            loss = self._task_loss(task, output, batch)
            if loss is not None:
                total = total + self._task_weights[task.name] * loss
                parts[task.name] = float(loss.detach())
        if self._distil_weight:
            distance = 1 - (output.embedding * batch.teacher).sum(-1)
            # The cosine alone would let neighbours drift together; their mutual
            # similarities are what clustering lives on.
            mutual = output.embedding @ output.embedding.T - batch.teacher @ batch.teacher.T
            distil = distance.mean() + 10 * mutual.square().mean()
            total = total + self._distil_weight * distil
            parts["embedding"] = float(distil.detach())
        return total, parts

    def _task_loss(self, task: Task, output: Output, batch: Batch) -> Tensor | None:
        labels = batch.labels[task.name]
        chosen = labels != IGNORED
        if not bool(chosen.any()):
            return None
        allowed = batch.allowed[task.name][chosen]
        # -1e4 rather than -inf: a smoothed target on a forbidden label would be infinite.
        logits = output.logits[task.name][chosen].masked_fill(~allowed, -1e4)
        log_probs = functional.log_softmax(logits, dim=-1)
        target = labels[chosen]
        exact = -log_probs.gather(1, target.unsqueeze(1)).squeeze(1)
        spread = -(log_probs * allowed).sum(-1) / allowed.sum(-1)
        each = (1 - LABEL_SMOOTHING) * exact + LABEL_SMOOTHING * spread
        each = each * self._weights[task.name][target] * batch.weights[chosen]
        # Divided by the whole batch: a batch with two labelled texts must not count as
        # much for the task as one with sixty.
        return each.sum() / len(labels)

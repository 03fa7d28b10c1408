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
CONTRAST_TEMPERATURE = 0.05


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
        contrast_weight: Factor of :func:`contrast`.
    """

    def __init__(
        self,
        weights: Mapping[str, Tensor],
        task_weights: Mapping[str, float],
        distil_weight: float,
        contrast_weight: float = 0.0,
    ) -> None:
        self._weights = weights
        self._task_weights = task_weights
        self._distil_weight = distil_weight
        self._contrast_weight = contrast_weight

    def __call__(self, output: Output, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The loss and its parts by name, for the log."""
        total = torch.zeros(())
        parts: dict[str, float] = {}
        for task in TASKS:
            loss = self._task_loss(task, output, batch)
            if loss is not None:
                total = total + self._task_weights[task.name] * loss
                parts[task.name] = float(loss.detach())
        # Batches hold either intents or none: where wordings of one intent are drawn together,
        # the untouched encoder's view of them is what has to change.
        if bool((batch.intents >= 0).any()):
            pull = contrast(output.embedding, batch.intents)
            total = total + self._contrast_weight * pull
            parts["contrast"] = float(pull.detach())
        elif self._distil_weight:
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


def contrast(
    embedding: Tensor, intents: Tensor, temperature: float = CONTRAST_TEMPERATURE
) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, arXiv 2004.11362, the form ``L_out``).

    Every other text of the same intent is a positive, every text of another intent a negative.

    Args:
        embedding: float32 ``(batch, dim)``, L2-normalised.
        intents: int64 ``(batch,)``; -1 for texts that take no part, not even as negatives.
        temperature: Divides the cosines; small values dwell on the nearest negatives.

    Returns:
        The mean over all texts with at least one positive; 0 where there is none.
    """
    taken = intents >= 0
    vectors, groups = embedding[taken], intents[taken]
    itself = torch.eye(len(groups), dtype=torch.bool)
    similarity = (vectors @ vectors.T / temperature).masked_fill(itself, -1e4)
    log_share = functional.log_softmax(similarity, dim=1)
    positive = (groups.unsqueeze(0) == groups.unsqueeze(1)) & ~itself
    count = positive.sum(1)
    each = -(log_share * positive).sum(1) / count.clamp(min=1)
    return each[count > 0].mean() if bool((count > 0).any()) else embedding.sum() * 0

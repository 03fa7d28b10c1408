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
GUIDE_TEMPERATURE = 0.05
TEACHER_TEMPERATURE = 0.02
"""The untouched encoder holds all texts to be much alike (cosines of .75 to 1), so its small
differences have to be stretched."""
_FEWEST = 8
"""Rows below which how alike they are to each other teaches nothing."""


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


class MeaningLoss:
    """What an embedding with layers of its own learns: same questions together, the rest kept.

    Wordings of one intent are drawn together; texts that are known in English become as alike to
    each other as the guide holds their English to be; other texts without an intent stay as alike
    as the untouched encoder held them.

    Args:
        distil_weight: Factor of the untouched encoder's term.
        contrast_weight: Factor of :func:`contrast`.
        guide_weight: Factor of the guide's term.
    """

    def __init__(self, distil_weight: float, contrast_weight: float, guide_weight: float) -> None:
        self._distil_weight = distil_weight
        self._contrast_weight = contrast_weight
        self._guide_weight = guide_weight

    def __call__(self, embedding: Tensor, batch: Batch) -> tuple[Tensor, dict[str, float]]:
        """The loss of ``(batch, dim)`` embeddings and its parts by name, for the log."""
        total = embedding.sum() * 0
        parts: dict[str, float] = {}
        alike = bool((batch.intents >= 0).any())
        guided = batch.guide.abs().sum(-1) > 0
        terms: list[tuple[str, float, Tensor]] = []
        if alike:
            terms.append(("contrast", self._contrast_weight, contrast(embedding, batch.intents)))
        if self._guide_weight and int(guided.sum()) >= _FEWEST:
            pull = as_alike(embedding[guided], batch.guide[guided], GUIDE_TEMPERATURE)
            terms.append(("guide", self._guide_weight, pull))
        kept = ~guided
        if not alike and self._distil_weight and int(kept.sum()) >= _FEWEST:
            pull = as_alike(embedding[kept], batch.teacher[kept], TEACHER_TEMPERATURE)
            terms.append(("embedding", self._distil_weight, pull))
        for name, weight, value in terms:
            total = total + weight * value
            parts[name] = float(value.detach())
        return total, parts


def as_alike(
    embedding: Tensor,
    teacher: Tensor,
    teacher_temperature: float,
    temperature: float = CONTRAST_TEMPERATURE,
) -> Tensor:
    """How far the rows' likeness to each other is from the teacher's.

    The mean Kullback-Leibler divergence of each row's softmax over its cosines to the others
    (similarity distillation as in SEED, arXiv 2101.04731), so that the teacher may have another
    space and another width.

    Args:
        embedding: float32 ``(rows, dim)``, L2-normalised.
        teacher: float32 ``(rows, teacher_dim)``, L2-normalised.
        teacher_temperature: Divides the teacher's cosines.
        temperature: Divides the embedding's.
    """
    itself = torch.eye(len(embedding), dtype=torch.bool)
    own = (embedding @ embedding.T / temperature).masked_fill(itself, -1e4)
    wanted = (teacher @ teacher.T / teacher_temperature).masked_fill(itself, -1e4)
    return functional.kl_div(
        functional.log_softmax(own, dim=1),
        functional.log_softmax(wanted, dim=1),
        log_target=True,
        reduction="batchmean",
    )


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

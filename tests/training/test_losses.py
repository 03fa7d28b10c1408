"""The losses: masks, label spaces, balance, teacher and contrast."""

from __future__ import annotations

from dataclasses import replace

import torch

from sedno.models.taxonomy import SENTIMENT, TASKS, TOXICITY
from sedno.training.batches import IGNORED, Batch
from sedno.training.data import Sample
from sedno.training.losses import MultiTaskLoss, class_weights, contrast
from sedno.training.network import Output


def _batch(sentiment: list[int], allowed: list[list[bool]]) -> Batch:
    size = len(sentiment)
    labels = {task.name: torch.full((size,), IGNORED) for task in TASKS}
    labels["sentiment"] = torch.tensor(sentiment)
    space = {task.name: torch.ones(size, len(task.labels), dtype=torch.bool) for task in TASKS}
    space["sentiment"] = torch.tensor(allowed)
    ones = torch.ones(size, 3, dtype=torch.int64)
    teacher = torch.nn.functional.normalize(torch.ones(size, 4), dim=-1)
    return Batch(
        ones,
        ones,
        labels,
        space,
        torch.ones(size),
        teacher,
        torch.full((size,), -1),
        torch.zeros(size, 0),
    )


def _output(logits: torch.Tensor) -> Output:
    size = len(logits)
    all_logits = {task.name: torch.zeros(size, len(task.labels)) for task in TASKS}
    all_logits["sentiment"] = logits
    return Output(all_logits, torch.nn.functional.normalize(torch.ones(size, 4), dim=-1))


def _loss() -> MultiTaskLoss:
    weights = {task.name: torch.ones(len(task.labels)) for task in TASKS}
    return MultiTaskLoss(weights, {task.name: 1.0 for task in TASKS}, 1.0)


def test_unlabelled_tasks_give_no_loss() -> None:
    """Only labelled tasks appear among the parts."""
    every = [[True] * 4]
    _, parts = _loss()(_output(torch.zeros(1, 4)), _batch([1], every))
    assert set(parts) == {"sentiment", "embedding"}


def test_a_label_outside_the_space_is_not_pushed_down() -> None:
    """A "neutral" out of three says nothing about "mixed": its logit gets no gradient."""
    logits = torch.tensor([[0.0, 0.0, 0.0, 5.0]], requires_grad=True)
    total, _ = _loss()(_output(logits), _batch([1], [[True, True, True, False]]))
    total.backward()  # type: ignore[no-untyped-call]
    assert logits.grad is not None
    assert logits.grad[0, 3] == 0.0
    assert logits.grad[0, 1] < 0 < logits.grad[0, 0]


def test_agreeing_with_the_teacher_costs_nothing() -> None:
    """The embedding term is zero where student and teacher agree."""
    _, parts = _loss()(_output(torch.zeros(2, 4)), _batch([0, 1], [[True] * 4] * 2))
    assert abs(parts["embedding"]) < 1e-6


def test_rare_classes_weigh_more() -> None:
    """Weights follow the inverse frequency and average one over the samples."""
    samples = [Sample("a", {"toxicity": "toxic"}, {}, 1.0)] + [
        Sample("b", {"toxicity": "ok"}, {}, 1.0) for _ in range(9)
    ]
    weights = class_weights(samples, TOXICITY, 1.0)
    assert torch.allclose(weights, torch.tensor([5.0, 5.0 / 9]))
    assert torch.allclose(class_weights(samples, TOXICITY, 0.0), torch.ones(2))
    assert torch.equal(class_weights(samples, SENTIMENT, 1.0), torch.ones(4))


def _unit(*rows: list[float]) -> torch.Tensor:
    return torch.nn.functional.normalize(torch.tensor(rows), dim=-1)


def test_contrast_is_small_where_wordings_of_one_intent_are_together() -> None:
    """Two tight groups cost almost nothing, the same vectors grouped crosswise a lot."""
    vectors = _unit([1.0, 0.0], [1.0, 0.1], [0.0, 1.0], [0.1, 1.0])
    together = contrast(vectors, torch.tensor([0, 0, 1, 1]))
    crossed = contrast(vectors, torch.tensor([0, 1, 0, 1]))
    assert float(together) < 0.01
    assert float(crossed) > 10


def test_contrast_passes_over_texts_without_intent() -> None:
    """A text without an intent is no negative, and an intent with one wording costs nothing."""
    vectors = _unit([1.0, 0.0], [1.0, 0.1], [1.0, 0.05])
    assert float(contrast(vectors, torch.tensor([0, 0, -1]))) < 1e-6
    assert float(contrast(vectors, torch.tensor([0, 1, 2]))) == 0.0


def test_intents_replace_the_teacher() -> None:
    """In a batch of intents the embedding is not held to the untouched encoder's."""
    batch = _batch([0, 1], [[True] * 4] * 2)
    batch = replace(batch, intents=torch.tensor([0, 0]))
    weights = {task.name: torch.ones(len(task.labels)) for task in TASKS}
    loss = MultiTaskLoss(weights, {task.name: 1.0 for task in TASKS}, 1.0, 0.5)
    _, parts = loss(_output(torch.zeros(2, 4)), batch)
    assert set(parts) == {"sentiment", "contrast"}

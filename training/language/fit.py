"""Fitting the language model and bringing it to 8 bits."""

from __future__ import annotations

import numpy as np
import torch

from sedno.datasets.language.letters import BITS, hashed_ngrams
from sedno.datasets.language.model import LinearModel
from sedno.training.language.texts import Sampler

_STEPS = 600
_BATCH = 768
_PEAK_RATE = 0.03
_SMOOTHING = 0.02


def fit(sampler: Sampler, *, seed: int, steps: int = _STEPS) -> LinearModel:
    """Fit multinomial logistic regression on hashed n-grams by Adam.

    Args:
        sampler: Gives the labels and the training pieces.
        seed: For the order of torch's own draws; the same on one machine gives the same model.
        steps: Batches of 768 pieces.

    Returns:
        The model, its weights rounded to 255 steps.
    """
    torch.manual_seed(seed)
    table = torch.nn.EmbeddingBag(2**BITS, len(sampler.labels), mode="sum")
    torch.nn.init.zeros_(table.weight)
    bias = torch.zeros(len(sampler.labels), requires_grad=True)
    optimiser = torch.optim.Adam([table.weight, bias])
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _PEAK_RATE, total_steps=steps)
    for _ in range(steps):
        classes, pieces = sampler.draw(_BATCH)
        logits = _scores(table, pieces) + bias
        loss = torch.nn.functional.cross_entropy(
            logits, torch.tensor(classes), label_smoothing=_SMOOTHING
        )
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        schedule.step()
    weights = table.weight.detach().numpy()
    scale = float(np.abs(weights).max()) / 127
    return LinearModel(
        labels=sampler.labels,
        weights=np.round(weights / scale).astype(np.int8),
        scale=scale,
        bias=bias.detach().numpy(),
    )


def _scores(table: torch.nn.EmbeddingBag, pieces: list[str]) -> torch.Tensor:
    """Sums of the weights of each piece's n-grams over the root of their number."""
    rows = [hashed_ngrams(piece).astype(np.int64) for piece in pieces]
    sizes = np.array([len(row) for row in rows])
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    shares = np.repeat(1 / np.sqrt(sizes), sizes).astype(np.float32)
    scores: torch.Tensor = table(
        torch.from_numpy(np.concatenate(rows)),
        torch.from_numpy(starts),
        per_sample_weights=torch.from_numpy(shares),
    )
    return scores

"""Batches of similar length under a token budget."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from sedno.datasets.normalize import normalize
from sedno.models.taxonomy import TASKS
from sedno.training.augment import rewrite
from sedno.training.base.encoder import PREFIX
from sedno.training.data import Sample
from sedno.training.intents import intent_batches

IGNORED = -100


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors of one step.

    Attributes:
        input_ids: int64 ``(batch, seq)``.
        attention_mask: int64 ``(batch, seq)``.
        labels: Task name -> int64 ``(batch,)``, :data:`IGNORED` where unlabelled.
        allowed: Task name -> bool ``(batch, labels)``; labels outside an example's label
            space are ``False``.
        weights: float32 ``(batch,)``.
        teacher: float32 ``(batch, dim)`` embeddings of the untouched encoder.
        intents: int64 ``(batch,)`` number of the intent within the batch, -1 where none.
        guide: float32 ``(batch, guide_dim)`` embeddings of the guide, zeros where it has no say.
    """

    input_ids: Tensor
    attention_mask: Tensor
    labels: dict[str, Tensor]
    allowed: dict[str, Tensor]
    weights: Tensor
    teacher: Tensor
    intents: Tensor
    guide: Tensor


def tokenize(
    tokenizer: Tokenizer, texts: Sequence[str], max_tokens: int, prefix: str = PREFIX
) -> list[list[int]]:
    """Token ids of the normalised, prefixed texts.

    Longer texts keep their beginning and end, three parts to one: the verdict of a long
    comment often stands in its last sentence.
    """
    encoded = tokenizer.encode_batch_fast([prefix + normalize(text).text for text in texts])
    return [shorten(encoding.ids, max_tokens) for encoding in encoded]


def shorten(ids: list[int], max_tokens: int) -> list[int]:
    """Cuts the middle out of a token list that is too long."""
    if len(ids) <= max_tokens:
        return ids
    tail = max_tokens // 4
    return ids[: max_tokens - tail] + ids[-tail:]


def pack(lengths: Sequence[int], token_budget: int, rng: random.Random) -> list[list[int]]:
    """Groups indices into batches of similar length, in random order.

    A batch's padded size stays within ``token_budget``; a text longer than the budget gets
    a batch of its own. A little noise on the lengths mixes the batches from epoch to epoch.
    """
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.uniform(0, 3))
    batches: list[list[int]] = []
    current: list[int] = []
    longest = 0
    for index in order:
        longest = max(longest, lengths[index])
        if current and (len(current) + 1) * longest > token_budget:
            batches.append(current)
            current, longest = [], lengths[index]
        current.append(index)
    if current:
        batches.append(current)
    rng.shuffle(batches)
    return batches


class EpochBatches:
    """The batches of one epoch; the same seed and epoch give the same batches.

    Args:
        samples: The stage's samples, repeats included.
        teacher: float32 ``(len(samples), dim)``.
        tokenizer: Of the base encoder.
        pad_id: Id of the padding token.
        token_budget: See :func:`pack`.
        max_tokens: See :func:`tokenize`.
        augment: Share of texts that are rewritten.
        seed: Seed of the recipe, mixed with the epoch.
        guide: float32 ``(len(samples), guide_dim)``; rows of zeros where the guide has no say.
    """

    def __init__(
        self,
        samples: Sequence[Sample],
        teacher: np.ndarray,
        tokenizer: Tokenizer,
        *,
        pad_id: int,
        token_budget: int,
        max_tokens: int,
        augment: float,
        seed: int,
        guide: np.ndarray | None = None,
    ) -> None:
        rng = random.Random(seed)
        texts = [
            rewrite(s.text, rng, spam=s.labels.get("authenticity") == "spam")
            if rng.random() < augment
            else s.text
            for s in samples
        ]
        self._samples = samples
        self._teacher = teacher
        self._guide = np.zeros((len(samples), 0), np.float32) if guide is None else guide
        self._pad_id = pad_id
        self._ids = tokenize(tokenizer, texts, max_tokens)
        lengths = [len(ids) for ids in self._ids]
        plain = [at for at, sample in enumerate(samples) if sample.intent is None]
        packed = pack([lengths[at] for at in plain], token_budget, rng)
        self._batches = [[plain[at] for at in batch] for batch in packed]
        self._batches += intent_batches(samples, rng)
        rng.shuffle(self._batches)

    def __len__(self) -> int:
        return len(self._batches)

    def iterate(self, start: int = 0) -> Iterator[Batch]:
        """The batches from number ``start`` on."""
        for indices in self._batches[start:]:
            yield self._collate(indices)

    def _collate(self, indices: Sequence[int]) -> Batch:
        chosen = [self._samples[i] for i in indices]
        input_ids, mask = pad([self._ids[i] for i in indices], self._pad_id)
        labels: dict[str, Tensor] = {}
        allowed: dict[str, Tensor] = {}
        for task in TASKS:
            labels[task.name] = torch.tensor(
                [
                    task.index(s.labels[task.name]) if task.name in s.labels else IGNORED
                    for s in chosen
                ]
            )
            allowed[task.name] = torch.tensor(
                [
                    [label in s.label_space.get(task.name, task.labels) for label in task.labels]
                    for s in chosen
                ]
            )
        weights = torch.tensor([s.weight for s in chosen], dtype=torch.float32)
        teacher = torch.from_numpy(self._teacher[list(indices)])
        numbers: dict[str | None, int] = {None: -1}
        intents = torch.tensor([numbers.setdefault(s.intent, len(numbers)) for s in chosen])
        guide = torch.from_numpy(self._guide[list(indices)])
        return Batch(input_ids, mask, labels, allowed, weights, teacher, intents, guide)


def pad(rows: Sequence[Sequence[int]], pad_id: int) -> tuple[Tensor, Tensor]:
    """Pads token lists to one length; returns ids and attention mask, int64."""
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad_id, dtype=torch.int64)
    mask = torch.zeros((len(rows), width), dtype=torch.int64)
    for at, row in enumerate(rows):
        ids[at, : len(row)] = torch.tensor(row)
        mask[at, : len(row)] = 1
    return ids, mask

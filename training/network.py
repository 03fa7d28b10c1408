"""The network: one encoder, one attention-pooled head a task, one sentence embedding."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from transformers import BertModel

from sedno.models.taxonomy import TASKS, Task


class Output(NamedTuple):
    """What one pass gives.

    Attributes:
        logits: Task name -> float32 ``(batch, labels)``.
        embedding: float32 ``(batch, dim)``, L2-normalised.
    """

    logits: dict[str, Tensor]
    embedding: Tensor


class Head(nn.Module):
    """Pools the hidden states with a learned query and classifies them.

    Mean pooling alone loses a question at the end of a long comment; a query of its own
    lets each task look where its evidence stands. The mean is kept beside it, since
    sentiment and substance are spread over the whole text.
    """

    def __init__(self, width: int, labels: int, dropout: float) -> None:
        super().__init__()
        self.query = nn.Parameter(torch.zeros(width))
        self.dense = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(dropout)
        self.out = nn.Linear(width, labels)

    def forward(self, hidden: Tensor, mean: Tensor, mask: Tensor) -> Tensor:
        """Logits ``(batch, labels)`` from hidden states ``(batch, seq, width)``."""
        scores = (hidden @ self.query) / hidden.shape[-1] ** 0.5
        weights = scores.masked_fill(mask == 0, -1e9).softmax(dim=-1)
        focus = (weights.unsqueeze(1) @ hidden).squeeze(1)
        features = torch.cat([focus, mean], dim=-1)
        logits: Tensor = self.out(self.dropout(torch.tanh(self.dense(self.dropout(features)))))
        return logits


class Network(nn.Module):
    """Encoder, heads and embedding adapter."""

    def __init__(
        self, encoder: BertModel, tasks: tuple[Task, ...] = TASKS, dropout: float = 0.1
    ) -> None:
        super().__init__()
        width = int(encoder.config.hidden_size)
        self.encoder = encoder
        self.heads = nn.ModuleDict(
            {task.name: Head(width, len(task.labels), dropout) for task in tasks}
        )
        # Starts as the identity: before training, the embedding is the untouched encoder's.
        self.adapter = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.adapter.weight)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Output:
        """One pass over int64 tensors ``(batch, seq)``."""
        hidden: Tensor = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * weights).sum(1) / weights.sum(1)
        logits = {name: head(hidden, mean, attention_mask) for name, head in self.heads.items()}
        embedding = nn.functional.normalize(self.adapter(mean), dim=-1)
        return Output(logits, embedding)


def freeze(network: Network, layers: int) -> None:
    """Freezes the word and position embeddings and the ``layers`` lowest encoder layers.

    The word table is never trained: every artefact shares the same 4-bit file.
    """
    for parameter in network.parameters():
        parameter.requires_grad_(True)
    frozen: list[nn.Module] = [network.encoder.embeddings]
    frozen += list(network.encoder.encoder.layer[:layers])
    for module in frozen:
        for parameter in module.parameters():
            parameter.requires_grad_(False)


def parameter_groups(
    network: Network, learning_rate: float, layer_decay: float, weight_decay: float
) -> list[dict[str, object]]:
    """Optimiser groups with a learning rate that falls from layer to layer downwards.

    Biases and norms take no weight decay. Source: ULMFiT's discriminative fine-tuning,
    arXiv 1801.06146, in the per-layer form of ELECTRA's recipe.
    """
    depth = len(network.encoder.encoder.layer)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in network.named_parameters():
        if not parameter.requires_grad:
            continue
        rate = learning_rate
        if name.startswith("encoder.encoder.layer."):
            layer = int(name.split(".")[3])
            rate *= layer_decay ** (depth - 1 - layer)
        elif name.startswith("heads."):
            # Heads start from nothing and need a faster pace than the pretrained layers.
            rate *= 3
        decay = weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    ]

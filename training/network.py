"""The network: one encoder, one attention-pooled head a task, one sentence embedding."""

from __future__ import annotations

import copy
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
    """Encoder, heads, and what makes the sentence embedding.

    Attributes:
        cut: How many encoder layers the embedding shares with the heads.
        own: Layers of the embedding alone, on top of those; empty where it is made of the same
            hidden states as the labels.

    Args:
        encoder: The base encoder.
        tasks: What the heads answer.
        dropout: Of the heads.
        own_layers: Copies of the topmost encoder layers that become the embedding's own: what
            "the same question" means can then be learned without a label changing.
    """

    def __init__(
        self,
        encoder: BertModel,
        tasks: tuple[Task, ...] = TASKS,
        dropout: float = 0.1,
        own_layers: int = 0,
    ) -> None:
        super().__init__()
        width = int(encoder.config.hidden_size)
        layers = encoder.encoder.layer
        self.encoder = encoder
        self.cut = len(layers) - own_layers
        self.own = nn.ModuleList(copy.deepcopy(layer) for layer in layers[self.cut :])
        self.heads = nn.ModuleDict(
            {task.name: Head(width, len(task.labels), dropout) for task in tasks}
        )
        # Starts as the identity: before training, the embedding is the untouched encoder's.
        self.adapter = nn.Linear(width, width, bias=False)
        nn.init.eye_(self.adapter.weight)

    def forward(self, input_ids: Tensor, attention_mask: Tensor) -> Output:
        """One pass over int64 tensors ``(batch, seq)``."""
        states = self.encoder(
            input_ids=input_ids,
            attention_mask=attention_mask,
            output_hidden_states=bool(self.own),
        )
        hidden: Tensor = states.last_hidden_state
        mean = _mean(hidden, attention_mask)
        logits = {name: head(hidden, mean, attention_mask) for name, head in self.heads.items()}
        if self.own:
            mean = self._own_mean(states.hidden_states[self.cut], attention_mask)
        return Output(logits, nn.functional.normalize(self.adapter(mean), dim=-1))

    def embed(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The sentence embedding alone, ``(batch, dim)``; the shared layers do not learn.

        Only for a network whose embedding has layers of its own.
        """
        layers = self.encoder.encoder.layer
        with torch.no_grad():
            hidden = self.encoder.embeddings(input_ids=input_ids)
            for layer in layers[: self.cut]:
                hidden = _through(layer, hidden, attention_mask)
        mean = self._own_mean(hidden, attention_mask)
        return nn.functional.normalize(self.adapter(mean), dim=-1)

    def _own_mean(self, hidden: Tensor, attention_mask: Tensor) -> Tensor:
        for layer in self.own:
            hidden = _through(layer, hidden, attention_mask)
        return _mean(hidden, attention_mask)


def _mean(hidden: Tensor, attention_mask: Tensor) -> Tensor:
    weights = attention_mask.unsqueeze(-1).to(hidden.dtype)
    return (hidden * weights).sum(1) / weights.sum(1)


def _through(layer: nn.Module, hidden: Tensor, attention_mask: Tensor) -> Tensor:
    """One encoder layer, which wants the mask as what is added to the scores."""
    padding = (1.0 - attention_mask.to(hidden.dtype))[:, None, None, :] * -1e9
    out = layer(hidden, attention_mask=padding)
    after: Tensor = out[0] if isinstance(out, tuple) else out
    return after


def freeze(network: Network, layers: int, *, embedding_only: bool = False) -> None:
    """Freezes the word and position embeddings and the ``layers`` lowest encoder layers.

    The word table is never trained: every artefact shares the same 4-bit file.

    Args:
        network: Whose parameters are frozen or freed.
        layers: How many encoder layers stay as they are.
        embedding_only: Freeze all but the embedding's own layers and its adapter.
    """
    for parameter in network.parameters():
        parameter.requires_grad_(not embedding_only)
    frozen: list[nn.Module] = [network.encoder.embeddings]
    frozen += list(network.encoder.encoder.layer[:layers])
    for module in frozen:
        for parameter in module.parameters():
            parameter.requires_grad_(False)
    for module in (network.own, network.adapter):
        for parameter in module.parameters():
            parameter.requires_grad_(embedding_only or not network.own)


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

"""Measures the range of every linear layer's input on sample texts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from sedno.training.export.weights import Range
from sedno.training.network import Network

OWN = "own"
"""Prefix of the names of the embedding's own layers."""
LAYER_INPUTS = ("qkv", "attention_out", "ffn_in", "ffn_out")


def measure_ranges(network: Network, rows: Sequence[Sequence[int]]) -> dict[str, Range]:
    """Ranges by ``"{layer}.{input}"`` for the inputs of :data:`LAYER_INPUTS`.

    Args:
        network: In evaluation mode.
        rows: Token ids of sample texts; one pass each, so that padding is never seen.
    """
    seen: dict[str, Range] = {}
    handles = []
    shared: Any = network.encoder.encoder.layer
    own: Any = network.own
    named = [(str(number), layer) for number, layer in enumerate(shared)]
    named += [(f"{OWN}{number}", layer) for number, layer in enumerate(own)]
    for name_of_layer, layer in named:
        modules = (
            layer.attention.self.query,
            layer.attention.output.dense,
            layer.intermediate.dense,
            layer.output.dense,
        )
        for name, module in zip(LAYER_INPUTS, modules, strict=True):
            handles.append(
                module.register_forward_pre_hook(_watch(seen, f"{name_of_layer}.{name}"))
            )
    try:
        with torch.inference_mode():
            for row in rows:
                ids = torch.tensor([list(row)])
                network(ids, torch.ones_like(ids))
    finally:
        for handle in handles:
            handle.remove()
    return seen


def _watch(seen: dict[str, Range], key: str) -> Callable[[nn.Module, tuple[Any, ...]], None]:
    def hook(_: nn.Module, inputs: tuple[Any, ...]) -> None:
        values = inputs[0].reshape(-1, inputs[0].shape[-1]).numpy()
        low, high = values.min(axis=0), values.max(axis=0)
        if key in seen:
            low = np.minimum(seen[key].low, low)
            high = np.maximum(seen[key].high, high)
        seen[key] = Range(low, high)

    return hook

"""Embeddings of the untouched encoder, which keep the trained one useful for meaning."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import tokenize
from sedno.training.export.activations import measure_ranges
from sedno.training.export.gate import run_graph
from sedno.training.export.graph import write_graph
from sedno.training.network import Network

RANGE_TEXTS = 256


def embed_untouched(
    base: BaseEncoder, texts: Sequence[str], *, max_tokens: int = 64
) -> NDArray[np.float32]:
    """Mean-pooled, L2-normalised embeddings, shape ``(len(texts), dim)``.

    Each distinct text is encoded once, by the untouched encoder exported to 7-bit integers:
    some four times as fast as torch on a CPU and within .001 of its cosine, which is
    nothing beside what training moves.

    Args:
        base: The encoder before any training.
        texts: Any number; equal ones share a row's work.
        max_tokens: Smaller than in training: the beginning and end of a text settle its
            neighbourhood, and the teacher's pass is the price of the distillation.
    """
    if not texts:
        return np.zeros((0, int(base.model.config.hidden_size)), dtype=np.float32)
    distinct = list(dict.fromkeys(texts))
    rows = tokenize(base.tokenizer, distinct, max_tokens)
    network = Network(base.model).eval()
    step = max(1, len(rows) // RANGE_TEXTS)
    with tempfile.TemporaryDirectory() as scratch:
        ranges = measure_ranges(network, rows[::step][:RANGE_TEXTS])
        write_graph(network, base.words, Path(scratch), ranges=ranges, bits=7)
        vectors = run_graph(Path(scratch), rows, base.pad_id)["embedding"]
    index = {text: at for at, text in enumerate(distinct)}
    return vectors[[index[text] for text in texts]]

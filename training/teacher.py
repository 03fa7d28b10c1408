"""Embeddings of the untouched encoder, which keep the trained one useful for meaning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm

from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import pad, tokenize


def embed_untouched(
    base: BaseEncoder, texts: Sequence[str], *, max_tokens: int = 64, batch: int = 64
) -> NDArray[np.float32]:
    """Mean-pooled, L2-normalised embeddings, shape ``(len(texts), dim)``.

    Each distinct text is encoded once. ``max_tokens`` is smaller than in training: the
    teacher's pass is the price of the distillation, and the beginning of a text settles
    its neighbourhood.
    """
    distinct = list(dict.fromkeys(texts))
    rows = tokenize(base.tokenizer, distinct, max_tokens)
    order = sorted(range(len(rows)), key=lambda i: len(rows[i]))
    out = np.zeros((len(rows), int(base.model.config.hidden_size)), dtype=np.float32)
    base.model.eval()
    with torch.inference_mode():
        for start in tqdm(range(0, len(order), batch), desc="teacher", unit="batch", disable=None):
            chosen = order[start : start + batch]
            ids, mask = pad([rows[i] for i in chosen], base.pad_id)
            hidden = base.model(input_ids=ids, attention_mask=mask).last_hidden_state
            weights = mask.unsqueeze(-1).float()
            mean = (hidden * weights).sum(1) / weights.sum(1)
            out[chosen] = torch.nn.functional.normalize(mean, dim=-1).numpy()
    index = {text: at for at, text in enumerate(distinct)}
    return out[[index[text] for text in texts]]

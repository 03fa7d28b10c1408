from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from sedno.training.base.encoder import load_base
from sedno.training.batches import tokenize
from sedno.training.teacher import embed_untouched


def test_the_teacher_is_the_untouched_encoder(base_folder: Path) -> None:
    """Its vectors are torch's mean-pooled ones; equal texts get equal vectors."""
    base = load_base(str(base_folder))
    texts = ["super serial", "kiedy drugi sezon ?", "super serial", "gdzie kupić polecam"]
    vectors = embed_untouched(base, texts)
    assert np.array_equal(vectors[0], vectors[2])
    for text, vector in zip(texts, vectors, strict=True):
        ids = torch.tensor(tokenize(base.tokenizer, [text], 64))
        with torch.inference_mode():
            mean = base.model(ids).last_hidden_state[0].mean(0)
        assert float(vector @ (mean / mean.norm()).numpy()) > 0.998


def test_no_texts_give_no_vectors(base_folder: Path) -> None:
    """An empty stage is no error."""
    assert embed_untouched(load_base(str(base_folder)), []).shape == (0, 64)

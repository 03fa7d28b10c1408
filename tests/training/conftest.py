"""A small but complete base encoder and a small labelled corpus, made on the spot."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import torch
from tokenizers import AddedToken, Tokenizer, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing
from transformers import BertConfig, BertModel

WORDS = [
    "super",
    "serial",
    "kiedy",
    "drugi",
    "sezon",
    "gdzie",
    "kupić",
    "polecam",
    "słabo",
    "drogo",
    "bateria",
    "trzyma",
    "krótko",
    "zarabiaj",
    "darmowy",
    "kod",
    "napisz",
    "priv",
    "idiota",
    "głupek",
    "dziękuję",
    "ile",
    "kosztuje",
    "wysyłka",
    "aktor",
    "gra",
]

RECIPE = """
name = "tiny"
version = "{version}"
seed = 4
[base]
source = "{base}"
[calibration]
corpora = ["own.jsonl"]
share = 0.25
[export]
max_tokens = 64
"""
STAGE = """
[[stages]]
name = "{name}"
epochs = {epochs}
learning_rate = {rate}
token_budget = 512
{more}
[[stages.data]]
corpus = "own.jsonl"
"""


def recipe_text(base: Path, version: int, *parts: str) -> str:
    """A recipe of a tiny model; ``parts`` are its stages and what other tables it has."""
    return RECIPE.format(base=base, version=version) + "".join(parts)


def stage_text(name: str, more: str = "", *, epochs: int = 2, rate: float = 3e-3) -> str:
    """A stage that sets ``more`` and learns from ``own.jsonl``.

    It ends within the table of that corpus: what is added to it belongs there.
    """
    return STAGE.format(name=name, epochs=epochs, rate=rate, more=more)


@pytest.fixture(scope="session")
def base_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A two-layer BERT with a Unigram tokenizer, in the Hugging Face folder format."""
    folder = tmp_path_factory.mktemp("base")
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(f"▁{word}", -5.0) for word in [*WORDS, "query:"]]
    letters = sorted({char for word in WORDS for char in word} | set("▁?!.,0123456789:"))
    pieces += [(letter, -9.0) for letter in letters]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens([AddedToken(name) for name, _ in pieces[:4]])
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    torch.manual_seed(5)
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=96,
        max_position_embeddings=512,
        pad_token_id=1,
    )
    BertModel(config, add_pooling_layer=False).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def corpus_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """240 comments in the gold format whose labels follow from their words."""
    rng = random.Random(3)
    rows = []
    for number in range(240):
        words = rng.sample(WORDS, 4)
        spam = number % 8 == 0
        question = number % 4 == 1
        words += ["zarabiaj", "kod"] if spam else ["kiedy", "?"] if question else ["serial"]
        bad = number % 3 == 0
        words += ["słabo"] if bad else ["super"]
        rows.append(
            {
                "id": f"t{number}",
                "text": " ".join(words),
                "context": None,
                "lang": "pl",
                "substance": "S" if question else "G",
                "spam": int(spam),
                "sentiment": ("neg" if bad else "pos") if number % 10 else "mix",
                "question": int(question),
                "toxic": int("idiota" in words),
                "source": "test",
                "split": "train",
            }
        )
    path = tmp_path_factory.mktemp("corpus") / "own.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def wide_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixty comments are too few for the gate's one per cent."""
    monkeypatch.setattr("sedno.training.export.gate.MAX_LOSS", 0.2)
    monkeypatch.setattr("sedno.training.export.gate.MAX_DISAGREEMENT", 0.2)

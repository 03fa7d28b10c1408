"""A toy artefact: real tokenizer, real ONNX graph, real files; made here, nothing downloaded.

Its "encoder" adds up what each word says about each label, so tests can predict its answers.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from sedno.models.classifier import Classifier
from sedno.models.taxonomy import TASKS

MEANING: dict[str, dict[str, float]] = {
    "kiedy": {"question": 6, "substantive": 2},
    "ile": {"question": 6, "substantive": 2},
    "?": {"question": 4},
    "super": {"positive": 6, "generic": 4},
    "fatalny": {"negative": 6},
    "kretyn": {"toxic": 8, "negative": 3},
    "promocja": {"spam": 8, "generic": 2},
    "zarabiaj": {"spam": 5},
    "bateria": {"substantive": 6},
    "dźwięk": {"substantive": 5},
    "😍": {"positive": 4, "generic": 1},
    "nie": {"positive": -4},
}
LABELS = [label for task in TASKS for label in task.labels]
# What an empty text says: nothing special.
BASE = {"generic": 1.0, "real": 2.0, "neutral": 1.5, "none": 2.0, "ok": 2.0}
PREFIX = "query: "
MAX_TOKENS = 64
TASK_COLUMNS = {
    task.name: slice(LABELS.index(task.labels[0]), LABELS.index(task.labels[0]) + len(task.labels))
    for task in TASKS
}

MakeArtifact = Callable[..., Path]


@pytest.fixture(scope="session")
def make_artifact() -> MakeArtifact:
    """Writes a toy artefact into a folder; keywords replace fields of the manifest."""
    return _write_artifact


@pytest.fixture(scope="session")
def artifact_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole toy artefact, shared: do not change it."""
    return _write_artifact(tmp_path_factory.mktemp("artifact") / "toy")


@pytest.fixture(scope="session")
def classifier(artifact_folder: Path) -> Iterator[Classifier]:
    """A classifier without memory between calls."""
    with Classifier(artifact_folder, threads=1, cache_size=0) as opened:
        yield opened


def _write_artifact(folder: Path, **changes: Any) -> Path:
    folder.mkdir(parents=True)
    pieces = _pieces()
    _tokenizer(pieces).save(str(folder / "tokenizer.json"), pretty=False)
    _write_graph(folder, [piece for piece, _ in pieces])
    curve = {"confidence": [0.4, 0.7, 0.9], "error": [0.2, 0.1, 0.04], "coverage": [1.0, 0.7, 0.5]}
    _write_json(
        folder / "calibration.json",
        {
            task.name: {"temperature": 1.0, "bias": [0.0] * len(task.labels), "risk": curve}
            for task in TASKS
        },
    )
    _write_json(folder / "metrics.json", {"held_back_macro_f1": {"substance": 0.9}})
    files = {
        path.name: {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.iterdir())
    }
    manifest = {
        "format": 1,
        "name": "toy",
        "version": "1",
        "created": "2025-01-01T00:00:00+00:00",
        "base": "none",
        "prefix": PREFIX,
        "max_tokens": MAX_TOKENS,
        "pad_id": 1,
        "embedding_dim": len(LABELS),
        "tasks": {task.name: list(task.labels) for task in TASKS},
        "languages": ["pl", "en"],
        "files": files,
    }
    _write_json(folder / "artifact.json", manifest | changes)
    return folder


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _pieces() -> list[tuple[str, float]]:
    specials = [(name, 0.0) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    words = [(f"▁{word}", -2.0) for word in MEANING] + [(word, -3.0) for word in MEANING]
    letters = [
        (letter, -9.0) for letter in "▁aąbcćdeęfghijklłmnńoóprsśtuwyzźżABKSZ0123456789.,!:@#"
    ]
    return specials + words + letters


def _tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True) for name in ("<s>", "<pad>", "</s>", "<unk>")]
    )
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


def _write_graph(folder: Path, pieces: list[str]) -> None:
    table = np.zeros((len(pieces), len(LABELS)), dtype=np.float32)
    for row, piece in enumerate(pieces):
        for label, weight in MEANING.get(piece.removeprefix("▁"), {}).items():
            table[row, LABELS.index(label)] = weight
    base = np.array([BASE.get(label, 0.0) for label in LABELS], dtype=np.float32)
    selectors = {
        name: np.eye(len(LABELS), dtype=np.float32)[:, at] for name, at in TASK_COLUMNS.items()
    }
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["looked_up"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "middle"], ["row"]),
        helper.make_node("MatMul", ["row", "looked_up"], ["pooled"]),
        helper.make_node("Squeeze", ["pooled", "middle"], ["total"]),
        helper.make_node("Add", ["total", "base"], ["said"]),
        helper.make_node("LpNormalization", ["said"], ["embedding"], axis=-1, p=2),
        *(helper.make_node("MatMul", ["said", f"{name}.w"], [name]) for name in selectors),
    ]
    words = numpy_helper.from_array(table, "words")
    weights = [
        words,
        numpy_helper.from_array(base, "base"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "middle"),
        *(numpy_helper.from_array(matrix, f"{name}.w") for name, matrix in selectors.items()),
    ]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
        for name in ("input_ids", "attention_mask")
    ]
    widths = {task.name: len(task.labels) for task in TASKS} | {"embedding": len(LABELS)}
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["batch", width])
        for name, width in widths.items()
    ]
    graph = helper.make_graph(nodes, "toy", inputs, outputs, weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save_model(
        model,
        str(folder / "encoder.onnx"),
        save_as_external_data=True,
        location="embeddings.bin",
        size_threshold=1024,
    )

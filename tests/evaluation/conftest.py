"""A small world to evaluate in: corpora of made-up comments, a predictor by rules, an artefact."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers
from tokenizers.processors import TemplateProcessing

from sedno.datasets.comment import Comment
from sedno.evaluation.answers import Predictor
from sedno.models.prediction import Answer, Prediction
from sedno.models.taxonomy import TASKS

WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()

SIGNALS: dict[tuple[str, Any], str] = {
    ("substance", "S"): "dokładnie",
    ("substance", "G"): "super",
    ("sentiment", "neg"): "okropny",
    ("sentiment", "neu"): "zwykły",
    ("sentiment", "pos"): "piękny",
    ("sentiment", "mix"): "nierówny",
    ("question", 1): "dlaczego",
    ("toxic", 1): "głupek",
    ("spam", 1): "zarobek",
}
"""A word that gives a label of the gold format away."""


def gold_row(number: int, rng: random.Random, *, split: str, prefix: str = "g") -> dict[str, Any]:
    """A made-up comment whose words give its labels away."""
    labels = {
        "substance": rng.choice("SG"),
        "spam": int(rng.random() < 0.2),
        "sentiment": rng.choice(("neg", "neu", "pos", "mix")),
        "question": int(rng.random() < 0.4),
        "toxic": int(rng.random() < 0.4),
    }
    words = rng.sample(WORDS, rng.randint(5, 12))
    words += [SIGNALS[item] for item in labels.items() if item in SIGNALS]
    rng.shuffle(words)
    return {
        "id": f"{prefix}-{split}-{number}",
        "text": " ".join(words),
        "context": "",
        "lang": "pl",
        "source": ("strona", "sklep")[number % 2],
        "split": split,
        **labels,
    }


def write_corpus(root: Path, name: str, rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows as a corpus of that name."""
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    with gzip.open(folder / "data.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


@pytest.fixture(scope="session")
def data_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with small made-up forms of the corpora that the benchmarks read."""
    root = tmp_path_factory.mktemp("corpora")
    rng = random.Random(3)
    train = [gold_row(number, rng, split="train") for number in range(120)]
    dev = [gold_row(number, rng, split="dev") for number in range(40)]
    for number, row in enumerate(dev):
        row["a"] = {name: row[name] for name in ("substance", "spam", "sentiment", "question")}
        row["a"]["toxic"] = row["toxic"]
        row["b"] = dict(row["a"])
        if number < 4:
            row["b"]["sentiment"] = "neu" if row["sentiment"] != "neu" else "pos"
            row["sentiment"] = None
    write_corpus(root, "gold_pl", [*train, *dev])

    spam = []
    for number in range(80):
        row = gold_row(number, rng, split="none", prefix="s")
        del row["split"]
        kind = ("casino", "sub4sub", "hn_price", "ord_praise")[number % 4]
        row |= {"kind": kind, "spam": int("_" not in kind)}
        row["text"] += " zarobek" if row["spam"] else " cena"
        spam.append(row)
    write_corpus(root, "spam_pl", spam)

    videos = []
    for number in range(60):
        row = gold_row(number, rng, split="none", prefix="y")
        label = ("spam", "ham")[number % 2]
        videos.append(
            {
                "id": row["id"],
                "text": row["text"] + (" subskrybuj" if label == "spam" else " muzyka"),
                "label": label,
                "lang": "en*",
                "source": "tests",
                "split": f"video:{('Raz', 'Dwa', 'Trzy')[number % 3]}",
            }
        )
    write_corpus(root, "youtube_spam_collection", videos)

    reviews = []
    words = {"negative": "okropny", "neutral": "zwykły", "positive": "piękny", "ambivalent": "oba"}
    for number in range(160):
        label = list(words)[number % 4]
        domain = ("hotels", "medicine", "products", "reviews")[number // 4 % 4]
        split = "test" if number % 5 == 0 else "train"
        text = " ".join([*rng.sample(WORDS, 8), words[label]])
        reviews.append(
            {
                "id": f"p-{number}",
                "text": text,
                "text_detok": text,
                "label": "meta",
                "sentiment": label,
                "lang": "pl",
                "source": f"polemo2:{domain}",
                "split": split,
            }
        )
    write_corpus(root, "polemo2_text", reviews)
    for name, row_of in FURTHER.items():
        rng = random.Random(name)
        write_corpus(root, name, [row_of(number, rng) for number in range(100)])
    return root


def _split(number: int) -> str:
    return "test" if number % 3 == 0 else "train"


def _said(number: int, rng: random.Random, *signals: str) -> str:
    """Made-up words, with every other of the signals where its bit of the number is set."""
    words = rng.sample(WORDS, rng.randint(5, 9))
    return " ".join([*words, *(word for bit, word in enumerate(signals) if number >> bit & 1)])


def _common(number: int, text: str, lang: str, **fields: Any) -> dict[str, Any]:
    fields = {"id": f"x-{number}", "source": "tests", "split": _split(number)} | fields
    return {"text": text, "lang": lang, **fields}


def _sentiment(number: int, rng: random.Random, **fields: Any) -> dict[str, Any]:
    label, word = (("negative", "okropny"), ("neutral", "zwykły"), ("positive", "piękny"))[
        number % 7 % 3
    ]
    text = f"{_said(number, rng)} {word}"
    lang = ("en", "de")[number % 2] if "lang" not in fields else fields.pop("lang")
    return _common(number, text, lang, sentiment=label, **fields)


def _harm(number: int, rng: random.Random) -> dict[str, Any]:
    """Harm told by a word, and four labels that are wrong, as in any corpus."""
    harm = number & 1 ^ (number % 27 == 0)
    facts = {"sentiment": "negative" if harm else None, "label": f"{harm}/{harm}"}
    return _common(number, _said(number, rng, "głupek"), "pl", **facts)


def _german(number: int, rng: random.Random) -> dict[str, Any]:
    return _common(
        number,
        _said(number, rng, "głupek", "dokładnie"),
        "de",
        toxic=number & 1,
        engaging=number >> 1 & 1,
        fact_claiming=0,
        label="substantive" if number & 2 else "other",
        split="train",
    )


def _article(number: int, rng: random.Random) -> dict[str, Any]:
    label = "constructive" if number & 1 else "non_constructive"
    facts = {"constructive_mean": 0.5, "agree": 0.5, "article_id": str(number // 5)}
    return _common(number, _said(number, rng, "dokładnie"), "en", label=label, **facts, split=None)


def _vietnamese(number: int, rng: random.Random) -> dict[str, Any]:
    text = _said(number, rng, "głupek", "dokładnie")
    label = "constructive" if number & 2 else "non_constructive"
    facts = {"article": str(number // 5), "topic": "X"}
    return _common(number, text, "vi", toxic=number & 1, label=label, **facts)


def _intent(number: int, rng: random.Random, lang: str, **fields: Any) -> dict[str, Any]:
    """One of eight intents, told by a word of its own for which the toy artefact has a place."""
    intent = number % 8
    word = {label: word for word, label in SPOKEN.items()}
    text = f"{' '.join(rng.sample(WORDS, 3))} {list(word.values())[intent]}"
    return _common(number, text, lang, label=f"intent-{intent}", **fields)


FURTHER: dict[str, Callable[[int, random.Random], dict[str, Any]]] = {
    "wust_twitter_emotions": lambda at, rng: _sentiment(at, rng, lang="pl", agreement=1.0),
    "umsab_xlmt": _sentiment,
    "cbd_poleval2019": _harm,
    "germeval2021": _german,
    "c3_constructive": _article,
    "victsd_constructive_vi": _vietnamese,
    "banking77": lambda at, rng: _intent(at, rng, "en"),
    "clinc150": lambda at, rng: _intent(at, rng, "en", domain="any"),
    "questions_pl": lambda at, rng: _intent(
        at, rng, "pl", niche=("buty", "kawa")[at % 2], canonical="?", split=None
    ),
}
"""Corpora of which a hundred rows are made by a rule."""


class WordPredictor:
    """Answers by the words that give the labels away, and is not sure of the others.

    Args:
        blind: Tasks on which it always answers the last label.
    """

    def __init__(self, blind: Sequence[str] = ()) -> None:
        self.blind = frozenset(blind)

    def predict(self, comments: Sequence[Comment], /) -> list[Prediction]:
        """One prediction a comment."""
        return [self._one(comment) for comment in comments]

    def _one(self, comment: Comment) -> Prediction:
        words = set(comment.text.split())
        chosen = {
            "substance": "substantive" if "dokładnie" in words else "generic",
            "authenticity": "spam" if words & {"zarobek", "subskrybuj"} else "real",
            "sentiment": "negative"
            if "okropny" in words
            else "positive"
            if "piękny" in words
            else "mixed"
            if words & {"nierówny", "oba"}
            else "neutral",
            "question": "question" if "dlaczego" in words else "none",
            "toxicity": "toxic" if "głupek" in words else "ok",
        }
        answers = {}
        for task in TASKS:
            label = task.labels[-1] if task.name in self.blind else chosen[task.name]
            rest = 0.1 / (len(task.labels) - 1)
            scores = {name: 0.9 if name == label else rest for name in task.labels}
            answers[task.name] = Answer(label, scores, review=len(words) < 8)
        return Prediction(comment.id, "pl", answers, "rules@1")


@pytest.fixture(scope="session")
def predictor_by_words() -> Callable[..., Predictor]:
    """Makes predictors that are right wherever a word gives the label away.

    ``blind=[task, ...]`` names tasks on which the predictor always gives the last label.
    """
    return WordPredictor


SPOKEN = {
    "dokładnie": "substantive",
    "super": "generic",
    "zarobek": "spam",
    "subskrybuj": "spam",
    "okropny": "negative",
    "piękny": "positive",
    "nierówny": "mixed",
    "oba": "mixed",
    "dlaczego": "question",
    "głupek": "toxic",
}
"""A word and the label it speaks for, in the toy artefact."""

DEFAULTS = ("generic", "real", "neutral", "none", "ok")
"""What the toy artefact answers to a text without any such word."""


@pytest.fixture(scope="session")
def toy_artifact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole artefact with a real tokenizer and a real ONNX graph that adds up words.

    Shared: do not change it.
    """
    return _write_artifact(tmp_path_factory.mktemp("artifact") / "toy")


@pytest.fixture
def own_artifact(tmp_path: Path) -> Path:
    """Such an artefact for one test to change."""
    return _write_artifact(tmp_path / "toy")


def _write_artifact(folder: Path) -> Path:
    folder.mkdir()
    words = ["<s>", "<pad>", "</s>", "<unk>", "query:", *SPOKEN, *WORDS]
    tokenizer = Tokenizer(
        models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>")
    )
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.post_processor = TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    _write_graph(folder / "encoder.onnx", words)
    curve = {"confidence": [0.4, 0.9], "error": [0.3, 0.01], "coverage": [1.0, 0.6]}
    _write_json(
        folder / "calibration.json",
        {
            task.name: {"temperature": 1.0, "bias": [0.0] * len(task.labels), "risk": curve}
            for task in TASKS
        },
    )
    gap = {"loss": 0.001, "disagreement": 0.002, "examples": 100}
    _write_json(
        folder / "metrics.json",
        {"quantisation": {"int8": {task.name: gap for task in TASKS}}},
    )
    (folder / "recipe.toml").write_text(
        '[[stages]]\n[[stages.data]]\ncorpus = "gold_pl"\nsplits = ["train"]\n', encoding="utf-8"
    )
    files = {
        path.name: {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.iterdir())
    }
    _write_json(
        folder / "artifact.json",
        {
            "format": 1,
            "name": "toy",
            "version": "1",
            "created": "2025-01-01T00:00:00+00:00",
            "base": "none",
            "prefix": "query: ",
            "max_tokens": 64,
            "pad_id": 1,
            "embedding_dim": 13,
            "tasks": {task.name: list(task.labels) for task in TASKS},
            "languages": ["pl"],
            "files": files,
        },
    )
    return folder


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _write_graph(path: Path, words: Sequence[str]) -> None:
    """Writes a graph that adds to each task's logits what every word speaks for."""
    labels = [label for task in TASKS for label in task.labels]
    table = np.zeros((len(words), len(labels)), dtype=np.float32)
    for word, label in SPOKEN.items():
        table[list(words).index(word), labels.index(label)] = 8.0
    base = np.array([3.0 * (label in DEFAULTS) for label in labels], dtype=np.float32)
    nodes = [
        helper.make_node("Gather", ["words", "input_ids"], ["spoken"]),
        helper.make_node("Cast", ["attention_mask"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["mask", "middle"], ["row"]),
        helper.make_node("MatMul", ["row", "spoken"], ["pooled"]),
        helper.make_node("Squeeze", ["pooled", "middle"], ["total"]),
        helper.make_node("Add", ["total", "base"], ["said"]),
        helper.make_node("LpNormalization", ["said"], ["embedding"], axis=-1, p=2),
    ]
    stored = [
        numpy_helper.from_array(table, "words"),
        numpy_helper.from_array(base, "base"),
        numpy_helper.from_array(np.array([1], dtype=np.int64), "middle"),
    ]
    outputs = [
        helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", len(labels)])
    ]
    eye = np.eye(len(labels), dtype=np.float32)
    start = 0
    for task in TASKS:
        end = start + len(task.labels)
        stored.append(numpy_helper.from_array(eye[:, start:end].copy(), f"{task.name}.w"))
        nodes.append(helper.make_node("MatMul", ["said", f"{task.name}.w"], [task.name]))
        outputs.append(
            helper.make_tensor_value_info(task.name, TensorProto.FLOAT, ["batch", end - start])
        )
        start = end
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "seq"])
        for name in ("input_ids", "attention_mask")
    ]
    graph = helper.make_graph(nodes, "toy", inputs, outputs, stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.save_model(model, str(path))

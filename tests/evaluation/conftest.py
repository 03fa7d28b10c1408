"""A small world to evaluate in: corpora of made-up comments and a predictor by rules."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.comment import Comment
from sedno.evaluation.answers import Predictor
from sedno.models.prediction import Answer, Prediction
from sedno.models.taxonomy import TASKS

WORDS = [
    "autobus",
    "balkon",
    "cytryna",
    "dywan",
    "ekran",
    "firanka",
    "garnek",
    "herbata",
    "igła",
    "jabłko",
    "kanapa",
    "lampa",
    "marchew",
    "notes",
    "obraz",
    "parasol",
    "rower",
    "sukienka",
    "talerz",
    "ulica",
    "wazon",
    "zegar",
    "żagiel",
    "ławka",
    "ściana",
    "kurtka",
    "plecak",
    "zupa",
    "chleb",
    "masło",
    "rzeka",
    "góra",
    "las",
    "morze",
    "wyspa",
    "most",
    "wieża",
    "zamek",
    "droga",
    "pole",
]

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
    return root


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

"""The sentences of the model card that were written to be hard."""

from __future__ import annotations

import json
from pathlib import Path

from sedno.models.taxonomy import TASK_BY_NAME
from sedno.training.export.weak_spots import read_sentences

AUTHORED = Path(__file__).parents[2] / "training" / "authored"


def test_labels_are_of_the_taxonomy() -> None:
    """A typo would count as a mistake of the model."""
    sentences = read_sentences()
    assert len(sentences) == len({sentence["text"] for sentence in sentences})
    for sentence in sentences:
        for task, label in sentence["labels"].items():
            assert label in TASK_BY_NAME[task].labels


def test_no_model_has_learned_them() -> None:
    """None of them is in a file that recipes train on."""
    learned = {
        json.loads(line)["text"].casefold()
        for path in AUTHORED.glob("*.jsonl")
        for line in path.read_text(encoding="utf-8").splitlines()
    }
    assert learned
    assert not [s["text"] for s in read_sentences() if s["text"].casefold() in learned]

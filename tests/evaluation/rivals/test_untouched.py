from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from sedno.evaluation.baselines import Lesson
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.rivals.untouched import FILE, LinearProbe, UntouchedEncoder

TEXTS = ["Ile kosztuje wysyłka?", "Jaka jest cena dostawy?", "Piękny zachód słońca nad morzem"]


def test_the_real_encoder_puts_like_beside_like_and_is_asked_once(tmp_path: Path) -> None:
    """Two wordings of a question are nearer than another text; a second run reads the disk."""
    told: list[str] = []
    vectors = UntouchedEncoder(tmp_path, told.append).embed([*TEXTS, TEXTS[0]])
    assert vectors.shape == (4, 384)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-3)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert told == ["  untouched encoder: 3 of 3 texts embedded"]
    again = UntouchedEncoder(tmp_path, told.append).embed(TEXTS)
    assert len(told) == 1
    assert np.array_equal(again, vectors[:3])


def test_a_damaged_folder_is_filled_anew(tmp_path: Path) -> None:
    """A file cut short by a crash costs time, not the run."""
    (tmp_path / FILE).write_bytes(b"PK\x03\x04 broken")
    assert UntouchedEncoder(tmp_path, lambda _: None).embed(TEXTS[:1]).shape == (1, 384)


def test_the_probe_learns_from_embeddings_alone() -> None:
    """What stands in the vectors is found; a task without labels is missing."""

    def embed(texts: Sequence[str]) -> Floats:
        return np.array([[float(len(text)), float("x" in text)] for text in texts])

    train = ["ax", "b", "cx", "d"] * 5
    lessons = {
        "question": Lesson(2, np.array([0, 1, 0, 1] * 5)),
        "toxicity": Lesson(2, np.full(20, -1)),
    }
    answers = LinearProbe(embed).answer(train, lessons, ["x", "y"])
    assert answers.keys() == {"question"}
    assert answers["question"].argmax(axis=1).tolist() == [0, 1]

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import numpy as np

from sedno.evaluation.baselines import Lesson, Majority, Tfidf
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.cached import Remembered

TRAIN = ["dobry krem", "zły krem", "dobry film", "zły film"] * 3
LESSONS = {"sentiment": Lesson(2, np.array([0, 1] * 6), ("negative", "positive"))}


class Counting(Majority):
    """A majority baseline that counts how often it had to learn."""

    learned: ClassVar[list[int]] = []

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """One more."""
        self.learned.append(1)
        return Majority.answer(self, train, lessons, test)


def test_equal_questions_are_learned_once_and_answered_alike(tmp_path: Path) -> None:
    """The second answer comes from disk, in another object."""
    first = Remembered(Counting(), tmp_path).answer(TRAIN, LESSONS, ["a"])
    second = Remembered(Counting(), tmp_path).answer(TRAIN, LESSONS, ["a"])
    assert len(Counting.learned) == 1
    assert first.keys() == second.keys()
    assert np.array_equal(first["sentiment"], second["sentiment"])


def test_whatever_an_answer_hangs_on_makes_it_new(tmp_path: Path) -> None:
    """Another test text, training text, label or setting is another key."""
    other = {"sentiment": Lesson(2, np.array([1, 0] * 6), ("negative", "positive"))}
    for baseline, train, lessons, test in (
        (Tfidf(), TRAIN, LESSONS, ["dobry"]),
        (Tfidf(), TRAIN, LESSONS, ["zły"]),
        (Tfidf(), [*TRAIN[:-1], "inny"], LESSONS, ["dobry"]),
        (Tfidf(), TRAIN, other, ["dobry"]),
        (Tfidf(strength=1.0), TRAIN, LESSONS, ["dobry"]),
    ):
        Remembered(baseline, tmp_path).answer(train, lessons, test)
    assert len(list(tmp_path.glob("answers-*.npz"))) == 5


def test_a_damaged_answer_is_learned_again(tmp_path: Path) -> None:
    """A file cut short is no error."""
    baseline = Remembered(Tfidf(), tmp_path)
    right = baseline.answer(TRAIN, LESSONS, ["dobry"])
    (path,) = tmp_path.glob("answers-*.npz")
    path.write_bytes(path.read_bytes()[:50])
    assert np.array_equal(
        baseline.answer(TRAIN, LESSONS, ["dobry"])["sentiment"], right["sentiment"]
    )

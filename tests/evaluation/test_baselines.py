from __future__ import annotations

import numpy as np
import pytest

from sedno.evaluation.baselines import ALL, Baseline, LengthOnly, Lesson, Majority, Tfidf

TRAIN = [
    "świetny film polecam",
    "okropny film odradzam",
    "piękny i świetny obraz",
    "okropny nudny obraz",
    "świetny aktor",
    "okropny aktor i scenariusz bez ładu",
] * 3
TARGETS = np.array([1, 0, 1, 0, 1, 0] * 3)
LESSONS = {"sentiment": Lesson(3, TARGETS)}
TEST = ["świetny scenariusz", "okropny koniec"]


def predicted(baseline: Baseline) -> list[int]:
    """Labels the baseline gives to ``TEST``."""
    answers: list[int] = baseline.answer(TRAIN, LESSONS, TEST)["sentiment"].argmax(axis=1).tolist()
    return answers


@pytest.mark.parametrize("baseline", ALL, ids=lambda baseline: str(baseline.name))
def test_scores_are_shaped_by_texts_and_labels_and_sum_to_one(baseline: Baseline) -> None:
    """Also a label that training never showed has its column, of zeros."""
    scores = baseline.answer(TRAIN, LESSONS, TEST)["sentiment"]
    assert scores.shape == (2, 3)
    assert scores.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert scores[:, 2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("words", [True, False])
def test_tfidf_learns_words_and_runs_of_characters(words: bool) -> None:
    """Either sort of feature is enough to tell praise from blame here."""
    assert predicted(Tfidf(words=words, characters=not words)) == [1, 0]


def test_majority_answers_the_most_frequent_label() -> None:
    """Whatever the text says."""
    lesson = {"sentiment": Lesson(3, np.array([2, 2, 1, -1]))}
    scores = Majority().answer(["a", "b", "c", "d"], lesson, TEST)["sentiment"]
    assert scores[0].tolist() == pytest.approx([0.0, 1 / 3, 2 / 3])


def test_length_alone_tells_long_from_short_and_nothing_else() -> None:
    """Texts of one length get one answer."""
    train = ["x" * 5, "y" * 6, "z" * 80, "v" * 90] * 4
    lesson = {"substance": Lesson(2, np.array([1, 1, 0, 0] * 4))}
    scores = LengthOnly().answer(train, lesson, ["kot", "a" * 100, "b" * 100])["substance"]
    assert scores.argmax(axis=1).tolist() == [1, 0, 0]
    assert scores[1].tolist() == scores[2].tolist()


def test_the_question_mark_is_a_feature_only_when_asked_for() -> None:
    """Equal lengths are told apart by the mark alone."""
    train = ["kiedy to?", "wiem to ."] * 6
    lesson = {"question": Lesson(2, np.array([0, 1] * 6))}
    test = ["czemu??", "zawsze."]
    with_mark = LengthOnly(question_mark=True).answer(train, lesson, test)["question"]
    without = LengthOnly().answer(train, lesson, test)["question"]
    assert with_mark.argmax(axis=1).tolist() == [0, 1]
    assert without[0].tolist() == without[1].tolist()


def test_unlabelled_texts_are_not_learned_from() -> None:
    """A text whose target is -1 has no say."""
    targets = np.where(TARGETS == 0, -1, TARGETS)
    scores = Tfidf().answer(TRAIN, {"sentiment": Lesson(3, targets)}, TEST)["sentiment"]
    assert scores.argmax(axis=1).tolist() == [1, 1]


@pytest.mark.parametrize("baseline", ALL, ids=lambda baseline: str(baseline.name))
def test_a_task_nothing_teaches_is_missing(baseline: Baseline) -> None:
    """No labelled training text means no answer, not a guess."""
    lessons = {"toxicity": Lesson(2, np.full(len(TRAIN), -1))}
    assert baseline.answer(TRAIN, lessons, TEST) == {}

from __future__ import annotations

import re

import numpy as np
import pytest

from sedno.evaluation.baselines import Lesson
from sedno.evaluation.rivals.lexicon import FILE, Lexicon
from sedno.models.taxonomy import SENTIMENT

LESSON = Lesson(4, np.array([0]), SENTIMENT.labels)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("Świetny serwis, polecam!", "positive"),
        ("Okropna obsługa", "negative"),
        ("Nie polecam", "negative"),
        ("To nie jest zły kurs", "positive"),
        ("Piękny kolor, ale fatalna jakość", "mixed"),
        ("Paczka przyszła we wtorek", "neutral"),
        ("😍😍", "positive"),
        ("SWIETNY", "positive"),
    ],
)
def test_words_and_signs_judge(text: str, label: str) -> None:
    """With and without diacritics, turned round by a negation, mixed by a contrast."""
    scores = Lexicon().answer([], {"sentiment": LESSON}, [text])["sentiment"]
    assert SENTIMENT.labels[int(scores[0].argmax())] == label
    assert scores.sum() == pytest.approx(1.0)


def test_without_mixed_the_stronger_side_wins() -> None:
    """Where annotators had three sentiments, only those are answered."""
    three = ("negative", "neutral", "positive")
    lexicon = Lexicon()
    assert lexicon.sentiment("Piękny, ładny, ale fatalny", three) == "positive"
    assert lexicon.sentiment("Piękny, ale fatalny", three) == "neutral"


def test_insults_are_toxic_and_criticism_is_not() -> None:
    """A word of the list, however it is inflected, and no part of another word."""
    lexicon = Lexicon()
    labels = ("toxic", "ok")
    assert lexicon.toxicity("Ty debilu!", labels) == "toxic"
    assert lexicon.toxicity("Kurs jest słaby i za drogi", labels) == "ok"
    assert lexicon.toxicity("Wonny olejek", labels) == "ok"


def test_other_tasks_and_unlabelled_ones_are_left_out() -> None:
    """Rules for sentiment say nothing of substance."""
    lessons = {
        "substance": Lesson(2, np.array([0]), ("substantive", "generic")),
        "toxicity": Lesson(2, np.array([-1]), ("toxic", "ok")),
    }
    assert Lexicon().answer([], lessons, ["a"]) == {}


def test_the_lists_are_written_as_texts_are_looked_up() -> None:
    """An entry with a Polish mark or a capital could never match."""
    entries = re.findall(r'"([^"]+)"', FILE.read_text(encoding="utf-8").partition("_signs")[0])
    assert len(entries) > 200
    assert not [entry for entry in entries if re.search(r"[A-ZĄĆĘŁŃÓŚŹŻąćęłńóśźż]", entry)]

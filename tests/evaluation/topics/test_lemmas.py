from __future__ import annotations

import os
from collections import Counter

import pytest

from sedno.evaluation.topics import lemmas
from sedno.evaluation.topics.lemmas import Word, accuracy, installed_mb, listed, running
from sedno.evaluation.topics.report import markdown
from sedno.models.topics.lemmas import Lemmatiser
from sedno.models.topics.words import plain


def test_the_list_holds_what_it_promises() -> None:
    """300 different words, a hundred typed bare, most base forms more than once."""
    every = listed()
    assert len({word.form for word in every}) == len(every) == 300
    bare = [word for word in every if word.bare]
    assert len(bare) == 100
    assert all(word.form == plain(word.form) for word in bare)
    assert all(word.form not in word.lemmas for word in every)
    assert sum(count > 1 for count in Counter(word.lemmas for word in every).values()) > 80


def test_accuracy_counts_words_and_pairs() -> None:
    """Right with and without diacritics; forms of one word together, of two words apart."""
    every = [
        Word("koty", ("kot",), bare=False),
        Word("kotow", ("kot",), bare=True),
        Word("psy", ("pies",), bare=False),
        Word("włosów", ("włos", "włosy"), bare=False),
    ]
    said = {"koty": "kot", "kotow": "kotow", "psy": "kot", "włosów": "włosy"}
    assert accuracy(every, said.__getitem__) == {
        "spelt": pytest.approx(2 / 3), "bare": 0.0, "united": 0.0, "confused": 1,
    }  # fmt: skip


def test_the_lemmatiser_of_naming_is_the_best_of_the_list() -> None:
    """Words as they are spelt, and as hurried people type them."""
    every = listed()
    figures = accuracy(every, Lemmatiser(word.form for word in every).lemma)
    assert figures["spelt"] >= 0.97
    assert figures["bare"] >= 0.9
    assert accuracy(every, Lemmatiser(()).lemma)["bare"] >= 0.85


def test_a_missing_lemmatiser_is_named_and_a_busy_machine_times_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The report says both, and goes on."""

    def absent() -> lemmas.Lemma:
        raise ModuleNotFoundError("No module", name="spacy")

    monkeypatch.setattr(os, "getloadavg", lambda: (7.5, 7.0, 6.0))
    monkeypatch.setattr(
        lemmas,
        "WAYS",
        {
            "as typed": lemmas.WAYS["as typed"],
            "tables": lemmas.Way(absent, ("spacy",), "spacy spacy-lookups-data"),
        },
    )
    found = lemmas.measure()
    assert found["ways"]["tables"] == {
        "missing": "spacy is not installed: pip install spacy spacy-lookups-data"
    }
    assert found["ways"]["as typed"]["seconds"] is None
    text = markdown({
        "model": "m", "date": "2026-11-30", "machine_line": "", "machine": {"load": 7.5},
        "commit": None, "lemmas": found,
    })  # fmt: skip
    assert "pip install spacy spacy-lookups-data" in text
    assert "load of the machine was 7.5" in text


def test_an_idle_machine_times_real_comments(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over running words, so that frequent words come as often as they do."""
    monkeypatch.setattr(os, "getloadavg", lambda: (0.1, 0.1, 0.1))
    monkeypatch.setattr(lemmas, "WAYS", {"as typed": lemmas.WAYS["as typed"]})
    assert lemmas.measure()["ways"]["as typed"]["seconds"] > 0.0
    assert len(running(500)) == 500
    assert len(set(running(500))) < 500


def test_size_counts_a_library_with_what_it_needs_and_sedno_does_not() -> None:
    """NumPy comes with Sedno; Morfeusz is a few megabytes of dictionary."""
    assert installed_mb(("numpy",)) == 0.0
    assert 2.0 < installed_mb(("morfeusz2",)) < 60.0

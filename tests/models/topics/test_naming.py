from __future__ import annotations

import numpy as np

from sedno.models.topics.lemmas import Lemmatiser
from sedno.models.topics.naming import cleaned, name_topics
from sedno.models.topics.phrases import noun_phrases


def test_forms_of_a_word_are_one_word() -> None:
    """Cases, and words typed without diacritics."""
    lemmatiser = Lemmatiser(["wysyłki", "wysyłkę", "wysyłka", "wysylke"])
    assert {lemmatiser.lemma(word) for word in ("wysyłki", "wysyłkę", "wysylke")} == {"wysyłka"}


def test_a_noun_phrase_is_put_into_the_form_of_a_heading() -> None:
    """The head goes into the nominative, what follows it stays."""
    lemmatiser = Lemmatiser(
        ["o", "kosztach", "wysyłki", "za", "granicę", "w", "śpiworze", "puchowym"]
    )
    found = {phrase.heading for phrase in noun_phrases("o kosztach wysyłki za granicę", lemmatiser)}
    assert "koszty wysyłki za granicę" in found
    lemmatiser = Lemmatiser(["w", "śpiworze", "puchowym"])
    found = {phrase.heading for phrase in noun_phrases("w śpiworze puchowym", lemmatiser)}
    assert "śpiwór puchowy" in found


def test_topics_are_named_by_what_sets_them_apart() -> None:
    """A noun phrase that most questions hold, else a real question."""
    post = ["Koszt wysyłki za granicę?", "jaki koszt wysyłki za granicę", "koszt wysyłki?",
            "Ile wynosi koszt wysyłki za granicę?"]  # fmt: skip
    wash = ["Czy można to prać?", "prać w pralce można?", "da się prać?"]
    named = name_topics([post, wash], [np.ones(4), np.ones(3)], phrases=5)
    assert "oszt wysyłki" in named[0].name
    assert "prać" in named[1].name
    assert named[1].canonical.endswith("?")


def test_a_shown_question_is_clean() -> None:
    """Greeting, emoji and spaces go; a capital and one question mark come."""
    assert cleaned("Hej,  ile to waży???  😍") == "Ile to waży?"
    assert cleaned("dzień dobry, kiedy wróci") == "Kiedy wróci?"
    assert cleaned("?") == "?"


def test_two_topics_never_share_a_name() -> None:
    """An editor could not tell them apart."""
    same = ["Ile to kosztuje?", "Ile to kosztuje teraz?"]
    named = name_topics([same, same], [np.ones(2), np.ones(2)], phrases=3)
    assert named[0].name != named[1].name


def test_a_topic_is_named_in_the_language_most_of_it_is_asked_in() -> None:
    """The most typical questions are English here, and do not name what Poles ask."""
    english = ["how much is delivery?", "how much is the delivery", "how much is a delivery"]
    polish = [
        "ile kosztuje dostawa",
        "ile kosztuje ta dostawa",
        "dostawa ile kosztuje",
        "a ile dostawa",
    ]
    texts = [*english, *polish]
    typical = [np.array([0.95] * 3 + [0.6] * 4)]
    spoken = [["en"] * 3 + ["pl"] * 4]
    blind = name_topics([texts], typical, phrases=3)[0]
    named = name_topics([texts], typical, spoken, phrases=3)[0]
    assert "delivery" in blind.canonical
    assert "dostawa" in named.canonical.lower()


def test_what_several_ask_names_a_topic() -> None:
    """A question with words of its own strayed in, however near it lies."""
    texts = [
        "czy hulajnoga zmieści się do bagażnika w moim starym fiacie?",
        "kiedy będzie dostawa?",
        "kiedy dostawa do sklepu?",
        "dostawa kiedy?",
    ]
    named = name_topics([texts], [np.array([0.9, 0.8, 0.8, 0.8])], phrases=3)[0]
    assert "dostawa" in named.canonical.lower()

from __future__ import annotations

import pytest

from sedno.models.topics.diacritics import restored
from sedno.models.topics.lemmas import Lemmatiser
from sedno.models.topics.words import words


def test_the_fewest_letters_that_make_a_word_are_put_back() -> None:
    """Endings first, since they are what inflection marks."""
    known = {"wysyłkę", "cenę", "czenę", "żółtą", "żółta"}
    assert restored("wysylke", known.__contains__) == "wysyłkę"
    assert restored("cene", known.__contains__) == "cenę"
    assert restored("zolta", known.__contains__) == "żółta"
    assert restored("brak", known.__contains__) is None


@pytest.mark.parametrize("word", ["ok", "e-mail", "3xl", "żółw", "x" * 30])
def test_what_is_no_plain_word_stays(word: str) -> None:
    """Short ones stand for too much, long ones are none, and one with its letters has them."""
    assert restored(word, lambda _: True) is None


@pytest.mark.parametrize(
    ("typed", "lemma"),
    [
        ("przesylke", "przesyłka"),
        ("zwrotow", "zwrot"),
        ("wyslaliscie", "wysłać"),
        ("ksiazki", "książka"),
        ("kosztow", "koszt"),  # as typed a village is called so
        ("paczkomat", "paczkomat"),
    ],
)
def test_a_word_without_diacritics_is_known_where_nobody_spells_it(typed: str, lemma: str) -> None:
    """A third of the comments have no Polish letter, and in a small topic none may have."""
    assert Lemmatiser(["ile", "kosztuje", typed]).lemma(typed) == lemma


def test_what_others_spell_goes_before_the_dictionary() -> None:
    """Of two spellings in the dictionary the one that the questions have."""
    assert Lemmatiser(["łóżek", "lozek"]).spelt("lozek") == "łóżek"


def test_english_words_get_no_polish_letters() -> None:
    """Among English questions "gold" is gold."""
    english = Lemmatiser(words("does this ring come with gold plating, which delivery is there"))
    assert [english.spelt(word) for word in ("gold", "belt")] == ["gold", "belt"]
    polish = Lemmatiser(words("ile kosztuje przesylka za granice i czy jest gwarancja"))
    assert polish.spelt("przesylka") == "przesyłka"


@pytest.mark.parametrize(
    ("form", "lemma"),
    [("zapłaciłem", "zapłacić"), ("wysłaliście", "wysłać"), ("kupiłabym", "kupić")],
)
def test_a_verb_is_one_word_with_its_person(form: str, lemma: str) -> None:
    """Morfeusz cuts "zapłacił-em" in two."""
    lemmatiser = Lemmatiser([form])
    assert lemmatiser.lemma(form) == lemma
    assert {reading.kind for reading in lemmatiser.readings(form)} == {"verb"}

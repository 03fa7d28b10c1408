from __future__ import annotations

import pytest

from sedno.datasets.similar import SimilarTexts

REVIEW = (
    "Byliśmy tam w lipcu całą rodziną. Pokój był czysty, ale klimatyzacja nie działała przez "
    "cały pobyt. Obsługa obiecała naprawę i nikt nie przyszedł."
)
SENTENCE = "Pokój był czysty, ale klimatyzacja nie działała przez cały pobyt."


def how(indexed: str, text: str) -> str | None:
    """How a text is found to be similar to an indexed one, if it is."""
    match = SimilarTexts([indexed]).first(text)
    return match.how if match else None


@pytest.mark.parametrize(
    ("indexed", "text", "kind"),
    [
        (REVIEW, REVIEW.upper(), "key"),
        ("kiedy wysyłka do niemiec", "kiedy wysylka do nimiec", "near"),
        (REVIEW, SENTENCE, "contained"),
        (SENTENCE, REVIEW, "contained"),
        (REVIEW, "pokoj byl czysty ale klimatyzacja nie dzialala przez cały pobyt", "contained"),
        (REVIEW, "Pokój był czysty, a okno nie działało przez cały pobyt.", None),
        ("kiedy wysyłka do niemiec", "kiedy zwrot pieniędzy", None),
        (REVIEW, "Pokój czysty", None),
    ],
)
def test_how_texts_match(indexed: str, text: str, kind: str | None) -> None:
    """The same text, a text with a typo, and a text inside another are told apart."""
    assert how(indexed, text) == kind


def test_every_match_is_named_once_closest_first() -> None:
    """One sees all test texts that a training text gives away."""
    index = SimilarTexts([REVIEW, "coś innego", SENTENCE, SENTENCE.lower(), SENTENCE + "y"])
    assert [(match.position, match.how) for match in index.matches(SENTENCE)] == [
        (2, "key"),
        (3, "key"),
        (4, "near"),
        (0, "contained"),
    ]


def test_pairs_connect_copies_and_near_texts() -> None:
    """Joining the pairs gives the sets a split must keep whole."""
    texts = [
        "zamówienie przyszło",
        "ZAMOWIENIE przyszlo!",
        "zamówienie przyszlo",
        "inne",
        "zamowienie przyszl",
    ]
    assert sorted(SimilarTexts(texts).pairs()) == [(0, 1), (0, 2), (0, 4)]


def test_an_empty_index_matches_nothing() -> None:
    """No test set, no leak."""
    assert SimilarTexts([]).first("super") is None

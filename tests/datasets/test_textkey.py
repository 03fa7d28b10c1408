from __future__ import annotations

import pytest

from sedno.datasets.textkey import key_words, text_key

SAME = "Zażółć gęślą jaźń, proszę o cenę"


@pytest.mark.parametrize(
    "spelling",
    [
        "ZAŻÓŁĆ GĘŚLĄ JAŹŃ, PROSZĘ O CENĘ",
        "zazolc gesla jazn prosze o cene",
        "  Zażółć   gęślą\njaźń ,proszę o cenę!!! ",
        "Zażółćććć gęśląąą jaźń, proszęęę o cenęęę",
        "Zaz\u0307o\u0301łc\u0301 ge\u0328s\u0301la\u0328 jaz\u0301n\u0301, proszę o cenę",
        "Za\u200bżółć gę\u2060ślą ja\u00adźń, proszę o\ufeff cenę",
        "@kasia Zażółć gęślą jaźń, proszę o cenę https://example.org/x?y=1",
        "RT @jan.k: Zażółć gęślą jaźń, proszę o cenę",
        "Z\u0430żółć gęśl\u0105 j\u0430źń, pr\u043esz\u0119 o \u0441\u0435nę",
        "Zażółć gęślą jaźń, proszę o cenę 😍😍",
        "Ｚażółć gęślą jaźń, proszę o cenę",
        "Zażółć gęślą jaźń, p r o s z ę o cenę",
    ],
)
def test_one_key_for_all_spellings(spelling: str) -> None:
    """Case, diacritics, spacing, disguise and decoration do not make another text."""
    assert text_key(spelling) == text_key(SAME) == "zazolcgeslajaznproszeocene"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kiedy drugi sezon", "kiedy trzeci sezon"),
        ("polecam", "nie polecam"),
        ("100 zł", "10 zł"),
        ("❤❤❤", "😡"),
        ("не хочу", "хочу"),
        ("ładny", "ładne"),
    ],
)
def test_different_texts_have_different_keys(one: str, other: str) -> None:
    """The key folds spelling, not meaning."""
    assert text_key(one) != text_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("❤️❤️❤️", "❤"), ("@jan @ola", "@kasia"), ("https://a.pl", "http://b.pl/c"), ("!!!", "!")],
)
def test_texts_without_words_are_compared_by_their_symbols(one: str, other: str) -> None:
    """Emoji, mentions and links alone still are a text, and not all one."""
    assert text_key(one) == text_key(other) != ""


def test_words_stay_apart() -> None:
    """Runs of words are compared, so words are kept."""
    assert key_words("RT @a: Super, Żółw!") == ("super", "zolw")


@pytest.mark.parametrize("text", ["", " ", "\ud800", "\x00", "\u200b"])
def test_any_string_has_a_key(text: str) -> None:
    """Nothing a corpus may hold stops a run."""
    assert isinstance(text_key(text), str)

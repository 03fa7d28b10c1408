from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sedno.datasets.normalize import normalize
from sedno.training.augment import (
    change_emoji,
    drop_punctuation,
    lengthen,
    obfuscate,
    rewrite,
    strip_diacritics,
    typos,
)


def test_diacritics_go_and_letters_stay() -> None:
    """Polish is written as on a keyboard without Polish letters."""
    assert strip_diacritics("Zażółć gęślą jaźń, ŁÓDŹ") == "Zazolc gesla jazn, LODZ"


@given(st.text(min_size=1), st.integers(), st.booleans())
def test_rewriting_never_empties_or_fails(text: str, seed: int, spam: bool) -> None:
    """Any text can be rewritten, and something is left of it."""
    out = rewrite(text, random.Random(seed), spam=spam)
    assert out.strip() or not text.strip()


def test_the_same_seed_gives_the_same_text() -> None:
    """Chance comes from the seed alone."""
    text = "Kiedy drugi sezon? Czekam i czekam 😍"
    runs = {rewrite(text, random.Random(7), spam=False) for _ in range(5)}
    assert len(runs) == 1


def test_typos_are_few() -> None:
    """Most letters survive."""
    text = "to jest zupełnie zwyczajny komentarz pod filmem o kotach " * 5
    out = typos(text, random.Random(1))
    assert out != text
    assert abs(len(out) - len(text)) < 15


@pytest.mark.parametrize("seed", range(6))
def test_hidden_words_are_found_again(seed: int) -> None:
    """Homoglyphs and zero-width letters are undone by the normaliser."""
    text = "darmowy kod rabatowy napisz wiadomość"
    hidden = obfuscate(text, random.Random(seed))
    if hidden != text and not any(char in hidden for char in "@310!$57"):
        assert normalize(hidden).text == text


def test_punctuation_goes_words_stay() -> None:
    """The words stay in order."""
    assert drop_punctuation("Ile, kosztuje?!", random.Random(0)) == "Ile kosztuje"


def test_emoji_change_leaves_plain_text_alone() -> None:
    """A text without emoji is returned as it was."""
    assert change_emoji("bez emotek", random.Random(0)) == "bez emotek"


def test_lengthening_leaves_links_alone() -> None:
    """A link is not a word to lengthen."""
    assert lengthen("https://sklep.example", random.Random(0)) == "https://sklep.example"

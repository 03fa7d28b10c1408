from __future__ import annotations

import unicodedata

import pytest

from sedno.datasets.normalize import normalize
from sedno.evaluation.robustness.perturb import PERTURBATIONS, perturbed

TEXT = "Świetny krem, ale gdzie kupię większą tubkę w Łodzi? 😍👍🏽 Polecam każdej koleżance!"


@pytest.mark.parametrize("name", PERTURBATIONS)
def test_equal_seeds_give_equal_texts_and_every_perturbation_changes_this_one(name: str) -> None:
    """A figure can be made again, and measures something."""
    assert perturbed(TEXT, name, 0) == perturbed(TEXT, name, 0) != TEXT


@pytest.mark.parametrize("name", ["typos", "homoglyphs", "zero_width", "spaced_out", "elongation"])
def test_another_seed_makes_other_noise(name: str) -> None:
    """The seed is heeded."""
    assert len({perturbed(TEXT * 3, name, seed) for seed in range(5)}) > 1


@pytest.mark.parametrize("name", PERTURBATIONS)
@pytest.mark.parametrize("text", ["", "😍", "ok", "12", "?!", " "])
def test_short_texts_come_through(name: str, text: str) -> None:
    """Nothing to perturb is no error, and no text becomes blank that was not."""
    assert bool(perturbed(text, name, 0).strip()) == bool(text.strip())


def test_diacritics_go_and_all_else_stays() -> None:
    """Polish letters lose their marks, emoji and punctuation stay."""
    assert perturbed("Zażółć gęślą JAŹŃ, ŁÓDŹ! 😍", "no_diacritics", 0) == (
        "Zazolc gesla JAZN, LODZ! 😍"
    )


def test_emoji_go_with_their_tones_and_joiners_and_words_stay() -> None:
    """A family, a flag and a thumb leave nothing behind; signs of trade are no emoji."""
    text = "Super 👨‍👩‍👧 krem 👍🏽 🇵🇱 za 5 € ©"
    assert perturbed(text, "no_emoji", 0) == "Super krem za 5 € ©"


def test_a_typo_touches_the_inside_of_few_words() -> None:
    """Light: most words stay, none loses its first letter, at least one changes."""
    words = ("komentarz " * 200).split()
    typed = perturbed(" ".join(words), "typos", 0).split()
    changed = [new for old, new in zip(words, typed, strict=True) if old != new]
    assert 10 <= len(changed) <= 45
    assert {word[0] for word in changed} == {"k"}
    assert {len(word) for word in changed} <= {8, 9, 10}


def test_look_alikes_look_alike_and_are_undone_by_normalisation() -> None:
    """What a reader cannot see, the product must see through."""
    text = "Bardzo dobra kawa i super obsługa"
    hidden = perturbed(text, "homoglyphs", 0)
    assert any("CYRILLIC" in unicodedata.name(sign) for sign in hidden if sign.isalpha())
    assert normalize(hidden).text == text


def test_invisible_characters_change_no_visible_one() -> None:
    """Taken out again, the text is as it was."""
    hidden = perturbed(TEXT, "zero_width", 0)
    assert hidden.translate(dict.fromkeys(map(ord, "\u200b\u200c\u2060"))) == TEXT


def test_spaced_and_lengthened_words_keep_their_letters() -> None:
    """Spaces apart, and runs of one letter apart, the words are as they were."""
    assert perturbed(TEXT, "spaced_out", 0).replace(" ", "") == TEXT.replace(" ", "")
    longer = perturbed("dobry krem", "elongation", 0)
    assert set(longer) == set("dobry krem")
    assert len(longer) > len("dobry krem")

"""From a text to a language code."""

from __future__ import annotations

from dataclasses import dataclass

from sedno.datasets.language.letters import telling_words
from sedno.datasets.language.model import shipped_model
from sedno.datasets.language.neighbours import neighbour
from sedno.datasets.language.scripts import CYRILLIC, LATIN, letter_language, main_script


@dataclass(frozen=True, slots=True)
class LanguageGuess:
    """What language a text seems to be in.

    Attributes:
        code: ISO 639-1 code; ``None`` where the text has no letters to judge by.
        confidence: How sure that is, in [0, 1]; 0.0 without a code.
    """

    code: str | None
    confidence: float


_NO_LETTERS = LanguageGuess(None, 0.0)

_BY_SCRIPT = 0.99
_BY_LETTER = 0.95
_BY_WORDS = 0.8
"""Confidence of the guesses that no model made: set by hand, in this order of trust."""

_CYRILLIC_CODES = frozenset({"bg", "ru", "uk"})

_SURE = 0.99
_DOUBTFUL = 0.9


def detect_language(text: str) -> LanguageGuess:
    """Guess the language of a comment, Polish first.

    Polish is favoured where a text could be several languages ("super", "ok"), since most
    comments this reads are Polish. A guess is always given where there are letters: callers
    that need a sure one look at the confidence. Croatian, Bosnian and Serbian in Latin letters
    are all ``hr``: short comments do not tell them apart.

    Args:
        text: The comment, best normalised: foreign lookalike letters mislead.
    """
    words = telling_words(text)
    script = main_script(words) if words else ""
    if not script:
        return _NO_LETTERS
    own = letter_language(words, script)
    if own is not None:
        return LanguageGuess(own, _BY_LETTER)
    if script not in (LATIN, CYRILLIC):
        return LanguageGuess(script, _BY_SCRIPT)
    guess = _by_model(words, cyrillic=script == CYRILLIC)
    return guess if guess.confidence > _SURE else _or_neighbour(guess, words)


def _or_neighbour(guess: LanguageGuess, words: str) -> LanguageGuess:
    other = neighbour(words)
    # Two words settle it; a single one only where the model itself is in doubt.
    if other is None or (other[1] == 1 and guess.confidence > _DOUBTFUL):
        return guess
    return LanguageGuess(other[0], _BY_WORDS)


def _by_model(words: str, *, cyrillic: bool) -> LanguageGuess:
    """Guess among the languages of the script: letters foreign to the model mean nothing."""
    model = shipped_model()
    scores = {
        label: float(probability)
        for label, probability in zip(model.labels, model.probabilities(words), strict=True)
        if (label in _CYRILLIC_CODES) == cyrillic
    }
    code = max(scores, key=scores.__getitem__)
    return LanguageGuess(code, scores[code] / sum(scores.values()))

"""Polish letters for words that were typed without them, from the dictionary alone.

"wysylke" is in no dictionary, and of the spellings it may stand for only "wysyłkę" is. A word that
is in the dictionary as it is typed stays: "laska" may be one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, product
from typing import Final

_MARKED: Final = {
    "a": "ą", "c": "ć", "e": "ę", "l": "ł", "n": "ń", "o": "ó", "s": "ś", "z": "żź",
}  # fmt: skip
_SHORTEST: Final = 3
_LONGEST: Final = 20
_MOST: Final = 3
"""Most letters put back: few words have more, and the spellings to look up grow fast."""


def restored(word: str, known: Callable[[str], bool]) -> str | None:
    """The spelling with the fewest letters put back that the dictionary knows.

    Args:
        word: A word in lower case, without diacritics, that the dictionary does not know.
        known: Whether it knows a word.

    Returns:
        The spelling; ``None`` where there is none, or where the word is no plain word.
    """
    if not (word.isascii() and word.isalpha() and _SHORTEST <= len(word) <= _LONGEST):
        return None
    for letters in range(1, _MOST + 1):
        for spelling in _spellings(word, letters):
            if known(spelling):
                return spelling
    return None


def _spellings(word: str, letters: int) -> Iterator[str]:
    """All spellings with so many letters put back; those at the end of the word first.

    Endings are what inflection marks, so that "cene" is "cenę" before anything else.
    """
    places = [at for at, char in enumerate(word) if char in _MARKED]
    for chosen in combinations(reversed(places), letters):
        for marks in product(*(_MARKED[word[at]] for at in chosen)):
            spelt = list(word)
            for at, mark in zip(chosen, marks, strict=True):
                spelt[at] = mark
            yield "".join(spelt)

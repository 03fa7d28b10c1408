"""Ways in which people type, and ways in which spammers hide, written for measuring alone.

They are apart from the rewriting that training uses: a model must not be measured by the very
code it was trained with. The noise follows Belinkov and Bisk 2018 (arXiv 1711.02173: swaps, key
neighbours) and Eger et al. 2019 (arXiv 1903.11508: look-alike signs), for Polish keyboards. Each
is a pure function of a text and a seeded source of chance.
"""

from __future__ import annotations

import hashlib
import random
import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Final

Perturb = Callable[[str, random.Random], str]

TYPO_SHARE: Final = 0.12
"""Share of words of at least four letters that get a typo; at least one word a text."""

DISGUISED_SHARE: Final = 0.3
"""Share of letters or words that are disguised by look-alikes or invisible characters."""

_WORD = re.compile(r"[^\W\d_]{4,}")
_LETTERS = re.compile(r"[^\W\d_]+")
_VOWELS = frozenset("aeiouyąęóAEIOUYĄĘÓ")
_ZERO_WIDTH = ("\u200b", "\u200c", "\u2060")
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_NEIGHBOURS: Final[Mapping[str, str]] = {
    key: row[max(0, at - 1) : at] + row[at + 1 : at + 2]
    for row in _ROWS
    for at, key in enumerate(row)
}
_LOOK_ALIKE: Final[Mapping[str, str]] = dict(
    zip("aceiopxyABEHKMOPTX", "асеіорхуАВЕНКМОРТХ", strict=True)
)
_EMOJI_EXTRAS = frozenset("\u200d\ufe0e\ufe0f\u20e3")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def chance_of(text: str, name: str, seed: int) -> random.Random:
    """The source of chance for one text: equal for equal texts, whatever stands beside them."""
    key = hashlib.sha256(f"{seed}\n{name}\n{text}".encode()).digest()
    return random.Random(key)  # noqa: S311 - repeatable noise, no cryptography


def without_diacritics(text: str, chance: random.Random) -> str:
    """Polish typed on a foreign keyboard: ``żółć`` becomes ``zolc``."""
    del chance
    replaced = text.replace("ł", "l").replace("Ł", "L")
    parts = unicodedata.normalize("NFD", replaced)
    bare = "".join(sign for sign in parts if unicodedata.category(sign) != "Mn")
    return unicodedata.normalize("NFC", bare)


def typos(text: str, chance: random.Random) -> str:
    """Letters swapped, dropped, doubled or hit beside, one in each word that is chosen."""
    return _some_words(text, chance, TYPO_SHARE, _typo)


def upper_case(text: str, chance: random.Random) -> str:
    """Shouting."""
    del chance
    return text.upper()


def without_emoji(text: str, chance: random.Random) -> str:
    """As from a keyboard without pictures; a text of nothing else stays as it is."""
    del chance
    bare = " ".join("".join(sign for sign in text if not _pictorial(sign)).split())
    return bare or text


def homoglyphs(text: str, chance: random.Random) -> str:
    """Latin letters replaced by Cyrillic ones that look the same."""
    return "".join(
        _LOOK_ALIKE[sign] if sign in _LOOK_ALIKE and chance.random() < DISGUISED_SHARE else sign
        for sign in text
    )


def zero_width(text: str, chance: random.Random) -> str:
    """Invisible characters inside words."""
    return _some_words(text, chance, DISGUISED_SHARE, _with_invisible)


def spaced_out(text: str, chance: random.Random) -> str:
    """One or two words with spaces between their letters, to slip past word lists."""
    found = list(_WORD.finditer(text))
    chosen = chance.sample(found, min(len(found), 1 + len(found) // 10))
    for match in sorted(chosen, key=lambda match: -match.start()):
        text = f"{text[: match.start()]}{' '.join(match.group())}{text[match.end() :]}"
    return text


def elongation(text: str, chance: random.Random) -> str:
    """A vowel held down in one or two words: ``suuuper``."""
    found = [match for match in _LETTERS.finditer(text) if _VOWELS & set(match.group())]
    chosen = chance.sample(found, min(len(found), 1 + len(found) // 10))
    for match in sorted(chosen, key=lambda match: -match.start()):
        word = match.group()
        at = chance.choice([at for at, sign in enumerate(word) if sign in _VOWELS])
        longer = word[:at] + word[at] * chance.randint(3, 5) + word[at + 1 :]
        text = text[: match.start()] + longer + text[match.end() :]
    return text


PERTURBATIONS: Final[Mapping[str, Perturb]] = {
    "no_diacritics": without_diacritics,
    "typos": typos,
    "upper_case": upper_case,
    "no_emoji": without_emoji,
    "homoglyphs": homoglyphs,
    "zero_width": zero_width,
    "spaced_out": spaced_out,
    "elongation": elongation,
}
"""Every perturbation by the name that reports and floors use."""


def perturbed(text: str, name: str, seed: int) -> str:
    """``text`` under the perturbation of that name.

    Raises:
        KeyError: There is no such perturbation.
    """
    return PERTURBATIONS[name](text, chance_of(text, name, seed))


def _some_words(
    text: str, chance: random.Random, share: float, change: Callable[[str, random.Random], str]
) -> str:
    """Changes a share of the longer words, and one in any case, so that no text goes free."""
    found = list(_WORD.finditer(text))
    if not found:
        return text
    chosen = [match for match in found if chance.random() < share] or [chance.choice(found)]
    for match in reversed(chosen):
        text = text[: match.start()] + change(match.group(), chance) + text[match.end() :]
    return text


def _typo(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word) - 1)
    beside = _NEIGHBOURS.get(word[at].lower(), "")
    sort = chance.choice(("swap", "drop", "double", "beside"))
    if sort == "swap":
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if sort == "drop":
        return word[:at] + word[at + 1 :]
    if sort == "double" or not beside:
        return word[: at + 1] + word[at:]
    return word[:at] + chance.choice(beside) + word[at + 1 :]


def _with_invisible(word: str, chance: random.Random) -> str:
    at = chance.randrange(1, len(word))
    return word[:at] + chance.choice(_ZERO_WIDTH) + word[at:]


def _pictorial(sign: str) -> bool:
    code = ord(sign)
    return (
        sign in _EMOJI_EXTRAS
        or code in _SKIN_TONES
        or code in _FLAG_LETTERS
        or (unicodedata.category(sign) == "So" and code >= 0x2190)  # noqa: PLR2004 - after © ® °
    )

"""Digits and signs in the place of letters ("d4rm0wy k0d").

One such word may be a name, a model number or a code, so nothing is touched until a text has
two different words with such signs among their letters; then the text is disguised, and the
words at whose edge a sign stands are read as well.
"""

from __future__ import annotations

import re

from sedno.datasets.normalize.edits import Edit

_LETTERS = {"0": "o", "1": "i", "3": "e", "4": "a", "@": "a"}
_SIGN = re.compile(r"[0134@]|\dO")
_TOKEN = re.compile(r"\S+")
_CORE = re.compile(r"[\w@]+")
_INSIDE = re.compile(r"(?<=[^\W\d_])[0134@]{1,2}(?=[^\W\d_])")
_ADDRESS = re.compile(r"https?:|www\.|^@|\w@[\w-]+\.\w|/\w|^#?[a-z]+-?\d{2,}$", re.IGNORECASE)
# Model numbers, episodes, codes in mixed case, "like4like".
_CODE = re.compile(
    r"[256789]|\d{3}|[a-ząćęłńóśźż][A-ZĄĆĘŁŃÓŚŹŻ]|(?i:3d|^(\w{1,12})4\1$|^mp[34]|^ps[1-5]|^s0?\de0?\d)"
)
_FIRST_DIGIT = re.compile(r"[134]")
_SHORT = frozenset({"d0", "0d", "z4", "n4", "p0", "c0", "t0", "n0", "b0", "d4", "m4", "k4", "t4"})
_ZERO = re.compile(r"(?<![\w/.=?&])(?<!\w-)\d+(?:[.,]\d*)?O+(?=zł|\b)")
_FEWEST_WORDS = 2


def leetspeak(text: str) -> list[Edit]:
    """Read digits as letters where a text is clearly disguised, and O in a number as zero."""
    if not _SIGN.search(text):
        return []
    edits = [
        Edit(at, at + 1, "0")
        for match in _ZERO.finditer(text)
        for at in range(match.start(), match.end())
        if text[at] == "O"
    ]
    words = _words(text)
    if len({word.lower() for _, word in words if _INSIDE.search(word)}) >= _FEWEST_WORDS:
        for start, word in words:
            if _is_disguised(word):
                edits += [
                    Edit(start + i, start + i + 1, _letter(word, i))
                    for i, char in enumerate(word)
                    if char in _LETTERS
                ]
    edits.sort()
    return edits


def _words(text: str) -> list[tuple[int, str]]:
    """Words with a sign before, among or after their letters; no addresses, no codes."""
    return [
        (token.start() + core.start(), core[0])
        for token in _TOKEN.finditer(text)
        if not token[0].isalpha() and not _ADDRESS.search(token[0])
        for core in _CORE.finditer(token[0])
        if not _LETTERS.keys().isdisjoint(core[0])
        and any(char.isalpha() for char in core[0])
        and not _CODE.search(core[0])
    ]


def _is_disguised(word: str) -> bool:
    if _INSIDE.search(word):
        return True
    if len(word) <= 2:  # noqa: PLR2004 - prepositions: too short to judge by shape
        return word.lower() in _SHORT
    return not _FIRST_DIGIT.match(word) and not word.endswith("3")


def _letter(word: str, at: int) -> str:
    letter = _LETTERS[word[at]]
    around = [char for char in word if char.isalpha()]
    return letter.upper() if len(around) > 1 and all(c.isupper() for c in around) else letter

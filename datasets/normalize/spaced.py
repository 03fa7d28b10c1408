"""Words spelt out letter by letter, to be read by people and not by filters."""

from __future__ import annotations

import re
from itertools import pairwise

from sedno.datasets.normalize.edits import Edit

_GAP = r"[ \u00a0]"
_APART = re.compile(r"(?<!\w)\w([ \u00a0.\-_*•·~])\1{0,2}\w\1{1,3}\w(?!\w)")
_SPELT = re.compile(rf"(?<![\w'’.@#/-])\w(?:{_GAP}{{1,3}}\w){{3,}}(?![\w'’@/-]|\.\w)")
_JOINED = re.compile(
    r"(?<![\w@#/.:-])(?:"
    r"\w(?:\.\w){3,}(?!\.?\w)|\w(?:-\w){2,}(?!-?\w)|\w(?:_\w){2,}(?!\w)|"
    r"\w(?:\*\w){2,}(?!\*?\w)|\w(?:•\w){2,}(?!•?\w)|\w(?:·\w){2,}(?!·?\w)|\w(?:~\w){2,}(?!~?\w))"
)
_GAPS = re.compile(rf"{_GAP}+")

# Polish words of one letter: only other letters show that a word is spelt out.
_WORDS_OF_ONE = frozenset("aiouwz")
_FEWEST_LETTERS = 0.6  # of the signs that are letters or digits
_FEWEST_KINDS = 3  # different letters of a word
_FEWEST_BOUND = 2  # of them, that are no word by themselves
_PREPOSITIONS = frozenset("wz")
_VOWELS = frozenset("aeiouyąęóáéíúýěůäöüаеиіоуяюєїыэ")


def spaced_letters(text: str) -> list[Edit]:
    """Join letters that are set apart by spaces, dots, hyphens or the like.

    Joined are four letters and more (three with a hyphen, star or bullet between them), with
    a vowel and at least two different letters that are no Polish word by themselves.
    Enumerations ("a b c d"), one letter repeated, abbreviations and addresses stay. Wider
    gaps inside a spelt phrase stay as the spaces between its words.
    """
    if not _APART.search(text):
        return []
    edits = []
    for match in _SPELT.finditer(text):
        start, end = match.span()
        # "s k u p w sieci": a preposition before a whole word is not the last letter.
        if text[end - 1].lower() in _PREPOSITIONS and text[end + 1 : end + 2].isalpha():
            end = start + len(text[start : end - 1].rstrip())
        if _is_word(text[start:end], fewest=4):
            edits += _close_gaps(text, start, end)
    for match in _JOINED.finditer(text):
        if _is_word(match[0], fewest=4 if match[0][1] in "._" else 3):
            edits += [Edit(at, at + 1, "") for at in range(match.start() + 1, match.end(), 2)]
    edits.sort()
    return edits


def _is_word(spelt: str, *, fewest: int) -> bool:
    letters = [char.lower() for char in spelt if char.isalpha()]
    signs = sum(char.isalnum() for char in spelt)
    kinds = set(letters)
    if len(letters) < fewest or len(letters) < _FEWEST_LETTERS * signs:
        return False
    varied = len(kinds) >= _FEWEST_KINDS and len(kinds - _WORDS_OF_ONE) >= _FEWEST_BOUND
    if not kinds & _VOWELS or not varied:
        return False
    steps = {ord(after) - ord(before) for before, after in pairwise(letters)}
    return steps != {1}


def _close_gaps(text: str, start: int, end: int) -> list[Edit]:
    gaps = [gap.span() for gap in _GAPS.finditer(text, start, end)]
    narrowest = min(after - before for before, after in gaps)
    return [Edit(before, after, "") for before, after in gaps if after - before == narrowest]

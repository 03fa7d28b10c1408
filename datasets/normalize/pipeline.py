"""The steps of normalisation, in order, until nothing is left to undo."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from sedno.datasets.normalize.compose import combining_marks, compose
from sedno.datasets.normalize.edits import Edit, apply_edits
from sedno.datasets.normalize.homoglyphs import homoglyphs
from sedno.datasets.normalize.invisible import bidi_controls, controls, zero_width
from sedno.datasets.normalize.leetspeak import leetspeak
from sedno.datasets.normalize.markup import entities, tags
from sedno.datasets.normalize.mojibake import mojibake
from sedno.datasets.normalize.result import Normalized
from sedno.datasets.normalize.spaced import spaced_letters
from sedno.datasets.normalize.spaces import white_space
from sedno.datasets.normalize.styled import fullwidth, styled_letters

CHANGES: Mapping[str, str] = MappingProxyType(
    {
        "html": "character references decoded, tags dropped",
        "mojibake": "text decoded with the wrong encoding mended",
        "control": "control characters dropped, lone surrogates replaced",
        "bidi": "marks that reorder what is shown dropped",
        "zero_width": "characters without width dropped",
        "composed": "letters and their marks composed (NFC)",
        "combining_marks": "marks that bury or strike through a letter dropped",
        "fullwidth": "fullwidth characters brought to ASCII",
        "styled_letters": "letters of decorative alphabets brought to plain ones",
        "homoglyph": "lookalike letters of another alphabet replaced",
        "spaced_letters": "words spelt out letter by letter joined",
        "leetspeak": "digits and signs in the place of letters replaced",
        "whitespace": "runs of white space collapsed, ends trimmed",
    }
)
"""What normalisation may undo: the names in ``Normalized.changes``, and what each means."""

DISGUISES = frozenset(
    {
        "bidi",
        "zero_width",
        "combining_marks",
        "fullwidth",
        "styled_letters",
        "homoglyph",
        "spaced_letters",
        "leetspeak",
    }
)
"""The changes that undo a disguise; the others undo accidents of typing or of transport."""

_Step = Callable[[str], Sequence[Edit]]

_STEPS: tuple[tuple[str, _Step], ...] = (
    ("html", entities),
    ("html", tags),
    ("mojibake", mojibake),
    ("control", controls),
    ("bidi", bidi_controls),
    ("zero_width", zero_width),
    ("composed", compose),
    ("combining_marks", combining_marks),
    ("fullwidth", fullwidth),
    ("styled_letters", styled_letters),
    ("homoglyph", homoglyphs),
    ("spaced_letters", spaced_letters),
    ("leetspeak", leetspeak),
    ("whitespace", white_space),
)

_MOST_ROUNDS = 40
"""Undoing one thing may lay bare another (an entity inside fullwidth letters); texts need two
rounds, made-up nestings a few more."""

# Characters that no step touches by themselves: ASCII without & and <, Polish and common
# Western letters, usual punctuation, emoji of one character.
_PLAIN = re.compile(
    r"[ -%'-;=-~\n°«»àáâäãåçèéêëìíîïñòóôöõøùúûüýÀÁÇÈÉÍÑÓÖØÚÜßĄąĆćĘęŁłŃńŚśŹźŻżŠšČčŽžŘřĚěŮů"
    "\u2010-\u2015\u2018-\u201f\u2022\u2026\u20ac\u2600-\u26ff\u2702-\u27bf"
    "\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff]*"
)
# In plain characters: repeated or outer white space, letters set apart, signs inside words.
_SUSPECT = re.compile(
    r"\s\s|^\s|\s\Z|(?<!\w)\w([ .\-_*\u2022~])\w\1\w(?!\w)|[^\W\d_][0134@]{1,2}[^\W\d_]|\dO"
)


def normalize(text: str) -> Normalized:
    """Undo what hides a text's meaning and keep what carries it.

    Kept: emoji with their joiners, skin tones and styles; case; punctuation; lengthened
    letters; mentions, links, hashtags; every alphabet. Undone: see ``CHANGES``. The result is
    deterministic and stable (normalising it again changes nothing), and no ``str`` makes it
    raise.

    Args:
        text: Any string.

    Returns:
        The normalised text, the offsets of its characters in ``text``, and the names of what
        was undone.
    """
    offsets: Sequence[int] = range(len(text) + 1)
    changes: set[str] = set()
    for _ in range(_MOST_ROUNDS):
        if _PLAIN.fullmatch(text) and not _SUSPECT.search(text):
            break
        before = text
        for name, step in _STEPS:
            edits = step(text)
            if edits:
                text, offsets = apply_edits(text, offsets, edits)
                changes.add(name)
        if text == before:
            break
    return Normalized(text, offsets, frozenset(changes))

"""Letters in costume: fullwidth, mathematical, circled, squared, small capitals, ligatures."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from sedno.datasets.normalize.edits import Edit

# Fullwidth punctuation is ordinary Chinese and Japanese, so only these are brought to ASCII.
_FULLWIDTH = re.compile(
    "[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a\uff03-\uff06\uff0b\uff0f\uff20\uff3f]"
)

_STYLED = re.compile(
    "[\u1d00-\u1d22\u1d2c-\u1d6a\u1d43-\u1d5c\u02b0-\u02b8\u02e1-\u02e3\u0299\u0262\u026a\u029c"
    "\u029f\u0274\u0280\u028f\ua730\ua731\ua7af\u2071\u207f\u2090-\u209c"
    "\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c-\u2131\u2133\u2134\u2145-\u2149"
    "\u249c-\u24e9\ufb00-\ufb06\U0001d400-\U0001d7ff\U0001f110-\U0001f12b]"
)
# These four ranges hold blood-type and parking emoji, so they count as letters in runs only.
_SQUARED = re.compile(
    "(?:[\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189]\ufe0f?){3,}"
)

_SMALL_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘꞯʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnopqrstuvwyz", strict=True))


def fullwidth(text: str) -> list[Edit]:
    """Bring fullwidth letters, digits and the signs of addresses to plain ASCII."""
    return [Edit(m.start(), m.end(), chr(ord(m[0]) - 0xFEE0)) for m in _FULLWIDTH.finditer(text)]


def styled_letters(text: str) -> list[Edit]:
    """Bring letters and digits of decorative alphabets to plain ones."""
    edits = []
    for match in _STYLED.finditer(text):
        plain = _plain(match[0])
        if plain != match[0]:
            edits.append(Edit(match.start(), match.end(), plain))
    for run in _SQUARED.finditer(text):
        edits += [Edit(at, at + 1, _unsquare(text[at])) for at in range(run.start(), run.end())]
    edits.sort()
    return edits


@cache
def _plain(char: str) -> str:
    """Give the plain form of one decorative character, or the character itself."""
    if char in _SMALL_CAPITALS:
        return _SMALL_CAPITALS[char]
    plain = unicodedata.normalize("NFKC", char)
    if plain.startswith("("):
        plain = plain.strip("()")
    return plain if plain.isalnum() else char


def _unsquare(char: str) -> str:
    if char == "\ufe0f":
        return ""
    for first in (0x1F130, 0x1F150, 0x1F170):
        if first <= ord(char) < first + 26:
            return chr(ord("A") + ord(char) - first)
    return char

"""A key that is equal for texts a reader would call the same.

Spelling that people vary freely is folded away: case, diacritics, punctuation, spacing,
lengthened letters, look-alike characters, mentions, links and retweet marks. The key is for
comparing only and is never shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<!\w)@\w+")
_RETWEET: Final = re.compile(r"^\W*rt\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_REPEATED_LETTER: Final = re.compile(r"([^\W\d_])\1+")
_REPEATED_SYMBOL: Final = re.compile(r"(.)\1+")

# Letters NFKD does not take apart, and letters that only look Latin. Latin is written for them
# in every word, mixed script or not: a key needs to be consistent, not right.
_FOLD: Final = str.maketrans(
    {"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe"}
    | dict(zip("аеорсухіјѕԁһвкмнт", "aeopcyxijsdhbkmht", strict=True))
    | dict(zip("αεορνικτυχ", "aeopviktux", strict=True))
)


def key_words(text: str) -> tuple[str, ...]:
    """The folded words of ``text``; a text without any gives one word of its symbols."""
    bare = _fold(_MENTION.sub(" ", _LINK.sub(" ", _RETWEET.sub(" ", text))))
    words = tuple(_REPEATED_LETTER.sub(r"\1", word) for word in _WORD.findall(bare))
    if words:
        return words
    # Only mentions, links, emoji or punctuation: these then are the text.
    marks = _MENTION.sub("@", _LINK.sub("/", text))
    marks = "".join(unicodedata.normalize("NFKC", marks).split())
    return (_REPEATED_SYMBOL.sub(r"\1", _visible(marks)),)


def text_key(text: str) -> str:
    """One key for all spellings of one text: its folded words, without spaces between."""
    return "".join(key_words(text))


def _fold(text: str) -> str:
    if text.isascii():
        return text.lower()
    # Lower-casing a second time catches capitals that only decomposition brings out.
    folded = unicodedata.normalize("NFKD", text.casefold())
    return _visible(folded).casefold().translate(_FOLD)


def _visible(text: str) -> str:
    """``text`` without combining marks, zero-width and other format characters."""
    if text.isascii():
        return text
    return "".join(char for char in text if unicodedata.category(char) not in _INVISIBLE)


_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Sk"})

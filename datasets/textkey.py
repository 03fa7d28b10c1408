"""A key that is equal for texts a reader would call the same.

What normalisation undoes is undone first (hidden characters, spaced-out letters, lookalikes);
then spelling that people vary freely is folded away: case, diacritics, punctuation, spacing,
lengthened letters, mentions, links and retweet marks. The key is for comparing only and is never
shown.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from sedno.datasets.normalize import normalize

_LINK: Final = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION: Final = re.compile(r"(?<!\w)@\w+(?:\.\w+)*")
_RETWEET: Final = re.compile(r"^\W*rt\b", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_REPEATED_LETTER: Final = re.compile(r"([^\W\d_])\1+")
_REPEATED_SYMBOL: Final = re.compile(r"(.)\1+")


class _Folding(dict[int, str | None]):
    """A table for ``str.translate`` that learns each character when it first meets it.

    Marks and characters without width go. Letters that NFKD does not take apart become plain
    ones, and so do letters that only look Latin. Normalisation mends words of mixed script; here
    Latin is written for lookalikes in every word, since a word of lookalikes alone may be
    disguise or not, and a key needs to be consistent, not right.
    """

    def __missing__(self, code: int) -> str | None:
        char = chr(code)
        folded = None if unicodedata.category(char) in _INVISIBLE else _PLAIN.get(char, char)
        self[code] = folded
        return folded


_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Sk"})
_PLAIN: Final = {
    **{"ł": "l", "đ": "d", "ø": "o", "ħ": "h", "æ": "ae", "œ": "oe", "\u0131": "i"},
    **dict(zip("аеорсухіјѕԁһвкмнт", "aeopcyxijsdhbkmht", strict=True)),
    **dict(zip("αεορνικτυχ", "aeopviktux", strict=True)),
}
_FOLDING: Final = _Folding()


def key_words(text: str) -> tuple[str, ...]:
    """The folded words of ``text``; a text without any gives one word of its symbols."""
    text = normalize(text).text
    bare = fold(_MENTION.sub(" ", _LINK.sub(" ", _RETWEET.sub(" ", text))))
    words = _WORD.findall(_REPEATED_LETTER.sub(r"\1", bare))
    if words:
        return tuple(words)
    # Only mentions, links, emoji or punctuation: these then are the text.
    marks = _MENTION.sub("@", _LINK.sub("/", text))
    marks = "".join(unicodedata.normalize("NFKC", marks).translate(_FOLDING).split())
    return (_REPEATED_SYMBOL.sub(r"\1", marks),)


def text_key(text: str) -> str:
    """One key for all spellings of one text: its folded words, without spaces between."""
    return "".join(key_words(text))


def fold(text: str) -> str:
    """The text without case, diacritics and look-alike letters; line breaks go too."""
    if text.isascii():
        return text.lower()
    # Case-folding a second time catches capitals that only decomposition brings out.
    return unicodedata.normalize("NFKD", text.casefold()).casefold().translate(_FOLDING)

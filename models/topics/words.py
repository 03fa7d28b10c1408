"""Words of questions: folding, stop words of several languages, words that say something."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_NOISE: Final = re.compile(r"(?:https?://|www\.)\S+|(?<!\w)@\w+(?:\.\w+)*")
_EXTRA: Final = str.maketrans({"ł": "l", "đ": "d", "ø": "o", "ß": "ss", "ı": "i", "’": "'"})


@lru_cache(maxsize=200_000)
def plain(word: str) -> str:
    """A word in lower case without diacritics: how hurried people type it."""
    word = word.casefold()
    if word.isascii():
        return word
    marks = unicodedata.normalize("NFKD", word.translate(_EXTRA))
    return "".join(char for char in marks if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of a text in lower case, without links and mentions."""
    return [word.casefold() for word in _WORD.findall(_NOISE.sub(" ", text))]


@lru_cache(maxsize=1)
def stop_words() -> frozenset[str]:
    """Words without a content of their own, in folded form, of all languages together."""
    return _listed("stopwords.txt")


@lru_cache(maxsize=1)
def leaning_words() -> frozenset[str]:
    """Words that say what is asked only together with the sentence before, in folded form."""
    return _listed("leaning.txt")


def _listed(name: str) -> frozenset[str]:
    text = resources.files("sedno.models.topics").joinpath(name).read_text("utf-8")
    lines = (line.partition("#")[0] for line in text.splitlines())
    return frozenset(plain(word) for line in lines for word in line.split())


def own_words(text: str) -> list[str]:
    """The content words of a text by which it can be understood alone."""
    leaning = leaning_words()
    return [word for word in content_words(text) if word not in leaning]


def content_words(text: str) -> list[str]:
    """The folded words of a text that are not stop words; numbers count, single letters do not."""
    stop = stop_words()
    folded = (plain(word) for word in words(text))
    return [word for word in folded if word not in stop and (len(word) > 1 or word.isdigit())]

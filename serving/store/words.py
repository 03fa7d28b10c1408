"""The words by which texts are found: without case, diacritics, disguise and lengthening."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sedno.datasets.textkey import key_words

MOST_CHARS = 64
"""Longer words are cut: a database takes none of any length, and nobody types them."""

_EXACT_BELOW = 3


def fold(text: str) -> str:
    """The words of a text, each once, with spaces between; empty where it has none."""
    return " ".join(dict.fromkeys(_shortened(key_words(text))))


def derived(text: str) -> dict[str, str]:
    """The columns of a comment that follow from its text.

    ``text_key`` is equal for texts that a reader would call the same; ``folded`` holds the words
    to be found by, as of :func:`fold`.
    """
    words = key_words(text)
    joined = "".join(words).encode("utf-8", "replace")
    return {
        "text_key": hashlib.blake2b(joined, digest_size=16).hexdigest(),
        "folded": " ".join(dict.fromkeys(_shortened(words))),
    }


def fts5_query(text: str) -> str | None:
    """The query of SQLite's FTS5 for texts with all words of ``text``; ``None`` without words."""
    # Beginnings are found, because Polish words change at their ends.
    parts = [f'"{word}"' + "*" * (len(word) >= _EXACT_BELOW) for word in fold(text).split()]
    return " ".join(parts) or None


def tsquery(text: str) -> str | None:
    """The same for PostgreSQL's ``to_tsquery``."""
    parts = [f"'{word}'" + ":*" * (len(word) >= _EXACT_BELOW) for word in fold(text).split()]
    return " & ".join(parts) or None


def like_patterns(text: str) -> list[str]:
    """The same for ``LIKE`` on the folded words with a space before and behind them."""
    return [f"% {word}{'%' if len(word) >= _EXACT_BELOW else ' %'}" for word in fold(text).split()]


def _shortened(words: Sequence[str]) -> list[str]:
    # A text without any word is its symbols; these are no words to be found by.
    return [word[:MOST_CHARS] for word in words if word.isalnum()]

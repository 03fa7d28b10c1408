"""The letters of a text that tell its language, and their n-grams as numbers.

Training and detection both come through here, so they cannot see different things.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

BITS = 15
"""N-grams are hashed to this many bits: rows of the model's table."""

LONGEST_NGRAM = 5

_MOST_CHARS = 300
_MOST_CHARS_READ = 2_000
_NO_LANGUAGE = re.compile(
    r"https?://\S+|www\.\S+|[^\s@]{1,64}@[^\s@]{1,64}\.[^\s@]+|@\w+|\bRT\b|&\w+;"
)
_NOT_LETTERS = re.compile(r"[\W\d_]+")
_LENGTHENED = re.compile(r"(.)\1{2,}")

# Odd multipliers with well-mixed bits (golden ratio; finalisers of MurmurHash3, A. Appleby).
_GOLDEN = np.uint32(0x9E3779B1)
_MIX_1 = np.uint32(0x85EBCA77)
_MIX_2 = np.uint32(0xC2B2AE3D)


def telling_words(text: str) -> str:
    """Return the words of a text in small letters, with one space between them.

    Addresses, mentions, digits and signs go; letters repeated more than twice are shortened
    to two; what lies beyond the first 300 letters is cut.
    """
    words = _NOT_LETTERS.sub(" ", _NO_LANGUAGE.sub(" ", text[:_MOST_CHARS_READ])).lower()
    return _LENGTHENED.sub(r"\1\1", words).strip()[:_MOST_CHARS]


def hashed_ngrams(words: str) -> NDArray[np.uint32]:
    """Hash every run of 1 to 5 characters of `` words ``, its outer spaces included.

    Args:
        words: What :func:`telling_words` returns; not empty.

    Returns:
        One number below ``2**BITS`` per run, in no meaningful order.
    """
    codes = np.frombuffer(f" {words} ".encode("utf-32-le", "replace"), np.uint32) * _GOLDEN
    hashes = [codes]
    current = codes
    for length in range(2, LONGEST_NGRAM + 1):
        if len(current) == 1:
            break
        current = (current[:-1] ^ (current[:-1] >> np.uint32(15))) * _MIX_1
        current = current + codes[length - 1 :] + np.uint32(length)
        hashes.append(current)
    mixed = np.concatenate(hashes)
    mixed ^= mixed >> np.uint32(16)
    mixed *= _MIX_2
    mixed ^= mixed >> np.uint32(13)
    return mixed >> np.uint32(32 - BITS)

"""Hashed n-grams of many texts at once.

Words, pairs of neighbouring words, and runs of 2 to 5 characters inside words with the space
around them, as scikit-learn's ``char_wb`` takes them. The hash of a stretch is the difference of
two prefix sums of a polynomial modulo 2**64 (Karp and Rabin 1987), so all stretches of all texts
are hashed by a handful of NumPy calls; the hashing trick is of Weinberger et al. 2009 (arXiv
0902.2206).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.textkey import fold

SHORTEST: Final = 2
LONGEST: Final = 5
KINDS: Final = 2
"""Words and pairs of words are one kind of feature, runs of characters the other."""

_PIECE: Final = re.compile(r"\w+|[^\w\s]")
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_MIX_1: Final = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2: Final = np.uint64(0x94D049BB133111EB)
_INVERSE: Final = np.uint64(pow(int(_BASE), -1, 2**64))
_SPACE: Final = ord(" ")

_Hashes = NDArray[np.uint64]
_Places = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Features of texts, those of one text and kind side by side.

    Attributes:
        segment: ``(features,)`` number of the text times :data:`KINDS` plus the kind, ascending.
        bucket: ``(features,)`` where the feature hashes to.
        count: ``(features,)`` how often it occurs in its text.
        texts: Number of texts.
    """

    segment: NDArray[np.int64]
    bucket: NDArray[np.int64]
    count: NDArray[np.int64]
    texts: int


def count_features(texts: Sequence[str], bits: int) -> Counted:
    """Counts the n-grams of each text.

    What is counted of a text does not depend on the texts around it.

    Args:
        texts: Normalised texts.
        bits: There are ``2**bits`` buckets.
    """
    # A text is its pieces between single spaces; a line break keeps texts apart.
    joined = "\n".join(_spaced(text) for text in texts)
    codes = np.frombuffer(joined.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    number = np.cumsum(codes == ord("\n"))
    powers, prefix = _prefixes(codes)

    def hashed(begin: _Places, end: _Places) -> _Hashes:
        found: _Hashes = (prefix[end] - prefix[begin]) * powers[begin]
        return found

    begin, end = _runs(codes)
    word_begin, word_end = _words(codes, number)
    hashes = np.concatenate([hashed(word_begin, word_end), hashed(begin, end)])
    kind = np.repeat(np.array([0, 1]), [len(word_begin), len(begin)])
    segment = number[np.concatenate([word_begin, begin])] * KINDS + kind
    keys = (segment << bits) | (_mix(hashes) >> np.uint64(64 - bits)).astype(np.int64)
    unique, count = np.unique(keys, return_counts=True)
    return Counted(unique >> bits, unique & ((1 << bits) - 1), count, len(texts))


def _spaced(text: str) -> str:
    # Folding takes line breaks out, which part words.
    pieces = _PIECE.findall(fold(" ".join(text.split())))
    return " ".join(["", *pieces, ""]) if pieces else ""


def _prefixes(codes: _Hashes) -> tuple[_Hashes, _Hashes]:
    """Powers of the base, and sums such that a stretch's hash is a difference of two of them."""
    powers = np.full(len(codes) + 1, _BASE)
    powers[0] = 1
    np.multiply.accumulate(powers, out=powers)
    inverse = np.full(len(codes), _INVERSE)
    np.multiply.accumulate(inverse, out=inverse)
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    np.cumsum(codes * inverse, out=prefix[1:])
    return powers, prefix


def _runs(codes: _Hashes) -> tuple[_Places, _Places]:
    """Where runs of characters begin and end: a space only at either end, no line break."""
    places = np.arange(len(codes))
    space = codes == _SPACE
    # The next space after each place, itself not counted.
    after = np.where(space, places, len(codes))
    after = np.minimum.accumulate(after[::-1])[::-1]
    after = np.append(after[1:], len(codes))
    lengths = np.arange(SHORTEST, LONGEST + 1)[:, None]
    # Only the space before a line break could reach it.
    follows = np.append(codes[1:], ord("\n"))
    whole = (codes != ord("\n")) & (follows != ord("\n"))
    inside = (places + lengths - 1 <= after) & (after < len(codes)) & whole
    row, begin = np.nonzero(inside)
    return begin, begin + SHORTEST + row


def _words(codes: _Hashes, number: _Places) -> tuple[_Places, _Places]:
    """Where words, and then pairs of words of one text, begin and end."""
    apart = (codes == _SPACE) | (codes == ord("\n"))
    edges = np.flatnonzero(np.diff(np.concatenate([[True], apart, [True]]).astype(np.int8)))
    begin, end = edges[::2], edges[1::2]
    paired = number[begin[:-1]] == number[begin[1:]]
    return (
        np.concatenate([begin, begin[:-1][paired]]),
        np.concatenate([end, end[1:][paired]]),
    )


def _mix(hashes: _Hashes) -> _Hashes:
    """Spreads every bit over all others (splitmix64's finaliser, Steele et al. 2014)."""
    mixed: Any = hashes
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    found: _Hashes = mixed ^ (mixed >> np.uint64(31))
    return found

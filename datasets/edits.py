"""Finding the strings within a few edits of a given one, without missing any.

Method: Pass-Join (Li, Deng, Wang, Feng 2011, "Pass-Join: A Partition-based Method for Similarity
Joins", PVLDB 5(3)). A string cut into ``d + 1`` pieces keeps at least one piece whole under
``d`` edits, and that piece moves by few places: looking up the pieces finds every candidate.
The distance itself is rapidfuzz's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

try:
    from rapidfuzz.distance import Levenshtein
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "rapidfuzz is not installed; comparing texts needs it: pip install 'sedno[train]'",
        name="rapidfuzz",
    ) from error

MIN_CHARS: Final = 6
"""Shorter strings are near only when equal: one letter makes another word of them."""

CHARS_PER_EDIT: Final = 12
MAX_EDITS: Final = 8
"""Longer texts may differ by no more edits; whole passages are compared by words instead."""


def allowed_edits(length: int) -> int:
    """Edits under which two strings are near, by the length of the shorter."""
    if length < MIN_CHARS:
        return 0
    return min(max(1, length // CHARS_PER_EDIT), MAX_EDITS)


class NearStrings:
    """An index of distinct strings.

    Args:
        strings: The strings; answers name them by position.
    """

    def __init__(self, strings: Sequence[str]) -> None:
        self._strings = strings
        # Length -> for every piece: where it starts, where it ends, its text -> positions.
        self._pieces: dict[int, list[tuple[int, int, dict[str, list[int]]]]] = {}
        for position, string in enumerate(strings):
            length = len(string)
            if not allowed_edits(length):
                continue
            if length not in self._pieces:
                self._pieces[length] = [
                    (start, end, defaultdict(list)) for start, end in _cuts(length)
                ]
            for start, end, holders in self._pieces[length]:
                holders[string[start:end]].append(position)

    def near(self, string: str) -> list[int]:
        """Positions of the strings near ``string`` and not equal to it, ascending."""
        edits = allowed_edits(len(string))
        found = []
        for position in set(self._candidates(string, edits)):
            other = self._strings[position]
            limit = min(edits, allowed_edits(len(other)))
            if 0 < Levenshtein.distance(string, other, score_cutoff=limit) <= limit:
                found.append(position)
        return sorted(found)

    def _candidates(self, string: str, edits: int) -> Iterator[int]:
        for length in range(len(string) - edits, len(string) + edits + 1):
            pieces = self._pieces.get(length, ())
            shift = len(string) - length
            last = len(pieces) - 1
            for number, (start, end, holders) in enumerate(pieces):
                # Edits left of the piece move it by at most `number` places if the pieces left
                # of it were all hit; the same from the right end.
                earliest = max(0, start - number, start + shift - (last - number))
                latest = min(
                    len(string) - (end - start), start + number, start + shift + (last - number)
                )
                for place in range(earliest, latest + 1):
                    yield from holders.get(string[place : place + end - start], ())


def _cuts(length: int) -> list[tuple[int, int]]:
    """Ends of the ``d + 1`` pieces of a string, of nearly equal length."""
    pieces = allowed_edits(length) + 1
    return list(pairwise(length * number // pieces for number in range(pieces + 1)))

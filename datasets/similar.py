"""Finding the texts that are nearly a given text, hold it, or are held by it. Exactly.

Sketches (MinHash) find a similar pair only with some probability and say little about short
texts or about a sentence inside a review. To promise that no test text leaks into training,
nothing may be missed: near texts come from :mod:`sedno.datasets.edits`, and runs of words that
texts share are counted in full.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from sedno.datasets.edits import NearStrings
from sedno.datasets.textkey import key_words

How = Literal["key", "near", "contained"]

RUN_WORDS: Final = 3

CONTAINED_SHARE: Final = 0.8
"""Share of the shorter text's runs of words that the longer one must hold."""

MIN_CONTAINED_CHARS: Final = 20
"""Shorter texts stand in others by chance."""


@dataclass(frozen=True, slots=True)
class Match:
    """An indexed text that matches: its position in the index, and how it matches."""

    position: int
    how: How


class SimilarTexts:
    """An index of texts that answers which of them match a given one.

    Args:
        texts: The texts to index; answers name them by position.
        contained: Whether texts that hold one another match too.
    """

    def __init__(self, texts: Iterable[str], *, contained: bool = True) -> None:
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_run: dict[str, list[int]] = defaultdict(list)
        self._runs: list[int] = []
        for position, text in enumerate(texts):
            words = key_words(text)
            key = "".join(words)
            self._by_key[key].append(position)
            runs = _runs(words) if contained else set()
            self._runs.append(len(runs) if len(key) >= MIN_CONTAINED_CHARS else 0)
            for run in runs:
                self._by_run[run].append(position)
        self._keys = list(self._by_key)
        self._near = NearStrings(self._keys)

    def matches(self, text: str) -> Iterator[Match]:
        """Every indexed text that matches ``text``, once each, the closest kind first."""
        words = key_words(text)
        key = "".join(words)
        seen: set[int] = set()
        for position in self._by_key.get(key, ()):
            seen.add(position)
            yield Match(position, "key")
        for number in self._near.near(key):
            for position in self._by_key[self._keys[number]]:
                seen.add(position)
                yield Match(position, "near")
        for position in self._containing(key, words):
            if position not in seen:
                yield Match(position, "contained")

    def first(self, text: str) -> Match | None:
        """The closest match of ``text``, ``None`` where nothing matches."""
        return next(self.matches(text), None)

    def pairs(self) -> Iterator[tuple[int, int]]:
        """Pairs of positions whose keys are equal or near: enough of them to connect each set.

        Copies of a key are chained to the first one. Texts that hold one another are left out:
        a common phrase would tie everything together.
        """
        for number, key in enumerate(self._keys):
            first, *copies = self._by_key[key]
            yield from ((first, copy) for copy in copies)
            for other in self._near.near(key):
                if other > number:
                    yield first, self._by_key[self._keys[other]][0]

    def _containing(self, key: str, words: tuple[str, ...]) -> list[int]:
        runs = _runs(words)
        mine = len(runs) if len(key) >= MIN_CONTAINED_CHARS else 0
        shared: Counter[int] = Counter()
        for run in runs:
            shared.update(self._by_run.get(run, ()))
        found = []
        for position, count in shared.items():
            lengths = [length for length in (mine, self._runs[position]) if length]
            if lengths and count >= CONTAINED_SHARE * min(lengths):
                found.append(position)
        return sorted(found)


def _runs(words: tuple[str, ...]) -> set[str]:
    return {
        " ".join(words[start : start + RUN_WORDS]) for start in range(len(words) - RUN_WORDS + 1)
    }

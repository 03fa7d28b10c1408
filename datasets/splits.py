"""Splits that cut neither a group nor a text.

Examples of one group form a *bundle*, and so do examples without a group whose texts are the
same or near. Bundles are dealt out whole, by a hash of their name and a seed, so that a split
depends neither on the order of the examples nor on the machine.

What bundles cannot keep apart is dropped from training and reported: a text that occurs in two
groups ("polecam" in two reviews), or that holds a test text or is held by one. Bundling those too
would tie a whole corpus together by its commonest phrase.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from sedno.datasets.corpora.example import Example, Split
from sedno.datasets.dedup import leaks
from sedno.datasets.similar import SimilarTexts
from sedno.datasets.textkey import text_key

EIGHTY_TEN_TEN: Final[Mapping[Split, float]] = {"train": 0.8, "dev": 0.1, "test": 0.1}
_ROUNDING: Final = 1e-9
_FEWEST_FOLDS: Final = 2

Examples = tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a split.

    Attributes:
        train: To learn from.
        dev: To choose and calibrate by.
        test: To judge by.
        dropped: Examples in no part, since they would leak from one into another.
    """

    train: Examples
    dev: Examples
    test: Examples
    dropped: Examples


def bundles(examples: Sequence[Example], *, threads: bool = False) -> list[str]:
    """The name of every example's bundle, in order.

    A bundle is named by the least of its members' groups and text keys, so that its name does
    not change with the order of the examples.

    Args:
        examples: The examples.
        threads: Whether examples of one thread are bundled too.
    """
    sets = _DisjointSets(len(examples))
    first: dict[tuple[str, str], int] = {}
    for position, example in enumerate(examples):
        if example.group:
            sets.join(first.setdefault(("group", example.group), position), position)
        if threads and example.thread:
            sets.join(first.setdefault(("thread", example.thread), position), position)
    loose = [position for position, example in enumerate(examples) if not example.group]
    for one, other in SimilarTexts((examples[i].text for i in loose), contained=False).pairs():
        sets.join(loose[one], loose[other])
    names: dict[int, str] = {}
    for position, example in enumerate(examples):
        root = sets.root(position)
        name = f"group {example.group}" if example.group else f"text {text_key(example.text)}"
        names[root] = min(names.get(root, name), name)
    return [names[sets.root(position)] for position in range(len(examples))]


def hash_split(
    examples: Iterable[Example],
    fractions: Mapping[Split, float] = EIGHTY_TEN_TEN,
    *,
    seed: int = 0,
    threads: bool = False,
) -> Parts:
    """Deal bundles out to train, dev and test.

    Args:
        examples: What to split.
        fractions: Share of the bundles each part gets; must sum to 1.
        seed: Another seed, another split.
        threads: Whether to keep threads together too.

    Raises:
        ValueError: A fraction is negative, or they do not sum to 1.
    """
    if (
        any(share < 0 for share in fractions.values())
        or abs(sum(fractions.values()) - 1) > _ROUNDING
    ):
        raise ValueError(f"fractions must be shares that sum to 1, not {dict(fractions)}")
    given = tuple(examples)
    edges = list(zip(fractions, accumulate(fractions.values()), strict=True))
    parts: dict[Split, list[Example]] = {"train": [], "dev": [], "test": []}
    for example, name in zip(given, bundles(given, threads=threads), strict=True):
        place = _place(name, seed)
        part = next((part for part, edge in edges if place < edge), edges[-1][0])
        parts[part].append(example)
    dev, dropped_dev = _without_leaks(parts["dev"], parts["test"])
    train, dropped_train = _without_leaks(parts["train"], (*dev, *parts["test"]))
    return Parts(train, dev, tuple(parts["test"]), (*dropped_train, *dropped_dev))


def folds(
    examples: Iterable[Example], k: int, *, seed: int = 0, threads: bool = False
) -> Iterator[Parts]:
    """``k`` splits (no dev part); every example is tested exactly once over them all.

    Args:
        examples: What to split.
        k: Number of folds, at least 2.
        seed: Another seed, other folds.
        threads: Whether to keep threads together too.

    Raises:
        ValueError: ``k`` is less than 2.
    """
    if k < _FEWEST_FOLDS:
        raise ValueError(f"k must be at least 2, not {k}")
    given = tuple(examples)
    fold_of = [int(_place(name, seed) * k) for name in bundles(given, threads=threads)]
    for fold in range(k):
        test = tuple(e for e, its in zip(given, fold_of, strict=True) if its == fold)
        rest = [e for e, its in zip(given, fold_of, strict=True) if its != fold]
        train, dropped = _without_leaks(rest, test)
        yield Parts(train, (), test, dropped)


def hold_out(
    examples: Iterable[Example],
    by: Callable[[Example], str | None],
    values: Collection[str],
) -> Parts:
    """Test on whole sources, kinds, niches or videos that training has not seen.

    Args:
        examples: What to split.
        by: What an example belongs to, such as ``lambda example: example.kind``.
        values: What to hold out.

    Raises:
        ValueError: No example belongs to one of ``values``; names it.
    """
    given = tuple(examples)
    missing = set(values) - {value for e in given if (value := by(e)) is not None}
    if missing:
        raise ValueError(f"nothing to hold out for {', '.join(sorted(missing))}: no such example")
    test = tuple(example for example in given if by(example) in values)
    train, dropped = _without_leaks([e for e in given if by(e) not in values], test)
    return Parts(train, (), test, dropped)


def hold_out_each(
    examples: Iterable[Example], by: Callable[[Example], str | None]
) -> Iterator[tuple[str, Parts]]:
    """Every value of ``by`` held out in turn, in alphabetical order: leave one out."""
    given = tuple(examples)
    for value in sorted({value for example in given if (value := by(example)) is not None}):
        yield value, hold_out(given, by, {value})


def _without_leaks(train: Sequence[Example], test: Sequence[Example]) -> tuple[Examples, Examples]:
    found = list(zip(train, leaks(train, test), strict=True))
    kept = tuple(example for example, leak in found if leak is None)
    return kept, tuple(example for example, leak in found if leak is not None)


def _place(name: str, seed: int) -> float:
    """A place in [0, 1) that depends on nothing but the name and the seed."""
    digest = hashlib.sha256(f"{seed}\n{name}".encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


class _DisjointSets:
    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, item: int) -> int:
        while self._parent[item] != item:
            self._parent[item] = self._parent[self._parent[item]]
            item = self._parent[item]
        return item

    def join(self, one: int, other: int) -> None:
        self._parent[self.root(one)] = self.root(other)

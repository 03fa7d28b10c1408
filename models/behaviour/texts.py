"""Which texts of a batch are the same, or nearly, and how much it means that they are.

Method: MinHash (Broder 1997, "On the Resemblance and Containment of Documents") over runs of
letters of the text's key, candidates by banding (Leskovec, Rajaraman, Ullman, "Mining of Massive
Datasets", 3rd ed., ch. 3.4), each candidate then checked by its exact Jaccard similarity. The
exact index of :mod:`sedno.datasets.similar` misses nothing, but needs a library that serving
does without.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.textkey import text_key

NEAR: Final = 0.55
"""Jaccard similarity of runs from which two texts are nearly the same: in a text of forty
letters one short word may be another."""

RUN: Final = 5
"""Letters in a run: shorter ones occur in every text, longer ones break at every change."""

MAX_CHARS: Final = 1_000
"""Characters of a text that are looked at."""

LINK_RUNS: Final = 15.0
"""A link says as much as so many rare runs."""

SMALL_BATCH: Final = 100
"""Below so many different texts, rarity is reckoned as if there were so many."""

_BANDS: Final = 20
_ROWS: Final = 3
_SEED: Final = 20_250_301
_LINK: Final = re.compile(r"(?:https?://|www\.)\S|\b[a-z0-9-]{1,63}\.[a-z]{2,63}/\S", re.IGNORECASE)

Hashes = NDArray[np.uint64]
Numbers = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of a batch, grouped.

    Attributes:
        keys: By text, what is compared; empty where there is nothing to compare, as in emoji.
        groups: By text, the number of its group; texts with an empty key are in group -1.
        weights: By group, how many runs of letters that are rare in this batch a text of it
            has: near 0 for what everybody writes, 50 and more for a sentence of one's own.
    """

    keys: Sequence[str]
    groups: Sequence[int]
    weights: Sequence[float]


def group_texts(texts: Sequence[str]) -> Texts:
    """Groups equal and nearly equal texts.

    What belongs together depends on the set of texts alone, not on their order. Every text of a
    group is near one of them. Two near texts do not become candidates with a chance of 3 % at
    the limit of :data:`NEAR`, of less than 0.1 % from .7 on.
    """
    key_of = {text: _key(text) for text in set(texts)}
    keys = sorted(set(key_of.values()) - {""})
    if not keys:
        return Texts([""] * len(texts), [-1] * len(texts), [])
    owners, hashes = _runs(keys)
    pairs = _candidates(len(keys), owners, hashes)
    groups = _lead(len(keys), owners, hashes, pairs)
    weights = _weights(groups, owners, hashes)
    _add_links(weights, groups, dict(zip(keys, range(len(keys)), strict=True)), key_of)
    number = dict(zip(keys, groups.tolist(), strict=True)) | {"": -1}
    given = [key_of[text] for text in texts]
    return Texts(given, [number[key] for key in given], weights.tolist())


def _key(text: str) -> str:
    text = text[:MAX_CHARS]
    key = text_key(text)
    if len(key) < RUN:
        # Nothing but a link: then the link is the text.
        key = text.casefold().strip() if _LINK.search(text) else ""
    return key


def _runs(keys: Sequence[str]) -> tuple[Numbers, Hashes]:
    """The distinct runs of each key: which key, and the run's hash; sorted by both."""
    lengths = np.array([len(key) for key in keys])
    codes = np.frombuffer("".join(keys).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    owner = np.repeat(np.arange(len(keys)), lengths)
    hashes = np.zeros(len(codes) - RUN + 1, dtype=np.uint64)
    for place in range(RUN):
        hashes = hashes * np.uint64(0x100000001B3) + codes[place : len(codes) - RUN + 1 + place]
    whole = owner[: len(hashes)] == owner[RUN - 1 :]
    owners, hashes = owner[: len(hashes)][whole], _mix(hashes[whole])
    order = np.lexsort((hashes, owners))
    owners, hashes = owners[order], hashes[order]
    new = np.ones(len(hashes), dtype=bool)
    new[1:] = (owners[1:] != owners[:-1]) | (hashes[1:] != hashes[:-1])
    return owners[new], hashes[new]


def _mix(values: Hashes) -> Hashes:
    """Spreads every bit over all others (the finaliser of SplitMix64, Steele et al. 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _candidates(count: int, owners: Numbers, hashes: Hashes) -> set[tuple[int, int]]:
    """Pairs of keys, the lower first, that are probably near: as many as keys, a few times."""
    starts = np.searchsorted(owners, np.arange(count))
    salts = np.random.default_rng(_SEED).integers(0, 2**64, _BANDS * _ROWS, dtype=np.uint64)
    candidates: set[tuple[int, int]] = set()
    for band in range(_BANDS):
        signature = np.zeros(count, dtype=np.uint64)
        for salt in salts[band * _ROWS : (band + 1) * _ROWS]:
            signature = _mix(signature ^ np.minimum.reduceat(_mix(hashes ^ salt), starts))
        order = np.argsort(signature, kind="stable")
        same = np.flatnonzero(signature[order[1:]] == signature[order[:-1]])
        # Of those with equal signatures, each is compared with the one before it only, so that
        # a crowd of them costs no more than its number.
        candidates.update(zip(order[same].tolist(), order[same + 1].tolist(), strict=True))
    return candidates


def _lead(count: int, owners: Numbers, hashes: Hashes, pairs: set[tuple[int, int]]) -> Numbers:
    """The number of each key's group: that of a key which leads it and is near.

    Nearness to a leader is asked for, not to any member: else a crowd that says one thing in a
    hundred ways would be chained into one text.
    """
    ends = np.searchsorted(owners, np.arange(count + 1)).tolist()
    runs = [set(hashes[start:end].tolist()) for start, end in pairwise(ends)]
    leaders = list(range(count))
    for first, second in sorted(pairs, key=lambda pair: (pair[1], pair[0])):
        # The first stands before the second, so that its own leader is settled.
        leader = leaders[first]
        if leaders[second] == second and _similarity(runs[leader], runs[second]) >= NEAR:
            leaders[second] = leader
    return np.unique(leaders, return_inverse=True)[1]


def _similarity(one: set[int], other: set[int]) -> float:
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _weights(groups: Numbers, owners: Numbers, hashes: Hashes) -> NDArray[np.float64]:
    """By group, the mean over its keys of the sum of their runs' rarities.

    A run is as rare as few *different* texts have it: however often a text is copied, it counts
    once. Rarity is 1 for a run of one group alone and falls with the logarithm to 0.
    """
    count = int(groups.max()) + 1
    runs = np.unique(hashes, return_inverse=True)[1]
    holders = np.unique(groups[owners] + runs * count) // count
    spread = np.log(np.bincount(holders)) / math.log(max(SMALL_BATCH, count))
    sums = np.bincount(groups[owners], weights=1.0 - spread[runs], minlength=count)
    return sums / np.bincount(groups, minlength=count)


def _add_links(
    weights: NDArray[np.float64],
    groups: Numbers,
    position: dict[str, int],
    key_of: dict[str, str],
) -> None:
    """Adds to each group's weight what its links say: by the share of its texts with one."""
    linked, total = np.zeros(len(weights)), np.zeros(len(weights))
    for text, key in key_of.items():
        if key:
            group = groups[position[key]]
            total[group] += 1
            linked[group] += _LINK.search(text[:MAX_CHARS]) is not None
    weights += LINK_RUNS * linked / total

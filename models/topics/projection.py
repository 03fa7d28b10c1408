"""Lays questions out on a plane, near where they ask alike: the map of topics.

The embeddings lose what all questions of a source have in common, are drawn towards their topic,
and are brought down to two dimensions by t-SNE (van der Maaten and Hinton 2008). Distances between
far places mean little, neighbourhoods mean much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from threadpoolctl import threadpool_limits

from sedno.models.topics.describe import centre
from sedno.models.topics.edits import place
from sedno.models.topics.records import Found, Matrix
from sedno.models.topics.views import centred, normalised

MOST: Final = 1_500
"""Most questions that are drawn; of more, each topic gives its share."""

_PULL: Final = 0.5
_DIMS: Final = 50
_PERPLEXITY: Final = 30
_FEWEST: Final = 6
"""Fewest different questions whose neighbourhoods say anything."""

_ROUNDS: Final = 500
_NEAREST: Final = 3
_SEED_STEP: Final = 0.006
_GOLDEN_ANGLE: Final = 2.399963229728653

Ints = NDArray[np.int64]
Places = NDArray[np.float64]


def drawn(found: Found, *, seed: int, most: int = MOST) -> Found:
    """Topics whose questions know their place on the map.

    Args:
        found: The topics.
        seed: Seed of all chance.
        most: Most questions drawn; the others have no place.
    """
    shown = place(found.members, found.vectors, found.edits)
    rows = sample(shown, seed=seed, most=most)
    vectors = _apart_from_source(found, rows)
    places = project(_drawn_together(vectors, [shown[at] for at in rows]), seed=seed)
    at_place = dict(zip(rows.tolist(), places.tolist(), strict=True))
    return _with(found, at_place)


def joined(found: Found, *, most: int = MOST) -> Found:
    """The same map with questions that came later put beside those they are nearest to."""
    there = [at for at, member in enumerate(found.members) if member.x is not None]
    fresh = [at for at, member in enumerate(found.members) if member.x is None]
    fresh = fresh[: most - len(there)] if len(there) < most else []
    if not there or not fresh:
        return found
    known = np.array([(found.members[at].x, found.members[at].y) for at in there])
    alike = found.vectors[fresh] @ found.vectors[there].T
    near = np.argsort(-alike, axis=1, kind="stable")[:, :_NEAREST]
    # Beside the nearest, drawn a little to the next: a mean alone would fall between topics.
    places = known[near[:, 0]] * 0.8 + known[near].mean(axis=1) * 0.2
    at_place = dict(zip(there, known.tolist(), strict=True))
    at_place |= dict(zip(fresh, places.tolist(), strict=True))
    return _with(found, at_place)


def sample(shown: Sequence[str], *, seed: int, most: int) -> Ints:
    """Rows to be drawn: all, or of each topic its share and at least one.

    Args:
        shown: Topic of each question.
        seed: Seed of the choice.
        most: Most rows.

    Returns:
        Their numbers, ascending.
    """
    if len(shown) <= most:
        return np.arange(len(shown), dtype=np.int64)
    rows: dict[str, list[int]] = defaultdict(list)
    for at, topic in enumerate(shown):
        rows[topic].append(at)
    chance = np.random.default_rng(seed)
    chosen: list[int] = []
    # The smallest first, so that none of them is left out by rounding.
    for topic in sorted(rows, key=lambda topic: (len(rows[topic]), topic)):
        share = max(1, most * len(rows[topic]) // len(shown))
        share = min(share, most - len(chosen), len(rows[topic]))
        chosen += chance.choice(rows[topic], share, replace=False).tolist()
    return np.sort(np.asarray(chosen, dtype=np.int64))


def project(rows: Matrix, *, seed: int) -> Places:
    """Places of rows in the unit square; copies stand in a spiral around one place.

    Args:
        rows: ``(rows, width)`` of unit length.
        seed: Seed of all chance.

    Returns:
        ``(rows, 2)`` from 0 to 1.
    """
    if not len(rows):
        return np.zeros((0, 2))
    kinds, belongs = np.unique(rows.round(5), axis=0, return_inverse=True)
    places = _fitted(_flat(kinds, seed=seed))[belongs.reshape(-1)]
    seen: dict[int, int] = defaultdict(int)
    for at, kind in enumerate(belongs.reshape(-1).tolist()):
        number = seen[kind]
        seen[kind] += 1
        radius = _SEED_STEP * np.sqrt(number)
        angle = number * _GOLDEN_ANGLE
        places[at] += radius * np.array([np.cos(angle), np.sin(angle)])
    return np.asarray(_fitted(places).round(4))


def _flat(kinds: Matrix, *, seed: int) -> Places:
    count = len(kinds)
    if count == 1:
        return np.zeros((1, 2))
    dims = min(_DIMS, count, kinds.shape[1])
    reduced = PCA(dims, svd_solver="full").fit_transform(kinds.astype(np.float64))
    if count < _FEWEST:
        flat = np.zeros((count, 2))
        flat[:, : min(2, dims)] = reduced[:, :2]
        return flat
    solver = TSNE(
        perplexity=min(_PERPLEXITY, (count - 1) / 3),
        init="pca",
        learning_rate="auto",
        max_iter=_ROUNDS,
        random_state=seed,
    )
    # Sums over threads come in any order; one thread draws the same map every time.
    with threadpool_limits(1):
        return np.asarray(solver.fit_transform(reduced), dtype=np.float64)


def _fitted(places: Places) -> Places:
    """Places moved and scaled into the unit square, their proportions kept."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = float((high - low).max())
    if span <= 0:
        return np.full_like(places, 0.5)
    return np.asarray((places - (low + high) / 2) / span + 0.5)


def _apart_from_source(found: Found, rows: Ints) -> Matrix:
    """Embeddings of rows without what all questions of their source have in common."""
    scopes: dict[str, list[int]] = defaultdict(list)
    for at, row in enumerate(rows.tolist()):
        scopes[found.members[row].scope].append(at)
    out = np.array(found.vectors[rows], dtype=np.float32)
    for inside in scopes.values():
        out[inside] = centred(out[inside])
    return out


def _drawn_together(vectors: Matrix, shown: Sequence[str]) -> Matrix:
    groups: dict[str, list[int]] = defaultdict(list)
    for at, topic in enumerate(shown):
        if topic:
            groups[topic].append(at)
    out = vectors.copy()
    for inside in groups.values():
        out[inside] += _PULL * centre(vectors[inside])
    return normalised(out)


def _with(found: Found, places: dict[int, list[float]]) -> Found:
    nowhere = [None, None]
    members = []
    for at, member in enumerate(found.members):
        x, y = places.get(at, nowhere)
        members.append(replace(member, x=x, y=y))
    return replace(found, members=tuple(members))

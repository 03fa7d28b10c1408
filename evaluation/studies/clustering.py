"""Clusterings of embeddings held against the truth, with intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sedno.evaluation.bootstrap import Floats, Interval, Ints, interval
from sedno.evaluation.extras import MissingExtraError

try:
    from sklearn.cluster import AgglomerativeClustering, KMeans
except ModuleNotFoundError as error:
    raise MissingExtraError("scikit-learn", "evaluate") from error

REPLICATES: Final = 500

Cluster = Callable[[Floats, int], tuple[Ints, ...]]
"""Gives one or more clusterings of vectors into so many clusters."""


def k_means(vectors: Floats, clusters: int) -> tuple[Ints, ...]:
    """Three k-means clusterings from different starts, each the best of two.

    K-means depends on where it starts; a figure is the mean over the three.
    """
    return tuple(
        np.asarray(
            KMeans(clusters, n_init=2, random_state=seed).fit_predict(vectors), dtype=np.int64
        )
        for seed in range(3)
    )


def agglomerative(vectors: Floats, clusters: int) -> tuple[Ints, ...]:
    """Ward's agglomerative clustering (1963), which depends on no chance."""
    found = AgglomerativeClustering(n_clusters=clusters, linkage="ward").fit_predict(vectors)
    return (np.asarray(found, dtype=np.int64),)


@dataclass(frozen=True, slots=True)
class Scores:
    """Agreement of clusterings with the truth: on all items, and on every resample.

    Attributes:
        v_measure: V-measure (Rosenberg and Hirschberg 2007), equal to NMI with the arithmetic
            mean; first on all items, then on each resample.
        ari: Adjusted Rand index (Hubert and Arabie 1985), likewise.
    """

    v_measure: Floats
    ari: Floats

    def figure(self, name: str) -> Interval:
        """One of the two with its interval."""
        draws = self.draws(name)
        return interval(float(draws[0]), draws[1:])

    def draws(self, name: str) -> Floats:
        """Its value on all items, then on each resample."""
        return self.v_measure if name == "v_measure" else self.ari


def score_clusterings(
    truth: Sequence[str], clusterings: Sequence[Ints], *, seed: int = 0
) -> Scores:
    """Scores clusterings and their mean, with resamples of items.

    The clusterings stay as they are while items are drawn, so intervals tell how the figure
    hangs on the choice of items; equal seeds draw equal items, so differences are paired.

    Raises:
        ValueError: A clustering has another number of items than the truth.
    """
    names = {name: at for at, name in enumerate(dict.fromkeys(truth))}
    right = np.array([names[name] for name in truth])
    rng = np.random.default_rng(seed)
    draws = [np.ones(right.size)]
    for _ in range(REPLICATES):
        drawn = np.bincount(rng.integers(right.size, size=right.size), minlength=right.size)
        draws.append(drawn.astype(np.float64))
    v_sum, ari_sum = np.zeros(len(draws)), np.zeros(len(draws))
    for found in clusterings:
        if found.size != right.size:
            raise ValueError(f"clustering: has {found.size} items, the truth {right.size}")
        width = int(found.max()) + 1
        cell = right * width + found
        for at, weights in enumerate(draws):
            table: Floats = np.zeros(len(names) * width)
            np.add.at(table, cell, weights)
            v, ari = agreement(table.reshape(len(names), width))
            v_sum[at] += v
            ari_sum[at] += ari
    return Scores(_centred(v_sum / len(clusterings)), _centred(ari_sum / len(clusterings)))


def _centred(values: Floats) -> Floats:
    """Moves the resamples so that their mean is the value on all items.

    A resample holds items twice, which always agree with themselves, so both figures come out
    higher on it than on the items: their spread is of use, their level is not.
    """
    return np.concatenate([values[:1], values[1:] - values[1:].mean() + values[0]])


def agreement(table: NDArray[np.float64]) -> tuple[float, float]:
    """V-measure and adjusted Rand index from a table of true classes against clusters."""
    total = table.sum()
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    spread = _entropy(rows) + _entropy(columns)
    shared = spread - _entropy(table.ravel())
    v_measure = 2.0 * shared / spread if spread > 0 else 1.0
    pairs, by_row, by_column = _pairs(table), _pairs(rows), _pairs(columns)
    expected = by_row * by_column / _pairs(total)
    most = 0.5 * (by_row + by_column)
    return v_measure, float((pairs - expected) / (most - expected)) if most > expected else 1.0


def _entropy(counts: NDArray[np.float64]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(-(shares * np.log(shares)).sum())


def _pairs(counts: NDArray[np.float64] | np.float64) -> float:
    return float((counts * (counts - 1.0)).sum() / 2.0)

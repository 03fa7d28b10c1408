"""Bootstrap intervals, paired between systems, for figures over a test set.

Efron and Tibshirani, *An Introduction to the Bootstrap* (1993), percentile intervals. One
draw of test items is shared by all systems, so that the interval of a difference leaves out
what both gain or lose from the choice of items. Whole clusters are drawn (copies of one
text, sentences of one review): items that give each other away are one observation.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with its bootstrap interval.

    Attributes:
        value: The figure on the test set itself.
        low: Lower end of the 95 % interval.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    @property
    def clear_of_zero(self) -> bool:
        """Whether the interval lies wholly on one side of zero."""
        return self.low > 0.0 or self.high < 0.0


def interval(value: float, draws: Floats) -> Interval:
    """The percentile interval of ``draws`` (shape ``(replicates,)``) around ``value``.

    Draws that are not a number (a resample without any item that counts) are left out.
    """
    known = draws[~np.isnan(draws)]
    if not known.size:
        return Interval(value, float("nan"), float("nan"))
    tail = (1.0 - LEVEL) / 2.0
    low, high = np.quantile(known, [tail, 1.0 - tail])
    return Interval(value, float(low), float(high))


@dataclass(frozen=True, slots=True)
class Resamples:
    """How often each cluster of items came up in each resample.

    Attributes:
        cluster: Cluster of each item, shape ``(items,)``, numbered from 0.
        counts: Shape ``(replicates, clusters)``.
    """

    cluster: Ints
    counts: NDArray[np.float32]

    @classmethod
    def draw(
        cls, clusters: Sequence[Hashable], *, replicates: int = 2000, seed: int = 0
    ) -> Resamples:
        """Draws clusters with replacement, as many as there are.

        Args:
            clusters: The cluster of each item, in the order of the items.
            replicates: How many resamples.
            seed: Equal seeds give equal draws for equal clusters.

        Raises:
            ValueError: There are no items.
        """
        if not clusters:
            raise ValueError("clusters: nothing to resample; give at least one item")
        numbers: dict[Hashable, int] = {}
        cluster = np.array([numbers.setdefault(key, len(numbers)) for key in clusters])
        size = len(numbers)
        rng = np.random.default_rng(seed)
        counts = np.empty((replicates, size), dtype=np.float32)
        for row in counts:
            row[:] = np.bincount(rng.integers(size, size=size), minlength=size)
        return cls(cluster.astype(np.int64), counts)

    def totals(self, values: Floats) -> Floats:
        """Sum of ``values`` over each resample.

        Args:
            values: Shape ``(items,)`` or ``(items, columns)``.

        Returns:
            Shape ``(replicates,)`` or ``(replicates, columns)``.
        """
        per_cluster = np.zeros((self.counts.shape[1], *values.shape[1:]))
        np.add.at(per_cluster, self.cluster, values)
        return np.asarray(self.counts @ per_cluster, dtype=np.float64)

    def confusions(self, truth: Ints, predicted: Ints, size: int) -> Floats:
        """Confusion table of every resample, shape ``(replicates, size, size)``.

        Rows are true labels, columns predicted ones. Items whose ``truth`` is negative have
        no label and count nowhere.
        """
        cells = np.zeros((len(truth), size * size))
        labelled = np.flatnonzero(truth >= 0)
        cells[labelled, truth[labelled] * size + predicted[labelled]] = 1.0
        return self.totals(cells).reshape(-1, size, size)


def confusion(truth: Ints, predicted: Ints, size: int) -> Floats:
    """Confusion table of the test set itself, shape ``(size, size)``; see ``confusions``."""
    table = np.zeros((size, size))
    labelled = truth >= 0
    np.add.at(table, (truth[labelled], predicted[labelled]), 1.0)
    return table


def f1_of(tables: Floats) -> Floats:
    """F1 of every label from confusion tables.

    Args:
        tables: Shape ``(..., labels, labels)``.

    Returns:
        Shape ``(..., labels)``; not a number for a label that is neither true nor predicted.
    """
    hits = np.diagonal(tables, axis1=-2, axis2=-1)
    mass = tables.sum(axis=-1) + tables.sum(axis=-2)
    out = np.full(hits.shape, np.nan)
    return np.asarray(np.divide(2.0 * hits, mass, out=out, where=mass > 0))


def macro_f1_of(tables: Floats) -> Floats:
    """Mean F1 over the labels that occur, as scikit-learn with ``zero_division=nan``."""
    scores = f1_of(tables)
    known = ~np.isnan(scores)
    count = known.sum(axis=-1)
    total = np.where(known, scores, 0.0).sum(axis=-1)
    out = np.full(np.shape(total), np.nan)
    return np.asarray(np.divide(total, count, out=out, where=count > 0))


def accuracy_of(tables: Floats) -> Floats:
    """Share of correct answers from confusion tables of shape ``(..., labels, labels)``."""
    hits = np.trace(tables, axis1=-2, axis2=-1)
    total = tables.sum(axis=(-2, -1))
    return np.asarray(np.divide(hits, total, out=np.full(np.shape(hits), np.nan), where=total > 0))

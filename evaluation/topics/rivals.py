"""Other ways to find topics, on the same embeddings."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from sedno.evaluation.topics.scores import NOWHERE
from sedno.models.topics.clustering import NONE, cluster

Matrix = NDArray[np.float32]
Way = Callable[[Sequence[str], Matrix, int], list[str]]
"""Gives the topic of each text; the last argument is the true number of intents, which only the
ways that say so may look at."""

SEED: Final = 0


def ours(texts: Sequence[str], vectors: Matrix, intents: int, *, seed: int = SEED) -> list[str]:
    """Sedno's own; the number of topics is not given."""
    del intents
    sure = np.ones(len(texts), dtype=bool)
    found = cluster(texts, vectors, sure, min_size=2, seed=seed)
    return [NOWHERE if number == NONE else str(number) for number in found.groups.tolist()]


def k_means(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """K-means, told the true number of intents."""
    del texts
    found = KMeans(intents, n_init=2, random_state=SEED).fit_predict(vectors)
    return [str(number) for number in found.tolist()]


def bertopic(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """BERTopic with its defaults (UMAP to 5 dimensions, HDBSCAN of at least 10), seeded.

    Raises:
        ModuleNotFoundError: BERTopic is not installed.
    """
    del intents
    from bertopic import BERTopic  # noqa: PLC0415 - not part of any extra
    from umap import UMAP  # noqa: PLC0415

    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        numbers, _ = BERTopic(umap_model=reduce).fit_transform(list(texts), vectors)
    return [NOWHERE if number < 0 else str(number) for number in numbers]


OURS: Final = "sedno"
WAYS: Final[dict[str, Way]] = {
    OURS: ours,
    "BERTopic defaults": bertopic,
    "k-means, true k": k_means,
}

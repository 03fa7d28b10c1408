"""Ways to find topics, Sedno's own and others, scored on the same embeddings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from sedno.evaluation.topics import outside
from sedno.evaluation.topics.scores import NOWHERE, agree
from sedno.models.topics.clustering import NONE, cluster

Matrix = NDArray[np.float32]
Find = Callable[[Sequence[str], Matrix, int], list[str]]
"""Gives the topic of each text; the last argument is the true number of intents, which only the
ways that say so may look at."""

Tell = Callable[[str], None]


class NotMeasuredError(Exception):
    """A way is not installed, or fails on a set; the message says which, and what to do."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to find topics.

    Attributes:
        find: Finds them.
        packages: What pip has to install for it, beside ``sedno[topics,evaluate]``.
    """

    find: Find
    packages: str = ""

    def __call__(self, texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
        """The topic of each text, :data:`NOWHERE` for none.

        Raises:
            NotMeasuredError: A library it needs is not there or does not load, or it fails.
        """
        try:
            return self.find(texts, vectors, intents)
        except ModuleNotFoundError as error:
            if not self.packages:
                raise
            raise NotMeasuredError(
                f"{error.name} is not installed: pip install {self.packages}"
            ) from error
        except Exception as error:
            # Of somebody else's library anything may come; it must not cost the whole report.
            if not self.packages:
                raise
            text = " ".join(str(error).split())[:_SHOWN]
            raise NotMeasuredError(f"failed: {type(error).__name__}: {text}") from error


_SHOWN: Final = 120


def ours(texts: Sequence[str], vectors: Matrix, intents: int, *, seed: int = 0) -> list[str]:
    """Sedno's own; the number of topics is not given."""
    del intents
    sure = np.ones(len(texts), dtype=bool)
    found = cluster(texts, vectors, sure, min_size=2, seed=seed)
    return [NOWHERE if number == NONE else str(number) for number in found.groups.tolist()]


def k_means(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """K-means, told the true number of intents."""
    del texts
    found = KMeans(intents, n_init=2, random_state=outside.SEED).fit_predict(vectors)
    return [str(number) for number in found.tolist()]


OURS: Final = "sedno"
BERTOPIC: Final = "BERTopic defaults"
_TURFTOPIC: Final = "turftopic"
_FAST: Final = "fast-hdbscan umap-learn"
WAYS: Final[dict[str, Way]] = {
    OURS: Way(ours),
    BERTOPIC: Way(outside.bertopic, "bertopic"),
    "Top2Vec": Way(outside.top2vec, "top2vec"),
    "Topeax": Way(outside.topeax, _TURFTOPIC),
    "KeyNMF": Way(outside.key_nmf, _TURFTOPIC),
    "UMAP, fast-hdbscan": Way(outside.hdbscan, _FAST),
    "UMAP, PLSCAN": Way(outside.plscan, _FAST),
    "EVoC": Way(outside.evoc, "evoc"),
    "Sedno's rows, UMAP, fast-hdbscan": Way(outside.hdbscan_on_views, _FAST),
    "Sedno's rows, UMAP, PLSCAN": Way(outside.plscan_on_views, _FAST),
    "Sedno's rows, EVoC": Way(outside.evoc_on_views, "evoc"),
    "k-means, true k": Way(k_means),
    "KeyNMF, true k": Way(outside.key_nmf_told, _TURFTOPIC),
}
"""By name. ``Sedno's rows`` are meaning and letters side by side, as its own tree takes them."""


def scored(
    ways: Mapping[str, Way],
    texts: Sequence[str],
    vectors: Matrix,
    truth: Sequence[str],
    tell: Tell = lambda _: None,
) -> dict[str, Any]:
    """Scores ways to find topics against the intent of each text.

    Returns:
        Way -> figures of :class:`~sedno.evaluation.topics.scores.Agreement`, or ``missing``: why
        it was not measured.
    """
    out: dict[str, Any] = {}
    for name, way in ways.items():
        try:
            found = way(texts, vectors, len(set(truth)))
        except NotMeasuredError as error:
            out[name] = {"missing": str(error)}
        else:
            out[name] = agree(truth, found).to_dict()
        tell(f"  {name}: {out[name]}")
    return out

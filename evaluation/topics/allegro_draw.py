"""Which pairs of the Allegro questions two annotators read."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from sedno.datasets.corpora.registry import load

CORPUS: Final = "poleval2022_questions_pl"
KIND: Final = "allegro-faq"
NEIGHBOURS: Final = 3
QUOTAS: Final = {"both": 220, "tfidf": 60, "embedding": 70, "random": 50}
"""How many pairs of each stratum are read: neighbours in both views, in one alone, in none."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions to be read side by side.

    Attributes:
        a: Id of the one shown first.
        b: Id of the other.
        stratum: Where it was drawn from, of :data:`QUOTAS`.
        pool: How many pairs that stratum has.
    """

    a: str
    b: str
    stratum: str
    pool: int


def questions(data: Path) -> dict[str, str]:
    """Id -> text of the questions that customers of Allegro asked."""
    return {example.id: example.text for example in load(CORPUS, data) if example.kind == KIND}


def draw(texts: dict[str, str], vectors: Matrix) -> list[Pair]:
    """Draws the pairs: by the hash of their ids, so that no seed and no order has a say.

    Args:
        texts: Id -> text.
        vectors: Embeddings, in the same order.

    Returns:
        Pairs of all strata, shuffled, so that place does not tell the stratum.
    """
    ids = list(texts)
    spelt = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    letters = spelt.fit_transform(texts.values())
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    by_letters = set(_near(ids, (letters @ letters.T).toarray()))
    by_meaning = set(_near(ids, unit @ unit.T))
    strata = {
        "both": by_letters & by_meaning,
        "tfidf": by_letters - by_meaning,
        "embedding": by_meaning - by_letters,
    }
    strata["random"] = (
        {(one, other) for at, one in enumerate(ids) for other in ids[at + 1 :]}
        - by_letters
        - by_meaning
    )
    drawn = [
        Pair(*_either_way(pair), name, len(pool))
        for name, pool in strata.items()
        for pair in sorted(pool, key=_hash)[: QUOTAS[name]]
    ]
    return sorted(drawn, key=lambda pair: _hash((pair.a, pair.b, "order")))


def _near(ids: Sequence[str], alike: NDArray[Any]) -> Iterator[tuple[str, str]]:
    np.fill_diagonal(alike, -np.inf)
    for at, nearest in enumerate(np.argsort(-alike, axis=1, kind="stable")[:, :NEIGHBOURS]):
        for other in nearest.tolist():
            yield ids[min(at, other)], ids[max(at, other)]


def _either_way(pair: tuple[str, str]) -> tuple[str, str]:
    """Which one is shown first is left to the hash too."""
    return pair if _hash((*pair, "side")) % 2 else (pair[1], pair[0])


def _hash(parts: Sequence[str]) -> int:
    return int.from_bytes(hashlib.sha256("\t".join(parts).encode()).digest()[:8])

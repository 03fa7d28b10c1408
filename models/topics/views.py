"""What questions are compared by: the meaning the encoder sees, and the letters they share.

The encoder alone puts "Ile waży namiot?" beside "Ile kosztuje namiot?"; letters alone miss every
paraphrase. Side by side they find more than either (`docs/topics.md` has the figures). Runs of
letters inside words bear Polish endings and typos, which whole words do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from sedno.models.topics.words import plain, stop_words, words

LETTERS: Final = 0.3
"""Share of the letters in the similarity; the rest is meaning."""

_SVD_DIMS: Final = 200
_SVD_ROWS: Final = 8_000
"""Rows that the factors of the letters are fitted on; more change them little."""

_FEATURES: Final = 40_000
_FEW: Final = 1

Matrix = NDArray[np.float32]


def normalised(matrix: NDArray[np.floating]) -> Matrix:
    """Rows of unit length; rows of zeros stay zero."""
    length = np.linalg.norm(matrix, axis=1, keepdims=True)
    return np.asarray(matrix / np.maximum(length, 1e-9), dtype=np.float32)


def bare_words(text: str) -> str:
    """The folded words of a text that say something, for runs of letters."""
    stop = stop_words()
    folded = [plain(word) for word in words(text)]
    return " ".join([word for word in folded if word not in stop] or folded)


def centred(vectors: Matrix) -> Matrix:
    """Embeddings without what all of them have in common, rows of unit length.

    All questions under one brand's posts share a direction; what is left tells them apart.
    """
    if len(vectors) < 2:
        return normalised(vectors)
    # The mean of a few is no estimate of it: of three that ask the same it is what they ask.
    trust = len(vectors) / (len(vectors) + _FEW)
    return normalised(vectors - trust * vectors.mean(axis=0))


def letters(table: csr_matrix | None, *, seed: int) -> Matrix | None:
    """Latent factors of tf-idf over runs of 3 to 5 letters.

    Args:
        table: As :func:`letter_table` gives it.
        seed: Seed of the randomised decomposition.

    Returns:
        ``(rows, at most 200)`` rows of unit length; ``None`` where texts share nothing.
    """
    if table is None:
        return None
    count = table.shape[0]
    dims = min(_SVD_DIMS, count // 2)
    if dims < 2 or table.shape[1] <= dims:
        return None
    svd = TruncatedSVD(dims, random_state=seed, n_iter=2)
    part = table
    if count > _SVD_ROWS:
        rows = np.random.default_rng(seed).choice(count, _SVD_ROWS, replace=False)
        part = table[np.sort(rows)]
    # Where all rows are spelt alike there is no variance to explain, which it divides by.
    with np.errstate(invalid="ignore", divide="ignore"):
        svd.fit(part)
    return normalised(svd.transform(table))


def letter_table(texts: Sequence[str]) -> csr_matrix | None:
    """Tf-idf over runs of 3 to 5 letters inside words; ``None`` where texts share none."""
    vectoriser = TfidfVectorizer(
        analyzer="char_wb",
        ngram_range=(3, 5),
        min_df=2 if len(texts) < _SVD_ROWS else 5,
        max_features=_FEATURES,
        sublinear_tf=True,
        dtype=np.float32,
    )
    try:
        return vectoriser.fit_transform([bare_words(text) for text in texts])
    except ValueError:  # no run of letters occurs twice
        return None


def view(table: csr_matrix | None, vectors: Matrix, *, seed: int) -> Matrix:
    """Meaning and letters side by side: the dot product of rows is their similarity.

    Args:
        table: The letters of the questions, as :func:`letter_table` gives them.
        vectors: ``(rows, dim)`` embeddings.
        seed: Seed of the randomised decomposition.

    Returns:
        ``(rows, width)`` rows of unit length.
    """
    meaning = centred(vectors)
    spelt = letters(table, seed=seed)
    if spelt is None:
        return meaning
    return normalised(np.hstack([np.sqrt(1 - LETTERS) * meaning, np.sqrt(LETTERS) * spelt]))

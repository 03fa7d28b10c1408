"""Topics by other libraries, from given embeddings, seeded and without a network.

None of them is part of an extra: each is imported when it is asked, and who asks says what to
install where that fails.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import CountVectorizer

from sedno.evaluation.topics.scores import NOWHERE
from sedno.models.topics.views import Matrix, letter_table, normalised, view
from sedno.models.topics.words import content_words

SEED: Final = 0
_LEAST: Final = 5
"""Least size of a cluster, the default of fast-hdbscan and EVoC."""

_PERPLEXITY: Final = 50
"""Topeax's default; t-SNE asks for more rows than that."""


class Given:
    """An encoder for libraries that ask for one, though the embeddings are there already.

    A text has its own embedding; a word the mean of those of the texts that hold it, since no
    encoder is at hand that would embed it alone.

    Args:
        texts: The texts.
        vectors: ``(texts, dim)`` their embeddings.
    """

    def __init__(self, texts: Sequence[str], vectors: Matrix) -> None:
        self._texts = {text: at for at, text in enumerate(texts)}
        self._vectors = vectors
        self._holds: dict[str, list[int]] = {}
        for at, text in enumerate(texts):
            for word in dict.fromkeys(content_words(text)):
                self._holds.setdefault(word, []).append(at)

    def encode(self, sentences: Iterable[str], **_: Any) -> Matrix:
        """The embeddings of texts or words, ``(sentences, dim)``, of unit length.

        Raises:
            KeyError: A sentence is neither one of the texts nor a word of them.
        """
        return normalised(np.stack([self._one(str(sentence)) for sentence in sentences]))

    __call__ = encode

    def _one(self, sentence: str) -> NDArray[np.float32]:
        at = self._texts.get(sentence)
        if at is not None:
            one: NDArray[np.float32] = self._vectors[at]
            return one
        found: NDArray[np.float32] = self._vectors[self._holds[sentence]].mean(axis=0)
        return found


def bertopic(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """BERTopic with its defaults (UMAP to 5 dimensions, HDBSCAN of at least 10), seeded."""
    del intents
    from bertopic import BERTopic  # noqa: PLC0415 - not part of any extra
    from umap import UMAP  # noqa: PLC0415

    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    with _quiet():
        numbers, _ = BERTopic(umap_model=reduce).fit_transform(list(texts), vectors)
    return _named(numbers)


def top2vec(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """Top2Vec with its defaults (HDBSCAN of at least 15), seeded; words from two texts on."""
    del intents
    from top2vec import Top2Vec  # noqa: PLC0415

    with _quiet():
        model = Top2Vec(
            list(texts),
            embedding_model=Given(texts, vectors),
            tokenizer=content_words,
            min_count=2,
            verbose=False,
            umap_args={
                "n_neighbors": 15, "n_components": 5, "metric": "cosine", "random_state": SEED,
            },
        )  # fmt: skip
    return _named(model.doc_top)


def topeax(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """Topeax of turftopic: peaks of density on a t-SNE map, and a Gaussian mixture around them."""
    del intents
    from turftopic import Topeax  # noqa: PLC0415

    with _quiet():
        model = Topeax(
            encoder=Given(texts, vectors),
            vectorizer=_vectoriser(least=1),
            perplexity=min(_PERPLEXITY, len(texts) - 1),
            random_state=SEED,
        )
        model.fit_transform(list(texts), embeddings=vectors)
    return _named(model.labels_)


def key_nmf(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """KeyNMF of turftopic; it finds the number of topics itself, by BIC."""
    del intents
    return _key_nmf(texts, vectors, "auto")


def key_nmf_told(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """KeyNMF of turftopic, told the true number of intents."""
    return _key_nmf(texts, vectors, intents)


def _key_nmf(texts: Sequence[str], vectors: Matrix, topics: int | str) -> list[str]:
    from turftopic import KeyNMF  # noqa: PLC0415

    with _quiet():
        # Its own vectoriser drops words that fewer than ten texts hold, which is nearly all.
        model = KeyNMF(
            topics,
            encoder=Given(texts, vectors),
            vectorizer=_vectoriser(least=2),
            random_state=SEED,
        )
        weights = np.asarray(model.fit_transform(list(texts), embeddings=vectors))
    best = np.where(weights.max(axis=1) > 0, weights.argmax(axis=1), -1)
    return _named(best.tolist())


def hdbscan(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """UMAP to 5 dimensions and fast-hdbscan."""
    del texts, intents
    from fast_hdbscan import HDBSCAN  # noqa: PLC0415

    model = HDBSCAN(min_cluster_size=_LEAST, reproducible=True)
    return _named(_fitted(model, _reduced(vectors)))


def plscan(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """UMAP to 5 dimensions and PLSCAN of fast-hdbscan, which finds the least size itself."""
    del texts, intents
    from fast_hdbscan import PLSCAN  # noqa: PLC0415

    return _named(_fitted(PLSCAN(reproducible=True), _reduced(vectors)))


def evoc(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """EVoC: a graph of neighbours, its embedding, density on several levels."""
    del texts, intents
    from evoc import EVoC  # noqa: PLC0415

    return _named(_fitted(EVoC(random_state=SEED), vectors))


def hdbscan_on_views(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """The same, instead of Sedno's tree: over meaning and letters side by side."""
    return hdbscan(texts, _view(texts, vectors), intents)


def plscan_on_views(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """The same, instead of Sedno's tree: over meaning and letters side by side."""
    return plscan(texts, _view(texts, vectors), intents)


def evoc_on_views(texts: Sequence[str], vectors: Matrix, intents: int) -> list[str]:
    """The same, instead of Sedno's tree: over meaning and letters side by side."""
    return evoc(texts, _view(texts, vectors), intents)


def _view(texts: Sequence[str], vectors: Matrix) -> Matrix:
    return view(letter_table(texts), vectors, seed=SEED)


def _reduced(vectors: Matrix) -> Matrix:
    from umap import UMAP  # noqa: PLC0415

    reduce = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=SEED)
    with _quiet():
        return np.asarray(reduce.fit_transform(vectors), dtype=np.float32)


def _fitted(model: Any, rows: Matrix) -> Any:
    with _quiet():
        return model.fit_predict(rows)


def _vectoriser(*, least: int) -> CountVectorizer:
    """Counts the words that Sedno counts, so that Polish stop words are out."""
    return CountVectorizer(tokenizer=content_words, token_pattern=None, min_df=least)


def _named(numbers: Iterable[Any]) -> list[str]:
    return [NOWHERE if int(number) < 0 else str(int(number)) for number in numbers]


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keeps what a library prints and warns of out of the report, and seeds NumPy's own chance.

    Topeax does not hand its seed on to its mixture, which then draws from there.
    """
    kept = np.random.get_state()
    np.random.seed(SEED)
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(kept)

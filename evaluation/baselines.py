"""What a model must beat: the majority answer, the length of the text, and tf-idf."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from sedno.evaluation.bootstrap import Floats, Ints
from sedno.evaluation.extras import MissingExtraError

try:
    from scipy.sparse import csr_matrix
    from sklearn.base import clone
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import FeatureUnion, make_pipeline
    from sklearn.preprocessing import PolynomialFeatures, StandardScaler
except ModuleNotFoundError as error:
    raise MissingExtraError("scikit-learn", "evaluate") from error


@dataclass(frozen=True, slots=True)
class Lesson:
    """What a baseline may learn for one task.

    Attributes:
        labels: Number of labels of the task.
        targets: Right label of every training text, -1 where it has none.
        names: The labels' names, in order.
    """

    labels: int
    targets: Ints
    names: tuple[str, ...] = ()


_WORD = r"(?u)\b\w+\b|[^\w\s]"
"""A word, or one sign: emoji and question marks carry meaning here."""


class Baseline(Protocol):
    """A system that is trained afresh on a benchmark's training part."""

    @property
    def name(self) -> str:
        """How reports call it."""
        ...

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """Learns every task on ``train`` and answers ``test``.

        Returns:
            Task name -> scores, shape ``(test texts, labels)``, rows sum to 1. A task that
            has no labelled training text is missing.
        """
        ...


@dataclass(frozen=True, slots=True)
class Majority:
    """Answers the most frequent training label, whatever the text."""

    name: str = "majority"

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See :meth:`Baseline.answer`; the scores are the labels' shares in training."""
        del train
        out: dict[str, Floats] = {}
        for task, lesson in lessons.items():
            known = lesson.targets[lesson.targets >= 0]
            if known.size:
                shares = np.bincount(known, minlength=lesson.labels) / known.size
                out[task] = np.tile(shares, (len(test), 1))
        return out


@dataclass(frozen=True, slots=True)
class LengthOnly:
    """Logistic regression on the logarithm of the number of characters and its square.

    Long comments tend to have substance, so a model that knows nothing else can look good.
    Classes weigh the same, so that rare labels are answered at all.

    Attributes:
        name: How reports call it.
        question_mark: Whether a question mark in the text is a feature too.
    """

    name: str = "length only"
    question_mark: bool = False

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See :meth:`Baseline.answer`."""
        curved = (PolynomialFeatures(2, include_bias=False), StandardScaler())
        return logistic(self._features(train), lessons, self._features(test), before=curved)

    def _features(self, texts: Sequence[str]) -> Floats:
        columns = [[len(text), float(self.question_mark and "?" in text)] for text in texts]
        return np.log1p(np.array(columns, dtype=np.float64))


@dataclass(frozen=True, slots=True)
class Tfidf:
    """Tf-idf features and logistic regression, classes weighing the same.

    Attributes:
        name: How reports call it.
        words: Whether words and word pairs are features.
        characters: Whether runs of 2 to 5 characters inside words are features.
        strength: Inverse of the regularisation, scikit-learn's ``C``.
        most_features: At most so many features of each sort, the most frequent ones.
    """

    name: str = "tf-idf"
    words: bool = True
    characters: bool = True
    strength: float = 4.0
    most_features: int = 200_000

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See :meth:`Baseline.answer`."""
        parts = []
        if self.words:
            parts.append(("words", self._vectorizer("word", (1, 2))))
        if self.characters:
            parts.append(("characters", self._vectorizer("char_wb", (2, 5))))
        union = FeatureUnion(parts)
        features = csr_matrix(union.fit_transform(train))
        return logistic(features, lessons, csr_matrix(union.transform(test)), self.strength)

    def _vectorizer(self, analyzer: str, ngrams: tuple[int, int]) -> TfidfVectorizer:
        return TfidfVectorizer(
            analyzer=analyzer,
            ngram_range=ngrams,
            sublinear_tf=True,
            token_pattern=_WORD if analyzer == "word" else None,
            max_features=self.most_features,
        )


ALL: tuple[Baseline, ...] = (
    Majority(),
    LengthOnly(),
    LengthOnly("length + question mark", question_mark=True),
    Tfidf("tf-idf words", characters=False),
    Tfidf("tf-idf words + characters"),
)
"""The baselines of a report, weakest first."""


def logistic(
    features: Floats | csr_matrix,
    lessons: Mapping[str, Lesson],
    unseen: Floats | csr_matrix,
    strength: float = 1.0,
    *,
    before: Sequence[Any] = (),
) -> dict[str, Floats]:
    """Logistic regression on every task that has labelled texts, classes weighing the same.

    Args:
        features: Of the training texts.
        lessons: What is right, by task.
        unseen: Features of the test texts.
        strength: Inverse of the regularisation, scikit-learn's ``C``.
        before: Transformers of the features that come first.
    """
    out: dict[str, Floats] = {}
    for task, lesson in lessons.items():
        rows = np.flatnonzero(lesson.targets >= 0)
        if not rows.size:
            continue
        targets = lesson.targets[rows]
        scores = np.zeros((unseen.shape[0], lesson.labels))
        present = np.unique(targets)
        if present.size == 1:
            scores[:, present[0]] = 1.0
        else:
            model = make_pipeline(
                *(clone(step) for step in before),
                LogisticRegression(C=strength, class_weight="balanced", max_iter=1000),
            )
            model.fit(features[rows], targets)
            scores[:, model.classes_] = model.predict_proba(unseen)
        out[task] = scores
    return out

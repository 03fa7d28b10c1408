"""Fits what the words of a comment say by themselves (``[words]`` of a recipe)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack
from scipy.special import log_softmax
from sklearn.linear_model import LogisticRegression

from sedno.datasets.normalize import normalize
from sedno.models.lexical.features import KINDS, count_features
from sedno.models.lexical.scorer import Lexical, columns_of, tf_idf
from sedno.models.taxonomy import TASKS, Task
from sedno.training.data import Sample
from sedno.training.recipe import Words

PORTION = 2_000
STEPS = 1_000
BIAS_PRIOR = 1e-2


def as_read(texts: Sequence[str]) -> list[str]:
    """Texts as the service reads them."""
    return [normalize(text).text for text in texts]


def fit_lexical(samples: Sequence[Sample], settings: Words) -> Lexical:
    """A logistic regression over hashed n-grams for every task, classes weighing the same.

    Of a sample whose annotators could not choose among all labels nothing is learned for that
    task: its label says less than it seems to.

    Args:
        samples: What to learn from; a text that is there twice counts twice.
        settings: The recipe's.
    """
    texts = as_read([sample.text for sample in samples])
    rarity = _rarity(texts, settings.bits)
    features = vstack(list(_matrix(texts, rarity)), format="csr")
    parts = [_fit_task(task, samples, features, settings) for task in TASKS]
    return Lexical(rarity, np.concatenate(parts, axis=1).astype(np.float16), columns_of(TASKS))


def mix(
    lexical: Lexical,
    logits: Mapping[str, NDArray[np.float32]],
    texts: Sequence[str],
    labels: Mapping[str, NDArray[np.int64]],
) -> Lexical:
    """The same weights, each task's scaled so that they add most to the encoder's logits.

    Encoder and words are weighed against each other on comments that neither has learned from,
    by one number each, which is fitted with the bias of every label; then the encoder's is made 1,
    since the temperature of the calibration does the rest. Words never count against themselves.

    Args:
        lexical: Fitted weights.
        logits: Task -> ``(texts, labels)`` of the encoder.
        texts: The held-back texts, as the service reads them.
        labels: Task -> ``(texts,)`` label numbers, -1 where unknown.
    """
    scores = lexical.scores(texts)
    share = np.zeros(len(lexical.labels))
    for task, columns in _columns():
        known = labels[task.name] >= 0
        if known.any():
            share[columns] = _share(
                np.asarray(logits[task.name][known], dtype=np.float64),
                scores[known, columns].astype(np.float64),
                labels[task.name][known],
            )
    weights = lexical.weights.astype(np.float32) * share.astype(np.float32)
    return Lexical(lexical.rarity, weights.astype(np.float16), lexical.labels)


def _columns() -> Iterator[tuple[Task, slice]]:
    at = 0
    for task in TASKS:
        yield task, slice(at, at + len(task.labels))
        at += len(task.labels)


def _share(
    deep: NDArray[np.float64], wide: NDArray[np.float64], truth: NDArray[np.int64]
) -> float:
    def loss(parameters: NDArray[np.float64]) -> float:
        bias = parameters[2:]
        summed = deep * np.exp(parameters[0]) + wide * np.exp(parameters[1]) + bias
        likelihood = log_softmax(summed, axis=1)[np.arange(len(truth)), truth]
        return float(-likelihood.mean() + BIAS_PRIOR * (bias**2).sum())

    begin = np.concatenate([[0.0, np.log(0.3)], np.zeros(deep.shape[1])])
    bounds = [(-6.0, 6.0)] * 2 + [(None, None)] * deep.shape[1]
    found = minimize(loss, begin, method="L-BFGS-B", bounds=bounds).x
    return float(np.exp(found[1] - found[0]))


def _rarity(texts: Sequence[str], bits: int) -> NDArray[np.float16]:
    """Smoothed inverse document frequency, as scikit-learn has it."""
    holding = np.zeros(1 << bits)
    for begin in range(0, len(texts), PORTION):
        counted = count_features(texts[begin : begin + PORTION], bits)
        holding += np.bincount(counted.bucket, minlength=1 << bits)
    return (np.log((1 + len(texts)) / (1 + holding)) + 1).astype(np.float16)


def _matrix(texts: Sequence[str], rarity: NDArray[np.float16]) -> Iterator[csr_matrix]:
    bits = len(rarity).bit_length() - 1
    for begin in range(0, len(texts), PORTION):
        some = texts[begin : begin + PORTION]
        counted = count_features(some, bits)
        value = tf_idf(counted, rarity).astype(np.float32)
        yield csr_matrix(
            (value, (counted.segment // KINDS, counted.bucket)), shape=(len(some), 1 << bits)
        )


def _fit_task(
    task: Task, samples: Sequence[Sample], features: csr_matrix, settings: Words
) -> NDArray[np.float64]:
    """Weights ``(buckets, labels)``; zeros where nothing labels the task, or all one way."""
    weights = np.zeros((features.shape[1], len(task.labels)))
    whole = set(task.labels)
    rows = [
        at
        for at, sample in enumerate(samples)
        if task.name in sample.labels
        and set(sample.label_space.get(task.name, task.labels)) == whole
    ]
    targets = np.array([task.index(samples[at].labels[task.name]) for at in rows], dtype=np.int64)
    present = np.unique(targets)
    if present.size <= 1:
        return weights
    model = LogisticRegression(C=settings.strength, class_weight="balanced", max_iter=STEPS)
    model.fit(features[rows], targets, sample_weight=[samples[at].weight for at in rows])
    if present.size > 2:  # noqa: PLR2004 - scikit-learn gives two classes one row
        weights[:, model.classes_] = model.coef_.T
    else:
        weights[:, present[0]] = -model.coef_[0] / 2
        weights[:, present[1]] = model.coef_[0] / 2
    return weights

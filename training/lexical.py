"""Fits what the words of a comment say by themselves (``[words]`` of a recipe)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack
from scipy.special import log_softmax

from sedno.datasets.normalize import normalize
from sedno.models.lexical.features import KINDS, count_features
from sedno.models.lexical.scorer import Lexical, columns_of, tf_idf
from sedno.models.loudness import quieten
from sedno.models.taxonomy import TASKS, Task
from sedno.training.calibrate import PRIOR
from sedno.training.data import Sample
from sedno.training.recipe import Words

PORTION = 2_000
STEPS = 400
TOLERANCE = 1e-7
"""Relative gain of a step at which fitting ends."""


def as_read(texts: Sequence[str]) -> list[str]:
    """Texts as the service reads them."""
    return [quieten(normalize(text)).text for text in texts]


def fit_lexical(samples: Sequence[Sample], settings: Words) -> Lexical:
    """A logistic regression over hashed n-grams for every task, classes weighing the same.

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


def _share(deep: NDArray[np.float64], wide: NDArray[np.float64], truth: NDArray[np.int64]) -> float:
    def loss(parameters: NDArray[np.float64]) -> float:
        bias = parameters[2:]
        summed = deep * np.exp(parameters[0]) + wide * np.exp(parameters[1]) + bias
        likelihood = log_softmax(summed, axis=1)[np.arange(len(truth)), truth]
        return float((PRIOR * (bias**2).sum() - likelihood.sum()) / len(truth))

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
    rows = [at for at, sample in enumerate(samples) if task.name in sample.labels]
    targets = np.array([task.index(samples[at].labels[task.name]) for at in rows], dtype=np.int64)
    if np.unique(targets).size <= 1:
        return np.zeros((features.shape[1], len(task.labels)))
    allowed = np.array(
        [
            [label in samples[at].label_space.get(task.name, task.labels) for label in task.labels]
            for at in rows
        ]
    )
    weight = np.array([samples[at].weight for at in rows])
    mass = np.bincount(targets, weights=weight, minlength=len(task.labels))
    # Classes weigh the same, as with scikit-learn's class_weight="balanced".
    weight *= (weight.sum() / np.maximum(mass * np.count_nonzero(mass), 1e-9))[targets]
    return fit_masked(features[rows], targets, allowed, weight, strength=settings.strength)


def fit_masked(
    features: csr_matrix,
    targets: NDArray[np.int64],
    allowed: NDArray[np.bool_],
    weight: NDArray[np.float64],
    *,
    strength: float,
) -> NDArray[np.float64]:
    """Multinomial logistic regression in which some samples could not have had every label.

    Where annotators had no "mixed", a text that they called positive says nothing against
    "mixed": the softmax of such a sample runs over the labels that it could have. With all labels
    allowed this is scikit-learn's ``LogisticRegression``, which knows no such samples.

    Args:
        features: ``(samples, buckets)``.
        targets: ``(samples,)`` label numbers.
        allowed: ``(samples, labels)``, true at every target.
        weight: ``(samples,)``.
        strength: Inverse of the L2 regularisation; the labels' intercepts are free.

    Returns:
        ``(buckets, labels)``; intercepts are left to the calibration.
    """
    count, labels = allowed.shape
    used = np.flatnonzero(np.diff(features.tocsc().indptr))
    inside = features[:, used].astype(np.float64).tocsr()
    turned = inside.T.tocsr()
    mask = np.where(allowed, 0.0, -np.inf)
    right = (np.arange(count), targets)

    def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = parameters.reshape(-1, labels)
        logs = log_softmax(inside @ table[:-1] + table[-1] + mask, axis=1)
        slope = np.exp(logs) * weight[:, None]
        slope[right] -= weight
        slope *= strength
        gradient = np.concatenate([turned @ slope + table[:-1], slope.sum(axis=0, keepdims=True)])
        value = 0.5 * (table[:-1] ** 2).sum() - strength * (weight * logs[right]).sum()
        return float(value), gradient.ravel()

    begin = np.zeros((len(used) + 1) * labels)
    options = {"maxiter": STEPS, "maxfun": 2 * STEPS, "ftol": TOLERANCE}
    found = minimize(loss, begin, jac=True, method="L-BFGS-B", options=options)
    weights = np.zeros((features.shape[1], labels))
    weights[used] = found.x.reshape(-1, labels)[:-1]
    return weights

"""Whether a text is of the kind that the model learned from.

Calibrated scores hold for texts like those they were calibrated on. A log line or a page of law
gets an answer all the same, and often a confident one, so its distance from the training texts is
measured in the sentence embedding: the Mahalanobis distance (Lee et al. 2018, arXiv 1807.03888)
under a Gaussian of few free directions and equal variance in the others (probabilistic PCA,
Tipping & Bishop 1999), which needs no more examples than an artefact can be fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

DIRECTIONS = 96
FALSE_ALARMS = 0.005


class DomainError(ValueError):
    """A domain file that cannot be used; names what is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Domain:
    """The region of the embedding space in which the training texts lie.

    Attributes:
        mean: ``(dim,)`` their mean.
        axes: ``(directions, dim)`` orthonormal directions in which they vary most.
        variances: ``(directions,)`` variance along each.
        rest: Variance along every other direction.
        threshold: The distance beyond which a text is called unfamiliar.
    """

    mean: NDArray[np.float32]
    axes: NDArray[np.float32]
    variances: NDArray[np.float32]
    rest: float
    threshold: float

    def __post_init__(self) -> None:
        directions, dim = self.axes.shape if self.axes.ndim == 2 else (0, 0)  # noqa: PLR2004 - a matrix
        if self.mean.shape != (dim,) or self.variances.shape != (directions,) or not directions:
            raise DomainError("mean, axes and variances do not fit together")
        if not (self.rest > 0 and np.all(self.variances > 0) and np.isfinite(self.threshold)):
            raise DomainError("a variance is not above 0, or the threshold is no number")

    def distances(self, embeddings: NDArray[np.float32]) -> NDArray[np.float64]:
        """Mahalanobis distances ``(texts,)`` of embeddings ``(texts, dim)``."""
        centred = (embeddings - self.mean).astype(np.float64)
        along = centred @ self.axes.T.astype(np.float64)
        left = np.maximum((centred**2).sum(axis=1) - (along**2).sum(axis=1), 0.0)
        return np.asarray(np.sqrt((along**2 / self.variances).sum(axis=1) + left / self.rest))

    def is_foreign(self, embeddings: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Whether each of ``(texts, dim)`` embeddings lies outside."""
        return np.asarray(self.distances(embeddings) > self.threshold)

    def save(self, path: Path) -> None:
        """Writes the file that :func:`read_domain` reads."""
        with path.open("wb") as file:
            np.savez(
                file,
                mean=self.mean,
                axes=self.axes,
                variances=self.variances,
                rest=self.rest,
                threshold=self.threshold,
            )


def read_domain(path: Path) -> Domain:
    """Reads a domain file.

    Raises:
        DomainError: It is damaged or of another form.
        OSError: It cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return Domain(
                mean=stored["mean"].astype(np.float32),
                axes=stored["axes"].astype(np.float32),
                variances=stored["variances"].astype(np.float32),
                rest=float(stored["rest"]),
                threshold=float(stored["threshold"]),
            )
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise DomainError(f"{path}: {error}; copy the whole artefact again") from error


def fit_domain(
    embeddings: NDArray[np.float32],
    held_back: NDArray[np.float32],
    *,
    directions: int = DIRECTIONS,
    false_alarms: float = FALSE_ALARMS,
) -> Domain:
    """The domain of texts, with the threshold that lets nearly all held-back ones in.

    Args:
        embeddings: ``(texts, dim)`` of texts the model learned from.
        held_back: ``(texts, dim)`` of texts like them that it has not seen.
        directions: At most this many; fewer where there are fewer texts or dimensions.
        false_alarms: Share of the held-back texts that may lie outside.

    Raises:
        DomainError: There are fewer than three texts, or none held back.
    """
    count, dim = embeddings.shape
    kept = min(directions, dim - 1, count - 2)
    if kept < 1 or not len(held_back):
        raise DomainError(f"{count} texts and {len(held_back)} held back are too few to fit on")
    mean = embeddings.mean(axis=0, dtype=np.float64)
    covariance = np.cov(embeddings - mean, rowvar=False, dtype=np.float64)
    values, vectors = np.linalg.eigh(covariance)
    rest = float(np.maximum(values[: dim - kept].mean(), 1e-9))
    domain = Domain(
        mean=mean.astype(np.float32),
        axes=np.ascontiguousarray(vectors[:, dim - kept :].T[::-1], dtype=np.float32),
        variances=np.maximum(values[dim - kept :][::-1], 1e-9).astype(np.float32),
        rest=rest,
        threshold=0.0,
    )
    threshold = float(np.quantile(domain.distances(held_back), 1.0 - false_alarms))
    return Domain(domain.mean, domain.axes, domain.variances, rest, threshold)

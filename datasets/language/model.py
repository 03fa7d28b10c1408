"""The trained part: a linear model over character n-grams."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.language.letters import hashed_ngrams

FILE_NAME = "model.npz"


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Multinomial logistic regression with its weights in 8 bits.

    Attributes:
        labels: Language codes.
        weights: int8 of shape (2**BITS, labels); times ``scale`` gives the weights.
        scale: The value of one step.
        bias: float32 of shape (labels,).
    """

    labels: tuple[str, ...]
    weights: NDArray[np.int8]
    scale: float
    bias: NDArray[np.float32]

    def probabilities(self, words: str) -> NDArray[np.float32]:
        """Return one probability per label, float32 of shape (labels,).

        Args:
            words: What ``telling_words`` returns; not empty.
        """
        rows = hashed_ngrams(words)
        # The square root lets evidence grow with length, but slower than the n-grams, which
        # overlap and so repeat one another.
        sums = self.weights[rows].sum(axis=0, dtype=np.int32)
        logits = sums * np.float32(self.scale / np.sqrt(len(rows))) + self.bias
        exponentials = np.exp(logits - logits.max())
        probabilities: NDArray[np.float32] = exponentials / exponentials.sum()
        return probabilities


@cache
def shipped_model() -> LinearModel:
    """Load the model that the package ships, once."""
    with (
        as_file(files("sedno.datasets.language").joinpath(FILE_NAME)) as path,
        np.load(path, allow_pickle=False) as arrays,
    ):
        return LinearModel(
            labels=tuple(str(label) for label in arrays["labels"]),
            weights=arrays["weights"],
            scale=float(arrays["scale"]),
            bias=arrays["bias"],
        )

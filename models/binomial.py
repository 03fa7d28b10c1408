"""The binomial distribution without SciPy, which serving does without."""

from __future__ import annotations

import math


def log_probability(hits: int, trials: int, share: float) -> float:
    """Natural logarithm of the probability of exactly ``hits`` in ``trials``.

    Args:
        hits: From 0 to ``trials``.
        trials: How many.
        share: Probability of a hit, above 0 and below 1.
    """
    return (
        math.lgamma(trials + 1)
        - math.lgamma(hits + 1)
        - math.lgamma(trials - hits + 1)
        + hits * math.log(share)
        + (trials - hits) * math.log1p(-share)
    )

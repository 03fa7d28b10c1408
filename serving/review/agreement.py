"""How far two people, or a person and the model, say the same."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

_Z95: Final = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a number of cases, with the uncertainty that the number leaves.

    Attributes:
        part: Cases that count.
        whole: All cases.
    """

    part: int
    whole: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; ``None`` where there is no case."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % interval by Wilson's method, which holds for few cases too."""
        if not self.whole:
            return None
        share, n, z2 = self.part / self.whole, self.whole, _Z95**2
        middle = (share + z2 / (2 * n)) / (1 + z2 / n)
        half = _Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
        return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement of two people on one task.

    Attributes:
        pairs: Comments on which both decided.
        agreed: On how many they said the same.
        kappa: Cohen's kappa: agreement beyond chance, 1 at most; ``None`` where there is no pair
            or both always gave one and the same label, so that chance explains all.
    """

    pairs: int
    agreed: int
    kappa: float | None


def kappa(pairs: Iterable[tuple[str, str]]) -> Kappa:
    """Cohen's kappa of two people's labels.

    Args:
        pairs: What the first and what the second said, a pair a comment.
    """
    counted: Sequence[tuple[str, str]] = list(pairs)
    n = len(counted)
    agreed = sum(first == second for first, second in counted)
    if n == 0:
        return Kappa(0, 0, None)
    firsts = Counter(first for first, _ in counted)
    seconds = Counter(second for _, second in counted)
    by_chance = sum(firsts[label] * seconds[label] for label in firsts) / (n * n)
    if by_chance >= 1:
        return Kappa(n, agreed, None)
    return Kappa(n, agreed, (agreed / n - by_chance) / (1 - by_chance))

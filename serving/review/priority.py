"""What a look at a comment is worth: the order of the queue, and its reasons.

``priority = doubt x reach x suspicion``: how likely a look corrects something, how many people
see the comment, and how likely it does harm. Each factor stands for itself so that the desk can
say why a comment comes first.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

CAVEAT_DOUBT: Final = 0.5
"""Least doubt where the model itself says that its scores deserve less trust."""


@dataclass(frozen=True, slots=True)
class Priority:
    """What a look is worth.

    Attributes:
        doubt: Probability, 0 to 1, that at least one label is wrong.
        reach: Factor of 1 or more: one more each time ten times as many people see it.
        suspicion: Factor from 1 to 2: how likely it is spam, toxic or part of a campaign.
    """

    doubt: float
    reach: float
    suspicion: float

    @property
    def value(self) -> float:
        """The product, by which the queue is ordered, the highest first."""
        return self.doubt * self.reach * self.suspicion


def priority(answer: Mapping[str, Any] | None, reach: int | None) -> Priority:
    """What a look at an answered comment is worth.

    Args:
        answer: The answer in its published JSON shape; ``None`` or with ``error`` where there
            is none, so that a person has to say it all.
        reach: How many people see the comment; ``None`` where it is not known.
    """
    return Priority(
        doubt=doubt(answer),
        reach=1 + math.log10(1 + max(reach or 0, 0)),
        suspicion=1 + suspicion(answer),
    )


def doubt(answer: Mapping[str, Any] | None) -> float:
    """Probability that at least one of the labels is wrong, the scores being calibrated."""
    if answer is None or answer.get("error") or not answer.get("labels"):
        return 1.0
    sure = math.prod(float(task["scores"][task["label"]]) for task in answer["labels"].values())
    return max(1 - sure, CAVEAT_DOUBT if answer.get("caveats") else 0.0)


def suspicion(answer: Mapping[str, Any] | None) -> float:
    """From 0 to 1: the most likely of spam, toxicity and unusual behaviour around it."""
    if answer is None:
        return 0.0
    labels = answer.get("labels") or {}
    return max(
        _score(labels, "authenticity", "spam"),
        _score(labels, "toxicity", "toxic"),
        float((answer.get("behaviour") or {}).get("score", 0.0)),
    )


def _score(labels: Mapping[str, Any], task: str, label: str) -> float:
    return float(labels.get(task, {}).get("scores", {}).get(label, 0.0))

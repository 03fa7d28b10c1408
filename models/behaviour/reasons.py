"""What is said about the behaviour around a comment, in words that a moderator understands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import prod
from typing import Any, Final

LEAST_SCORE: Final = 0.05
"""Weaker reasons are not told."""

_UNITS: Final = ((86_400, "day"), (3_600, "hour"), (60, "minute"))


class Name(StrEnum):
    """The reasons there are."""

    OWN_REPEATS = "own_repeats"
    SHARED_TEXT = "shared_text"
    REPEATED_TEXT = "repeated_text"
    BURST = "burst"
    MANY_POSTS = "many_posts"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is unusual.

    Attributes:
        name: Which.
        score: How unusual, from 0 to 1, by itself.
        fact: What was counted, as a phrase.
    """

    name: Name
    score: float
    fact: str

    def to_dict(self) -> dict[str, Any]:
        """The reason as plain JSON types."""
        return {"name": str(self.name), "score": round(self.score, 4), "fact": self.fact}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the other comments of the batch say about one of them.

    Attributes:
        score: From 0 (nothing unusual) to 1. A measure for sorting, not a probability.
        reasons: Why, the strongest first; empty where the score is 0.
    """

    score: float
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(cls, reasons: Iterable[Reason]) -> Behaviour:
        """Adds reasons up as if they were independent ("noisy or"); weak ones are left out."""
        told = [reason for reason in reasons if reason.score >= LEAST_SCORE]
        told.sort(key=lambda reason: (-reason.score, reason.name))
        return cls(1.0 - prod(1.0 - reason.score for reason in told), tuple(told))

    def to_dict(self) -> dict[str, Any]:
        """The behaviour as plain JSON types, the score rounded to four places."""
        return {
            "score": round(self.score, 4),
            "reasons": [reason.to_dict() for reason in self.reasons],
        }


def counted(number: int, thing: str) -> str:
    """A number of things: ``1 post``, ``2 posts``."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"


def duration(seconds: float) -> str:
    """A stretch of time that holds ``seconds``, in the largest unit that fits twice or exactly."""
    for length, unit in _UNITS:
        if seconds == length or seconds >= 2 * length:
            return counted(int(-(-seconds // length)), unit)
    return counted(max(1, int(-(-seconds // 1))), "second")

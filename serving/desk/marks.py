"""Which words drove a label, as pieces of the text to mark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sedno.datasets.stand_ins import masked_span
from sedno.models.prediction import Span

_STRONG: Final = 0.2


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text.

    Attributes:
        text: It.
        strength: ``""`` unmarked, ``for`` or ``strongly-for`` the label, ``against`` it.
    """

    text: str
    strength: str = ""


def pieces(text: str, spans: Sequence[Span]) -> list[Piece]:
    """The text cut into marked and unmarked stretches; joined they are the text again.

    Where spans overlap the strongest, which comes first, is kept.

    Args:
        text: The text in which the spans are counted.
        spans: The strongest first.
    """
    kept: list[Span] = []
    for span in spans:
        if 0 <= span.start < span.end <= len(text) and not any(
            span.start < other.end and other.start < span.end for other in kept
        ):
            kept.append(span)
    out: list[Piece] = []
    at = 0
    for span in sorted(kept, key=lambda span: span.start):
        if span.start > at:
            out.append(Piece(text[at : span.start]))
        out.append(Piece(text[span.start : span.end], _strength(span.weight)))
        at = span.end
    if at < len(text):
        out.append(Piece(text[at:]))
    return out


def of_masked(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans counted in the masked text; the model read it with its marks filled.

    Args:
        text: The text as it is stored.
        spans: Counted in what the model read of it.
    """
    found = []
    for span in spans:
        start, end = masked_span(text, span.start, span.end)
        found.append(Span(start, end, text[start:end], span.weight))
    return found


def _strength(weight: float) -> str:
    if weight < 0:
        return "against"
    return "strongly-for" if weight >= _STRONG else "for"

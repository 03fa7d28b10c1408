"""What Sedno answers about one comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sedno.models.behaviour.reasons import Behaviour

UNSUPPORTED_LANGUAGE = "unsupported_language"
"""A caveat: the model learned nothing in the comment's language."""

OUT_OF_DOMAIN = "out_of_domain"
"""A caveat: the text is unlike the comments the model learned from."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of the comment's original text that drove a label.

    Attributes:
        start: First character, counted in the original text as it was given.
        end: One past the last character.
        text: The original characters.
        weight: How much the probability of the chosen label falls when the span is
            removed, from -1 to 1. Negative weights speak against the label.
    """

    start: int
    end: int
    text: str
    weight: float

    def to_dict(self) -> dict[str, Any]:
        """The span as plain JSON types."""
        return {
            "start": self.start,
            "end": self.end,
            "text": self.text,
            "weight": round(self.weight, 4),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one task.

    Attributes:
        label: The most probable label.
        scores: Calibrated probability of every label of the task; they sum to 1.
        review: Whether the answer lies inside the abstain band, that is, whether it is
            less certain than the operator's target error rate allows.
        spans: What drove the label, strongest first; empty unless asked for.
    """

    label: str
    scores: Mapping[str, float]
    review: bool
    spans: tuple[Span, ...] = ()

    @property
    def confidence(self) -> float:
        """Calibrated probability of the chosen label."""
        return self.scores[self.label]

    def to_dict(self) -> dict[str, Any]:
        """The answer as plain JSON types, scores rounded to four places."""
        out: dict[str, Any] = {
            "label": self.label,
            "scores": {name: round(score, 4) for name, score in self.scores.items()},
            "review": self.review,
        }
        if self.spans:
            out["spans"] = [span.to_dict() for span in self.spans]
        return out


@dataclass(frozen=True, slots=True)
class Prediction:
    """All answers about one comment.

    Attributes:
        id: The comment's id, given back as it came.
        language: ISO 639-1 code of the comment's language, ``None`` where the text
            gives no hold (emoji, numbers).
        labels: One :class:`Answer` a task, in the order of the taxonomy. Empty when the
            comment could not be read; then ``error`` says why.
        model: ``name@version`` of the artefact that answered.
        truncated: Whether the text was longer than the model reads, so that only its
            beginning and end were used.
        error: Why there is no answer (``"empty_text: ..."``), else ``None``.
        warnings: What of the comment was not valid and left out, although it is answered
            (``"bad_time: posted_at ..."``).
        caveats: Why the scores deserve less trust than their calibration says:
            ``"unsupported_language"``, ``"out_of_domain"``.
        behaviour: What the other comments of the batch say about the behaviour around this one;
            ``None`` where it was not looked at, or nothing is known to look at.
        embedding: Sentence embedding, shape ``(dim,)``, L2-normalised, float32; ``None``
            unless asked for.
    """

    id: str
    language: str | None
    labels: Mapping[str, Answer]
    model: str
    truncated: bool = False
    error: str | None = None
    warnings: tuple[str, ...] = ()
    caveats: tuple[str, ...] = ()
    behaviour: Behaviour | None = None
    embedding: NDArray[np.float32] | None = field(default=None, compare=False, repr=False)

    @property
    def needs_review(self) -> bool:
        """Whether a person should look: an uncertain or unfamiliar answer, or none at all."""
        return (
            self.error is not None
            or bool(self.caveats)
            or any(answer.review for answer in self.labels.values())
        )

    def to_dict(self) -> dict[str, Any]:
        """The prediction in the published JSON shape (see ``docs/files.md``)."""
        out: dict[str, Any] = {
            "id": self.id,
            "language": self.language,
            "labels": {name: answer.to_dict() for name, answer in self.labels.items()},
            "needs_review": self.needs_review,
            "model": self.model,
        }
        if self.truncated:
            out["truncated"] = True
        if self.error is not None:
            out["error"] = self.error
        if self.caveats:
            out["caveats"] = list(self.caveats)
        if self.warnings:
            out["warnings"] = list(self.warnings)
        if self.behaviour is not None:
            out["behaviour"] = self.behaviour.to_dict()
        return out

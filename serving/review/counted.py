"""What a decision is counted by in the figures, as columns of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sedno.serving.store.base import today
from sedno.serving.store.signature import signature
from sedno.serving.store.tables.comments import StoredComment


def proposal_of(answer: Mapping[str, Any] | None) -> dict[str, dict[str, Any]]:
    """What a person is shown of an answer: by task, ``label``, ``score`` and ``review``."""
    labels = (answer or {}).get("labels") or {}
    return {
        task: {
            "label": said["label"],
            "score": said["scores"][said["label"]],
            "review": bool(said.get("review", False)),
        }
        for task, said in labels.items()
    }


def counted(
    comment: StoredComment, labels: Mapping[str, str] | None, *, looked: bool
) -> dict[str, Any]:
    """The columns of a decision made now.

    Args:
        comment: On which comment.
        labels: What is decided, by task; ``None`` where nothing is.
        looked: Whether the person looked at this very comment.
    """
    proposal = proposal_of(comment.answer)
    return {
        "day": today(),
        "received_day": comment.received_day,
        "looked": looked,
        "drawn": looked and labels is not None and comment.sample is not None,
        "sure": not any(said["review"] for said in proposal.values()),
        "proposed": signature({task: said["label"] for task, said in proposal.items()}),
        "decided": None if labels is None else signature(labels),
    }

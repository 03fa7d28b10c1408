"""How the label words of sources become the taxonomy's labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SUBSTANCE: Final[Mapping[object, str]] = {"S": "substantive", "G": "generic"}
AUTHENTICITY: Final[Mapping[object, str]] = {0: "real", 1: "spam"}
SENTIMENT: Final[Mapping[object, str]] = {
    "neg": "negative",
    "neu": "neutral",
    "pos": "positive",
    "mix": "mixed",
}
QUESTION: Final[Mapping[object, str]] = {0: "none", 1: "question"}
TOXICITY: Final[Mapping[object, str]] = {0: "ok", 1: "toxic"}

GOLD_FIELDS: Final[tuple[tuple[str, str, Mapping[object, str]], ...]] = (
    ("substance", "substance", SUBSTANCE),
    ("spam", "authenticity", AUTHENTICITY),
    ("sentiment", "sentiment", SENTIMENT),
    ("question", "question", QUESTION),
    ("toxic", "toxicity", TOXICITY),
)
"""Field of the gold format, task of the taxonomy, value -> label."""

POLARITY: Final[Mapping[object, str]] = {
    "negative": "negative",
    "neutral": "neutral",
    "positive": "positive",
    "ambivalent": "mixed",
}
"""The ``sentiment`` field of the prepared corpora."""

THREE_POLARITIES: Final[tuple[str, ...]] = ("negative", "neutral", "positive")
TWO_POLARITIES: Final[tuple[str, ...]] = ("negative", "positive")

SPAM_OR_HAM: Final[Mapping[object, str]] = {"spam": "spam", "ham": "real"}


def gold_labels(row: Mapping[str, object]) -> dict[str, str]:
    """Labels of a row in the gold format; a field that is missing or null is unlabelled.

    Raises:
        ValueError: A field holds a value the format does not know; names field and value.
    """
    labels: dict[str, str] = {}
    for name, task, words in GOLD_FIELDS:
        value = row.get(name)
        if value is None:
            continue
        if not isinstance(value, str | int) or value not in words:
            known = ", ".join(repr(word) for word in words)
            raise ValueError(f"field {name!r} holds {value!r}; use one of {known}")
        labels[task] = words[value]
    return labels

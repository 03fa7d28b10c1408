"""Loaders of corpora of spam."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.labels import SPAM_OR_HAM
from sedno.datasets.corpora.loaders import make
from sedno.datasets.corpora.rows import Row

JANITR_LABELS: Final[Mapping[str, str]] = {
    "scam_or_spam": "spam",
    "promo": "spam",
    "bot_or_ai_reply": "spam",
    "clean": "real",
}

VISPAM_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "no_spam": {"authenticity": "real", "substance": "substantive"},
    "spam_fake_review": {"authenticity": "spam"},
    "spam_brand_only": {"authenticity": "spam", "substance": "generic"},
    "spam_irrelevant": {"authenticity": "spam", "substance": "generic"},
}


def _authenticity(row: Row) -> dict[str, str]:
    return {"authenticity": SPAM_OR_HAM[row["label"]]}


def youtube_spam_collection(row: Row) -> Example:
    """Comments under five music videos, grouped by video."""
    video = row["split"].removeprefix("video:")
    return make(
        row, "youtube_spam_collection", _authenticity(row), group=f"youtube/{video}", kind=video
    )


def sms_spam(row: Row) -> Example:
    """Short messages of 2004-2011."""
    return make(row, "sms_spam", _authenticity(row), weight=0.5)


def janitr_x_scam(row: Row) -> Example | None:
    """Posts on X: scam, promotion and bots are spam; hand-made rows are dropped."""
    if row["mock"]:
        return None
    return make(
        row,
        "janitr_x_scam",
        {"authenticity": JANITR_LABELS[row["label"]]},
        language=None if "topic_language_other" in row["labels"] else "en",
        kind=row["label"],
        weight=0.5,
    )


def instagram_spam_id(row: Row) -> Example:
    """Indonesian comments under celebrities' posts."""
    return make(row, "instagram_spam_id", _authenticity(row), weight=0.6)


def vispam_reviews_vi(row: Row) -> Example:
    """Vietnamese shop reviews; two of their three kinds of spam are generic by our guide."""
    return make(
        row,
        "vispam_reviews_vi",
        VISPAM_LABELS[row["spam_type"]],
        kind=row["spam_type"],
        meta={"rating": int(row["rating"])},
    )

"""Loaders of corpora of hostility."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.loaders import make
from sedno.datasets.corpora.rows import Row

WP_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "Groźby karalne": {"toxicity": "toxic", "sentiment": "negative"},
    "Obraźliwe": {"toxicity": "toxic", "sentiment": "negative"},
    "Złośliwe": {"sentiment": "negative"},
    "Ostra krytyka": {"sentiment": "negative"},
    "Krytyka": {"toxicity": "ok", "sentiment": "negative"},
    "Pozostałe": {"toxicity": "ok"},
}
"""Only where gold, on the very same comments, agrees in the great majority (docs/corpora.md
holds the table): malicious and sharp criticism are toxic too often to be called either."""

WP_GOLD_TOXIC: Final[Mapping[str, tuple[int, int]]] = {
    "Groźby karalne": (5, 5),
    "Obraźliwe": (182, 207),
    "Złośliwe": (80, 178),
    "Ostra krytyka": (30, 92),
    "Krytyka": (4, 62),
    "Pozostałe": (13, 256),
}
"""Of the class' comments in gold train: how many gold calls toxic, out of how many. Measured."""


def wp_komentarze(row: Row) -> Example:
    """Portal comments by degree of hostility."""
    return make(row, "wp_komentarze", WP_LABELS[row["label"]], weight=0.9, kind=row["label"])


def cbd_poleval2019(row: Row) -> Example:
    """Polish tweets: cyberbullying and hate speech are toxic and negative."""
    harmful = row["sentiment"] == "negative"
    labels = {"toxicity": "toxic", "sentiment": "negative"} if harmful else {"toxicity": "ok"}
    return make(row, "cbd_poleval2019", labels, weight=0.7, meta={"label": row["label"]})


def germeval2021(row: Row) -> Example:
    """German talk-show comments; substantive = engaging or fact-claiming."""
    return make(
        row,
        "germeval2021",
        {
            "toxicity": "toxic" if row["toxic"] else "ok",
            "substance": "substantive" if row["label"] == "substantive" else "generic",
        },
        weight=0.4,
        meta={"engaging": row["engaging"], "fact_claiming": row["fact_claiming"]},
    )


def victsd_constructive_vi(row: Row) -> Example:
    """Vietnamese news comments: constructive, toxic."""
    return make(
        row,
        "victsd_constructive_vi",
        {
            "toxicity": "toxic" if row["toxic"] else "ok",
            "substance": "substantive" if row["label"] == "constructive" else "generic",
        },
        thread=row["article"],
        kind=row["topic"],
    )


def c3_constructive(row: Row) -> Example:
    """English news comments: constructive or not."""
    return make(
        row,
        "c3_constructive",
        {"substance": "substantive" if row["label"] == "constructive" else "generic"},
        group=f"c3/{row['article_id']}",
        meta={"constructive_mean": row["constructive_mean"], "agree": row["agree"]},
    )

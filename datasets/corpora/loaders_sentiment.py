"""Loaders of corpora of sentiment."""

from __future__ import annotations

from typing import Any

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.labels import POLARITY, THREE_POLARITIES, TWO_POLARITIES
from sedno.datasets.corpora.loaders import make
from sedno.datasets.corpora.loaders_gold import review_group
from sedno.datasets.corpora.rows import Row

MIXED_SENTENCE_WEIGHT = 0.35
"""Of sentences PolEmo calls ambivalent, gold calls 16 of 45 mixed: they were labelled with the
whole review in view."""


def _sentiment(
    row: Row, corpus: str, space: tuple[str, ...] | None = None, **fields: Any
) -> Example | None:
    if row["sentiment"] is None:
        return None
    label = POLARITY[row["sentiment"]]
    if space is not None:
        fields["label_space"] = {"sentiment": space}
    return make(row, corpus, {"sentiment": label}, **fields)


def polemo2_text(row: Row) -> Example | None:
    """Whole reviews, in the untokenised form."""
    domain = row["source"].removeprefix("polemo2:")
    return _sentiment(row, "polemo2_text", text=row["text_detok"], source=domain, kind=domain)


def polemo2_sentence(row: Row) -> Example | None:
    """Sentences of the same reviews; ``meta["in_text_split"]`` tells which must stay away."""
    domain = row["source"].removeprefix("polemo2:")
    return _sentiment(
        row,
        "polemo2_sentence",
        text=row["text_detok"],
        source=domain,
        kind=domain,
        weight=MIXED_SENTENCE_WEIGHT if row["sentiment"] == "ambivalent" else 0.9,
        meta={"in_text_split": row["in_text_split"]},
    )


def poleval2024_emosent(row: Row) -> Example | None:
    """Reviews and their sentences, grouped by review."""
    level = row["source"].removeprefix("poleval2024:")
    return _sentiment(
        row,
        "poleval2024_emosent",
        source=level,
        kind=level,
        group=review_group(row["id"]),
        weight=0.5 if row["sentiment"] == "ambivalent" and level == "sentence" else 0.85,
        meta={"in_text_split": row["in_polemo2_text_split"]},
    )


def wust_twitter_emotions(row: Row) -> Example | None:
    """Polish tweets; rows not recognised as Polish and rows without a majority are dropped."""
    if row["lang"] == "und":
        return None
    return _sentiment(
        row,
        "wust_twitter_emotions",
        THREE_POLARITIES,
        weight=0.8,
        meta={"agreement": row["agreement"]},
    )


def tweets_mozetic_pl(row: Row) -> Example | None:
    """Polish tweets called positive or negative by one annotator."""
    if row["lang"] == "und":
        return None
    return _sentiment(row, "tweets_mozetic_pl", TWO_POLARITIES, weight=0.5)


def tweets_mozetic_multi(row: Row) -> Example | None:
    """The same in twelve other languages."""
    return _sentiment(row, "tweets_mozetic_multi", TWO_POLARITIES, weight=0.5, kind=row["lang"])


def umsab_xlmt(row: Row) -> Example | None:
    """Tweets in eight languages, three balanced classes."""
    return _sentiment(row, "umsab_xlmt", THREE_POLARITIES, weight=0.7, kind=row["lang"])


def pl_shop_opinions(row: Row) -> Example | None:
    """Shop praise and operator complaints; the topic gives the class away."""
    return _sentiment(row, "pl_shop_opinions", TWO_POLARITIES, weight=0.3)


def mediakrytyk_reviews(row: Row) -> Example | None:
    """Critics' quotes; the score belongs to the whole review."""
    return _sentiment(
        row,
        "mediakrytyk_reviews",
        TWO_POLARITIES,
        weight=0.3,
        meta={"score": float(row["label"])},
    )

"""Loaders of questions by intent, and of raw comments."""

from __future__ import annotations

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.loaders import THREAD_CHARS, make
from sedno.datasets.corpora.rows import Row


def banking77(row: Row) -> Example:
    """Bank customers' questions, 77 intents; many rows state a problem and ask nothing."""
    return make(row, "banking77", {}, intent=row["label"])


def clinc150(row: Row) -> Example:
    """Utterances to an assistant, 150 intents and out of scope; many are commands."""
    return make(row, "clinc150", {}, intent=row["label"], kind=row["domain"])


def poleval2022_questions_pl(row: Row) -> Example:
    """Polish questions: trivia, law, and real ones of shop customers."""
    return make(row, "poleval2022_questions_pl", {"question": "question"}, kind=row["label"])


def pl_facebook_series(row: Row) -> Example:
    """Unlabelled comments on the pages of two series, with the post they stand under."""
    return make(
        row,
        "pl_facebook_series",
        {},
        source=row["page"],
        kind=row["page"],
        thread=(row["post_text"] or row["post_id"])[:THREAD_CHARS],
        context=row["post_text"] or None,
        meta={"author": row["author"], "date": row["date"]},
    )

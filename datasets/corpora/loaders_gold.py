"""Loaders of what was labelled or written for this project."""

from __future__ import annotations

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.labels import gold_labels
from sedno.datasets.corpora.loaders import THREAD_CHARS, make
from sedno.datasets.corpora.rows import Row


def gold_pl(row: Row) -> Example:
    """Comments labelled under the guide; dev keeps both annotators' answers."""
    annotations = tuple(gold_labels(row[who]) for who in ("a", "b") if who in row)
    return make(
        row,
        "gold_pl",
        gold_labels(row),
        context=row["context"] or None,
        thread=row["context"][:THREAD_CHARS] if row["source"] == "plfb" else None,
        group=review_group(row["id"]),
        kind=row["source"],
        annotations=annotations,
    )


def review_group(row_id: str) -> str | None:
    """The review a ``poleval2024-<review>-...`` row belongs to, ``None`` for other rows."""
    corpus, _, rest = row_id.partition("-")
    return f"poleval2024-{rest.split('-')[0]}" if corpus == "poleval2024" else None


def spam_pl(row: Row) -> Example:
    """Authored spam of many kinds, hard negatives and ordinary comments."""
    return make(row, "spam_pl", gold_labels(row), context=row["context"] or None, kind=row["kind"])


def questions_pl(row: Row) -> Example:
    """Authored customer questions: every row asks, and asking for information is substance."""
    return make(
        row,
        "questions_pl",
        {"question": "question", "substance": "substantive"},
        group=f"questions_pl/{row['label']}",
        kind=row["niche"],
        intent=row["label"],
        meta={"canonical": row["canonical"]},
    )

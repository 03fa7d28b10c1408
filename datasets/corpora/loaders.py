"""What all loaders share: the fields that mean the same in every corpus."""

from __future__ import annotations

from typing import Any, Final

from sedno.datasets.corpora.example import Example, Labels, Split
from sedno.datasets.corpora.rows import Row

SPLITS: Final[dict[str, Split]] = {
    "train": "train",
    "dev": "dev",
    "valid": "dev",
    "val": "dev",
    "dev-0": "dev",
    "test": "test",
    "holdout": "test",
    "test-A": "test",
    "test-B": "test",
    "oos_train": "train",
    "oos_val": "dev",
    "oos_test": "test",
}
"""Names the sources give their splits."""

UNKNOWN_LANGUAGES: Final = frozenset({"und", ""})


THREAD_CHARS: Final = 160
"""Gold keeps this much of a post's text; posts are named by it in both places."""


def make(row: Row, corpus: str, labels: Labels, **fields: Any) -> Example:
    """An example with the common fields of ``row``; ``fields`` add to or replace them.

    ``"pl*"`` (mostly Polish, not checked row by row) is taken as ``"pl"``.
    """
    language = str(row.get("lang") or "").rstrip("*")
    common: dict[str, Any] = {
        "id": row["id"],
        "text": row["text"],
        "language": None if language in UNKNOWN_LANGUAGES else language,
        "source": row.get("source"),
        "split": SPLITS.get(str(row.get("split"))),
    }
    return Example(corpus=corpus, labels=labels, **(common | fields))

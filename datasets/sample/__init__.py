"""A small set of comments that comes with the package: what the demonstration classifies.

Described in ``README.md`` beside this file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


def sample_path() -> Path:
    """The sample's file: JSON Lines in UTF-8, one comment a line."""
    return Path(__file__).with_name("comments.jsonl")


def load_sample() -> Iterator[dict[str, Any]]:
    """Yield the sample's comments in file order.

    Each has the fields of :class:`sedno.datasets.comment.Comment` as JSON values
    (``posted_at`` in ISO 8601 with an offset) and ``labels``: one label a task, by the
    names of :mod:`sedno.models.taxonomy`.
    """
    with sample_path().open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)

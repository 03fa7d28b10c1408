"""Comments kept for judging models, which no training corpus may give out."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.loaders_gold import gold_pl
from sedno.datasets.corpora.rows import FILE_NAME, read_rows
from sedno.datasets.textkey import text_key


@dataclass(frozen=True, slots=True)
class Reserved:
    """Ids and text keys of reserved comments; ``example in reserved`` asks for either."""

    ids: frozenset[str]
    keys: frozenset[str]

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Reserved:
        """Reserve ``examples``."""
        kept = tuple(examples)
        return cls(
            frozenset(example.id for example in kept),
            frozenset(text_key(example.text) for example in kept),
        )

    def __contains__(self, example: Example) -> bool:
        return example.id in self.ids or text_key(example.text) in self.keys


@functools.lru_cache(maxsize=4)
def gold_reserved(root: Path) -> Reserved:
    """Gold dev under ``root``; nothing where gold is not there, as nothing can then be judged."""
    path = root / "gold_pl" / FILE_NAME
    if not path.is_file():
        return Reserved(frozenset(), frozenset())
    rows = (row for _, row in read_rows(path) if row["split"] == "dev")
    return Reserved.of(gold_pl(row) for row in rows)

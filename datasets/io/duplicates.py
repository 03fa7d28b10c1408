"""Counts identifiers that were seen before, in constant memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b
from types import TracebackType
from typing import Final, Self

_HASH_BYTES: Final = 8
_CACHE_KIB: Final = 32 << 10


class DuplicateIds:
    """Counts repeats over a stream of identifiers.

    It keeps a 64-bit hash of each in a temporary SQLite table that lives in memory up to
    32 MiB and then on disk, and vanishes with the process. Two of a million different ids
    share a hash with a chance of 3 in 100 million, of a billion with 1 in 40.

    Attributes:
        seen: Identifiers added so far.
        repeated: How many of them equal an earlier one.
    """

    def __init__(self) -> None:
        self.seen = 0
        self.repeated = 0
        # The empty name is a private file that SQLite makes and deletes itself.
        self._table = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            f"PRAGMA cache_size = -{_CACHE_KIB}",
            "CREATE TABLE ids (hash INTEGER PRIMARY KEY)",
            "BEGIN",
        ):
            self._table.execute(statement)

    def add(self, ids: Iterable[str]) -> int:
        """Takes identifiers and returns how many of them were there before, or twice here."""
        hashes = [(_hash(identifier),) for identifier in ids]
        before = self._table.total_changes
        self._table.executemany("INSERT OR IGNORE INTO ids VALUES (?)", hashes)
        repeated = len(hashes) - (self._table.total_changes - before)
        self.seen += len(hashes)
        self.repeated += repeated
        return repeated

    def close(self) -> None:
        """Deletes the table."""
        self._table.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _hash(identifier: str) -> int:
    digest = blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=_HASH_BYTES).digest()
    return int.from_bytes(digest, "big", signed=True)

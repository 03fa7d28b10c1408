"""Cuts a stream of rows into chunks that depend on the input alone, and tells how far it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sedno.datasets.io.reader import Reader
from sedno.datasets.io.rows import Row

FIRST_ROWS = 16
_GROWTH = 4
MAX_CHARS = 4_000_000
"""Characters after which a chunk ends early: rows may be megabytes long, memory may not."""


def cut(rows: Iterable[Row], most: int) -> Iterator[list[Row]]:
    """Cuts ``rows`` into chunks, small ones first, so that the first answers come soon.

    Where it cuts depends on nothing but the rows, so a second reading cuts in the same places.

    Args:
        rows: The rows, in order.
        most: Most rows of a chunk.
    """
    size, chars = min(most, FIRST_ROWS), 0
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        chars += _size(row)
        if len(chunk) >= size or chars >= MAX_CHARS:
            yield chunk
            chunk, chars = [], 0
            size = min(most, size * _GROWTH)
    if chunk:
        yield chunk


def _size(row: Row) -> int:
    """Characters of a row, about; rows of Parquet have no raw form, only values."""
    return len(row.raw) or sum(map(_length, row.values.values()))


def _length(value: object) -> int:
    if isinstance(value, str | bytes):
        return len(value)
    if isinstance(value, Mapping):
        return sum(map(_length, value.values()))
    return sum(map(_length, value)) if isinstance(value, list | tuple) else 1


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        rows: Rows dealt with, those of earlier sessions included.
        share: Share of the input that is read, from 0 to 1; ``None`` where not known.
        answering: Whether rows are being answered; before that, those which an earlier
            session dealt with are passed over.
    """

    rows: int
    share: float | None
    answering: bool = True


OnProgress = Callable[[Progress], None]


class Meter:
    """Counts rows and estimates which share of the input they are.

    Args:
        reader: The input.
        limit: Most rows read.

    Attributes:
        rows: Rows counted so far.
    """

    def __init__(self, reader: Reader, limit: int | None) -> None:
        self.rows = 0
        self._bytes = 0
        self._reader = reader
        self._limit = limit

    def add(self, rows: Sequence[Row]) -> None:
        """Counts rows."""
        self.rows += len(rows)
        self._bytes += sum(len(row.raw.encode(errors="replace")) + 1 for row in rows)

    @property
    def share(self) -> float | None:
        """Share of the input that is read; ``None`` where nobody knows its end."""
        reader = self._reader
        shares = []
        if self._limit:
            shares.append(self.rows / self._limit)
        if reader.total_rows:
            shares.append(self.rows / reader.total_rows)
        elif reader.size and reader.position is not None:
            # The reader is ahead by its buffer, which may hold all of a short file; the rows
            # are ahead of the stored bytes where these are compressed.
            shares.append(min(reader.position, self._bytes) / reader.size)
        # Whichever comes first ends the job.
        return min(1.0, max(shares)) if shares else None

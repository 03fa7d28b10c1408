"""Parquet: rows streamed a batch at a time with pyarrow (extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.errors import InputError, MissingExtraError
from sedno.datasets.io.rows import Record, RowError

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as _error:
    raise MissingExtraError("Parquet", "parquet") from _error

_BATCH_ROWS: Final = 1_024
_BUFFER_BYTES: Final = 1 << 20


class ParquetRecords:
    """The records of a Parquet file.

    Attributes:
        columns: Names of the columns.
        fields: Field of the comment -> column.
        notes: Always empty.
        rows: Number of records in the file.

    Raises:
        InputError: The file is not Parquet or is damaged.
        ColumnError: No column holds the text, or a named one is missing.
    """

    delimiter: str | None = None

    def __init__(self, path: str, columns: Columns, start_index: int = 0) -> None:
        if not Path(path).is_file():
            Path(path).open("rb").close()  # says what is wrong as the system says it
            raise InputError(path, "Parquet is read from a file, not from a pipe or a device")
        try:
            # Without buffer_size a whole row group is held, which may be the whole file.
            self._file = pq.ParquetFile(path, buffer_size=_BUFFER_BYTES, pre_buffer=False)
        except (pa.ArrowException, OSError) as error:
            detail = f"is not a readable Parquet file ({_first_line(error)}); write it again"
            raise InputError(path, detail) from error
        self._start = start_index
        self.notes: tuple[str, ...] = ()
        self.rows: int = self._file.metadata.num_rows
        self.columns: tuple[str, ...] = tuple(self._file.schema_arrow.names)
        self.fields: Mapping[str, str] = columns.check(self.columns, path)

    def __iter__(self) -> Iterator[Record]:
        """The records from ``start_index`` on; whole row groups before it are not read."""
        first = 0
        for group in range(self._file.num_row_groups):
            count = self._file.metadata.row_group(group).num_rows
            if first + count > self._start:
                yield from self._group(group, first, count)
            first += count

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _group(self, group: int, first: int, count: int) -> Iterator[Record]:
        index = first
        batches = self._file.iter_batches(
            batch_size=_BATCH_ROWS, row_groups=[group], use_threads=False
        )
        while index < first + count:
            try:
                batch = next(batches)
            except (pa.ArrowException, OSError, StopIteration) as error:
                yield from self._lost(index, first + count, group, error)
                return
            end = index + batch.num_rows
            if end > self._start:
                skip = max(0, self._start - index)
                index += skip
                yield from _records(batch.slice(skip), index + 1)
            index = end

    def _lost(self, index: int, end: int, group: int, error: Exception) -> Iterator[Record]:
        detail = (
            f"row group {group + 1} is damaged ({_first_line(error)}), so rows {index + 1} to "
            f"{end} cannot be read; write the file again"
        )
        for row in range(max(index, self._start), end):
            yield Record(row + 1, "", None, RowError("broken_row_group", row + 1, detail))


def _records(batch: Any, line: int) -> Iterator[Record]:
    try:
        rows = batch.to_pylist()
        warnings: dict[int, str] = {}
    except UnicodeDecodeError:
        rows, warnings = _mended(batch)
    for position, values in enumerate(rows):
        warning = None
        if position in warnings:
            detail = f"column {warnings[position]!r} has bytes that are not UTF-8; they are U+FFFD"
            warning = RowError("undecodable_bytes", line + position, detail)
        yield Record(line + position, "", values, warning=warning)


def _mended(batch: Any) -> tuple[list[dict[str, Any]], dict[int, str]]:
    """The rows of a batch that has bytes which are not UTF-8, and the columns at fault."""
    rows: list[dict[str, Any]] = [{} for _ in range(batch.num_rows)]
    warnings: dict[int, str] = {}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        for position, value in enumerate(column):
            try:
                rows[position][name] = value.as_py()
            except UnicodeDecodeError:
                buffer = getattr(value, "as_buffer", None)
                data = b"\xff" if buffer is None else buffer().to_pybytes()
                rows[position][name] = data.decode("utf-8", "replace")
                warnings[position] = name
    return rows, warnings


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]

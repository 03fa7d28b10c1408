"""Opens any input as a stream of rows."""

from __future__ import annotations

import itertools
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_dialect import CsvOptions
from sedno.datasets.io.csv_format import CsvRecords
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.formats import STANDARD_STREAM, Format, kind_of, sniff_format
from sedno.datasets.io.jsonl import JsonlRecords
from sedno.datasets.io.lines import TextLines
from sedno.datasets.io.row_builder import RowBuilder
from sedno.datasets.io.rows import Record, Row
from sedno.datasets.io.source import Source, open_source


class Records(Protocol):
    """What a format gives: records in order, and what it found out about the file."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns; for JSONL the keys of the first object."""

    @property
    def fields(self) -> Mapping[str, str]:
        """Field of the comment -> column; for JSONL those of the first object."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the file was read."""

    @property
    def delimiter(self) -> str | None:
        """What separates the fields of CSV and TSV."""

    def __iter__(self) -> Iterator[Record]: ...


@dataclass(slots=True)
class ReadStats:
    """What has been read so far.

    Attributes:
        rows: Rows given, those with an error included.
        errors: Rows with an error, by code.
        warnings: Warnings, by code.
    """

    rows: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)


class Reader:
    """A stream of rows in constant memory; iterate it once, inside ``with``.

    Attributes:
        name: What the input is called in errors.
        format: The format in which it is read.
        columns: Names of its columns; for JSONL the keys of its first object.
        fields: Field of the comment -> column, so that a person can see what was taken for
            what; for JSONL those of its first object.
        delimiter: What separates the fields of CSV and TSV; ``None`` otherwise and for a
            single column.
        size: Bytes of the stored file; ``None`` for a pipe.
        total_rows: Number of records, where the format says so without reading (Parquet).
        stats: Counts of what was given so far.
    """

    def __init__(
        self,
        name: str,
        format: Format,  # noqa: A002 - the word callers use
        records: Records,
        builder: RowBuilder,
        *,
        start_index: int,
        source: Source | None,
        lines: TextLines | None,
        total_rows: int | None,
    ) -> None:
        self.name = name
        self.format = format
        self.columns = records.columns
        self.fields = records.fields
        self.delimiter = records.delimiter
        self.size = None if source is None else source.size
        self.total_rows = total_rows
        self.stats = ReadStats()
        self._records = records
        self._builder = builder
        self._start = start_index
        self._source = source
        self._lines = lines

    def __iter__(self) -> Iterator[Row]:
        stats, build = self.stats, self._builder.build
        records = iter(self._records)
        if self._source is not None and self._start:
            # The formats over lines are walked through; Parquet has skipped by itself.
            next(itertools.islice(records, self._start, self._start), None)
        for index, record in enumerate(records, self._start):
            row = build(index, record)
            stats.rows += 1
            if row.error is not None:
                stats.errors[row.error.code] += 1
            for warning in row.warnings:
                stats.warnings[warning.code] += 1
            yield row

    @property
    def encoding(self) -> str | None:
        """The encoding in use; ``None`` for Parquet and while only ASCII was seen."""
        return None if self._lines is None else self._lines.encoding

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the input was read so far."""
        notes = self._records.notes
        if self._source is not None:
            notes = self._source.notes + notes
        if self._lines is not None and self._lines.guessed_at is not None:
            note = (
                f"the encoding was taken for {self._lines.encoding} from line "
                f"{self._lines.guessed_at} on; if letters look wrong, say it with --encoding"
            )
            notes = (*notes, note)
        return notes

    @property
    def position(self) -> int | None:
        """Bytes of the stored file read so far, for a progress bar; ``None`` for a pipe."""
        return None if self._source is None else self._source.position

    def close(self) -> None:
        """Closes the file; standard input stays open."""
        if self._source is not None:
            self._source.close()
        close = getattr(self._records, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_reader(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - the word callers use
    columns: Columns = Columns(),  # noqa: B008 - frozen
    csv: CsvOptions = CsvOptions(),  # noqa: B008 - frozen
    encoding: str | None = None,
    start_index: int = 0,
    extra: bool = True,
    strict: bool = False,
) -> Reader:
    """Opens CSV, TSV, JSONL (each also gzipped) or Parquet for reading.

    A broken record is a row with an error, never an exception, and costs no other record.

    Args:
        path: A file, or ``-`` for standard input.
        format: ``csv``, ``tsv``, ``jsonl`` or ``parquet``; by the ending where ``None``, and
            by the first character for standard input.
        columns: Which columns to take, where their names do not tell.
        csv: How CSV is written, where sniffing is wrong.
        encoding: How text is encoded, where guessing is wrong.
        start_index: Number of records to pass over.
        extra: Whether to keep the columns that are no field of a comment.
        strict: Whether records with damage that could be borne (undecodable bytes, NUL
            bytes, stray quotes) are errors instead of comments with a warning.

    Raises:
        OSError: The file cannot be opened.
        InputError: It cannot be read as a whole: unknown format, not text, no header.
        ColumnError: No column holds the text, or a named one is missing.
        MissingExtraError: Parquet without the extra that reads it.
    """
    name = os.fspath(path)
    kind = kind_of(name, format)
    if kind.format is Format.PARQUET:
        if name == STANDARD_STREAM:
            raise InputError(
                "standard input", "Parquet cannot be read from a pipe; give the file's name"
            )
        return _open_parquet(name, columns, start_index, extra=extra, strict=strict)
    source = open_source(name, encoding=encoding)
    try:
        lines = TextLines(source)
        found = kind.format or sniff_format(b"".join(lines.peek(max_lines=1)))
        if found is Format.TSV and csv.delimiter is None:
            csv = CsvOptions("\t", csv.quote, csv.escape, csv.header)
        records: Records
        fixed: Mapping[str, str] | None = None
        if found is Format.JSONL:
            records = JsonlRecords(lines, columns, source.name)
        else:
            records = CsvRecords(lines, csv, columns, source.name)
            fixed = records.fields
    except BaseException:
        source.close()
        raise
    return Reader(
        source.name,
        found,
        records,
        RowBuilder(columns, fixed=fixed, extra=extra, strict=strict),
        start_index=start_index,
        source=source,
        lines=lines,
        total_rows=None,
    )


def _open_parquet(
    name: str, columns: Columns, start_index: int, *, extra: bool, strict: bool
) -> Reader:
    from sedno.datasets.io.parquet import ParquetRecords  # noqa: PLC0415 - pyarrow is an extra

    records = ParquetRecords(name, columns, start_index)
    return Reader(
        name,
        Format.PARQUET,
        records,
        RowBuilder(columns, fixed=records.fields, extra=extra, strict=strict),
        start_index=start_index,
        source=None,
        lines=None,
        total_rows=records.rows,
    )

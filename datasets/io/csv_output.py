"""Rows as CSV and TSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sedno.datasets.io.answer_table import Column
from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.spreadsheet import no_formula

_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d+)?\Z")
_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class CsvOutput:
    """How CSV and TSV are written.

    Attributes:
        delimiter: One character; ``None`` for a comma, or a tab in TSV.
        bom: Whether the file begins with the mark by which Excel knows UTF-8.
        excel_safe: Whether an apostrophe is put before a text of the input that a
            spreadsheet program would run as a formula (it begins with ``= + - @``, a tab or a
            line end, and is no plain number). Off for data that programs read: there it would
            change ids and texts such as ``@jan``.
        crlf: Whether lines end as on Windows.
    """

    delimiter: str | None = None
    bom: bool = False
    excel_safe: bool = False
    crlf: bool = False


EXCEL: Final = CsvOutput(delimiter=";", bom=True, excel_safe=True, crlf=True)
"""CSV that a double click opens well in Excel with Polish settings, and without danger."""


class CsvEncoder:
    """Encodes rows as CSV in UTF-8.

    Args:
        columns: The columns.
        options: How to write.
        delimiter: The delimiter where the options leave it open.

    Raises:
        OutputError: The delimiter is not one character.
    """

    def __init__(self, columns: Sequence[Column], options: CsvOutput, delimiter: str) -> None:
        delimiter = options.delimiter or delimiter
        if len(delimiter) != 1 or delimiter in '"\r\n':
            raise OutputError("delimiter", f"must be one character, not {delimiter!r}")
        self._columns = tuple(columns)
        self._options = options
        end = "\r\n" if options.crlf else "\n"
        self._buffer = io.StringIO()
        self._writer = csv.writer(self._buffer, delimiter=delimiter, lineterminator=end)
        # The csv module leaves a lone carriage return bare, which no reader would take.
        self._quoting = csv.writer(
            self._buffer, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL
        )

    def header(self) -> bytes:
        """The line of column names, behind the byte order mark where one is wanted."""
        safe = self._options.excel_safe
        names = [_cell(column.name, guard=safe and column.foreign) for column in self._columns]
        data = self._encode([names])
        return _MARK + data if self._options.bom else data

    def rows(self, rows: Iterable[Sequence[Any]]) -> bytes:
        """Lines for rows whose values stand in the order of the columns."""
        safe = self._options.excel_safe
        return self._encode(
            [
                _cell(value, guard=safe and column.foreign)
                for value, column in zip(row, self._columns, strict=True)
            ]
            for row in rows
        )

    def _encode(self, rows: Iterable[list[str]]) -> bytes:
        self._buffer.seek(0)
        self._buffer.truncate()
        for cells in rows:
            bare = any("\r" in cell for cell in cells)
            (self._quoting if bare else self._writer).writerow(cells)
        text = self._buffer.getvalue()
        try:
            return text.encode("utf-8")
        except UnicodeEncodeError:
            # Lone surrogates, which only JSON escapes can bring in.
            return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def _cell(value: Any, *, guard: bool) -> str:
    if value is None:
        return ""
    if value is True or value is False:
        return "true" if value else "false"
    text = value if isinstance(value, str) else str(value)
    return no_formula(text) if guard and not _NUMBER.match(text) else text

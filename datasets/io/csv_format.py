"""CSV and TSV: records over the ``csv`` module, none lost to a broken one before it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.csv_dialect import CsvOptions, Dialect, find_dialect
from sedno.datasets.io.csv_feed import LineFeed
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.lines import TextLine, TextLines
from sedno.datasets.io.rows import Record, RowError, shown

_NO_HEADER = "if the first line is already a comment, say --no-header (header=False)"


class CsvRecords:
    """The records of a CSV or TSV file.

    The parser is strict, so that a forgotten quote is found at the next quote instead of
    swallowing the record after it. Where a record breaks, only its first physical line is
    given up; reading goes on with the next line.

    Attributes:
        columns: Names of the columns, made distinct; empty for an empty file.
        fields: Field of the comment -> column.
        notes: What a person should know about how the file was read.

    Raises:
        InputError: The header cannot be read.
        ColumnError: No column holds the text, or a named one is missing.
    """

    def __init__(self, lines: TextLines, options: CsvOptions, columns: Columns, name: str) -> None:
        self._dialect = find_dialect(options, columns, lines, name)
        self._feed = LineFeed(iter(lines))
        self._parser = csv.reader(self._feed, **self._dialect.parameters(strict=True))
        self._first: list[Record] = []
        self.columns: tuple[str, ...] = ()
        self.fields: Mapping[str, str] = {}
        self.notes: tuple[str, ...] = ()
        for _ in range(self._dialect.lines_before):
            next(self._feed)
        if options.header:
            self._read_header(columns, name)
        else:
            self._number_columns(columns, name)

    @property
    def delimiter(self) -> str | None:
        """What separates the fields; ``None`` for a single column."""
        return None if self._dialect.single_column else self._dialect.delimiter

    def __iter__(self) -> Iterator[Record]:
        yield from self._first
        self._first = []
        feed, parser, names, width = self._feed, self._parser, self.columns, len(self.columns)
        while True:
            feed.begin()
            try:
                fields = next(parser)
            except StopIteration:
                unreadable = feed.unreadable()
                if unreadable is None:
                    return
                yield _unreadable(unreadable)
                continue
            except csv.Error as error:
                yield self._broken(error)
                continue
            if not fields:
                continue
            line = feed.taken[0]
            if len(fields) != width and not _only_empty_more(fields, width):
                yield self._miscounted(len(fields))
            elif len(feed.taken) == 1 and line.flaw is None and "\0" not in line.text:
                raw = line.text.rstrip("\r\n")
                yield Record(line.number, raw, dict(zip(names, fields, strict=False)))
            else:
                yield self._record(fields)

    def _read_header(self, columns: Columns, name: str) -> None:
        fields: list[str] = []
        while not fields:
            self._feed.begin()
            try:
                fields = next(self._parser)
            except StopIteration:
                line = self._feed.unreadable()
                if line is None:
                    return
                raise InputError(name, str(_unreadable(line).error)) from None
            except csv.Error as error:
                raise InputError(name, _header_error(self._feed.taken[0], error)) from error
        self.columns = _distinct(fields)
        self.fields = columns.check(self.columns, name, hint=f"; {_NO_HEADER}")
        if len(fields) == 1 and "text" not in columns.pick(self.columns):
            only = shown(self.columns[0])
            self.notes = (
                f"the first line, {only}, was taken for the name of the only column; {_NO_HEADER}",
            )

    def _number_columns(self, columns: Columns, name: str) -> None:
        """Numbers the columns after the first record that can be read."""
        broken: list[Record] = []
        fields: list[str] = []
        while not fields:
            self._feed.begin()
            try:
                fields = next(self._parser)
            except StopIteration:
                line = self._feed.unreadable()
                if line is None:
                    break
                broken.append(_unreadable(line))
            except csv.Error as error:
                broken.append(self._broken(error))
        self.columns = tuple(str(number + 1) for number in range(len(fields)))
        if fields:
            self.fields = columns.check(self.columns, name)
            broken.append(self._record(fields))
        self._first = broken

    def _record(self, fields: list[str], warning: RowError | None = None) -> Record:
        taken = self._feed.taken
        first = taken[0].number
        raw = "".join(line.text for line in taken).rstrip("\r\n")
        if warning is None:
            flaw = next((line.flaw for line in taken if line.flaw is not None), None)
            if flaw is not None:
                warning = RowError(flaw.code, first, flaw.detail)
            elif "\0" in raw:
                warning = RowError("nul_bytes", first, NUL_DETAIL)
        values = dict(zip(self.columns, fields, strict=False))
        return Record(first, raw, values, warning=warning)

    def _broken(self, error: csv.Error) -> Record:
        """Gives up a record's first line, or saves it where the line makes sense alone."""
        many = len(self._feed.taken)
        line = self._feed.keep_first()
        fields = _lenient(self._dialect, line)
        unclosed = many > 1 or "end of data" in str(error)
        if (
            not unclosed
            and fields is not None
            and len(fields) == len(self.columns)
            and (len(fields) > 1 or _even_quotes(self._dialect, line))
        ):
            return self._record(fields, RowError("stray_quote", line.number, _READ_AS_IT_LOOKS))
        if unclosed:
            code, detail = "unclosed_quote", _UNCLOSED
        elif "field larger" in str(error):
            code = "field_too_long"
            detail = (
                f"a field has more than {csv.field_size_limit():,} characters; shorten it or "
                "leave the column out"
            )
        else:
            code, detail = "stray_quote", _STRAY
        raw = line.text.rstrip("\r\n")
        return Record(line.number, raw, None, RowError(code, line.number, detail))

    def _miscounted(self, count: int) -> Record:
        line = self._feed.keep_first()
        detail = (
            f"{count} fields where the first record has {len(self.columns)}; a text that holds "
            f"the delimiter {self._dialect.delimiter!r}, a quote or a line break must stand in "
            "quotes"
        )
        raw = line.text.rstrip("\r\n")
        return Record(line.number, raw, None, RowError("field_count", line.number, detail))


NUL_DETAIL = "NUL bytes were left out; the file may be damaged, or UTF-16 without a mark"
_READ_AS_IT_LOOKS = (
    "a quote or carriage return stands where none may; the line was read as it looks. Double "
    'the quotes inside a field ("") or say with --escape how they are escaped '
    "(CsvOptions(escape=...))"
)
_STRAY = (
    "a quote or carriage return stands where none may, so the fields cannot be told apart; "
    'double the quotes inside a field ("") or say with --escape how they are escaped '
    "(CsvOptions(escape=...))"
)
_UNCLOSED = (
    "a quote is opened and not closed where a field ends; the line was passed over and reading "
    'went on with the next. Close the quote, or double it ("") if it belongs to the text'
)


def _only_empty_more(fields: list[str], width: int) -> bool:
    return len(fields) > width and not any(fields[width:])


def _lenient(dialect: Dialect, line: TextLine) -> list[str] | None:
    """The fields of one line by itself, with quotes taken as they come."""
    text = line.text.rstrip("\r\n").replace("\r", " ")
    try:
        return next(csv.reader([text], **dialect.parameters(strict=False)), None)
    except csv.Error:
        return None


def _even_quotes(dialect: Dialect, line: TextLine) -> bool:
    return dialect.quote is None or line.text.count(dialect.quote) % 2 == 0


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Names of columns without repeats or blanks: ``a, a, ""`` -> ``a, a (2), 3``."""
    out: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        wanted = clean = name.strip() or str(number)
        count = 1
        while wanted in out:
            count += 1
            wanted = f"{clean} ({count})"
        out[wanted] = None
    return tuple(out)


def _unreadable(line: TextLine) -> Record:
    code, detail = (line.flaw.code, line.flaw.detail) if line.flaw else ("unreadable", "")
    return Record(line.number, line.text, None, RowError(code, line.number, detail))


def _header_error(line: TextLine, error: csv.Error) -> str:
    if "new-line" in str(error):
        return (
            "lines end in a carriage return alone, as old Macintosh programs write them; "
            "turn them into line feeds, for example: tr '\\r' '\\n' < FILE"
        )
    return (
        f"line {line.number}: the header {shown(line.text.strip())} cannot be read ({error}); "
        "close its quotes, or say --quote none (quote=None) if quotes are ordinary characters"
    )

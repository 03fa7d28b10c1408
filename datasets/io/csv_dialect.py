"""How a CSV file is written: told by options, or found from its first lines."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.lines import TextLines

_CANDIDATES: Final = (",", ";", "\t", "|")
_NAMED: Final = {"tab": "\t", r"\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
_NONE: Final = "\x1f"
"""Stands for "no delimiter" where a file has one column: commas in it are then text."""

_LEAST_AGREEMENT: Final = 0.9
_SEP_LINE: Final = re.compile(r'"?sep=(.)"?\r?\n?$')


@dataclass(frozen=True, slots=True)
class CsvOptions:
    r"""How to read CSV and TSV, where the caller knows better than the sniffer.

    Attributes:
        delimiter: One character, or ``tab``; ``None`` to find it (tab for TSV).
        quote: What encloses a field; ``None`` where quotes are ordinary characters.
        escape: What stands before a quote inside a field (``\``), where quotes are not
            doubled; ``None`` for doubled quotes.
        header: Whether the first record names the columns. Without it they are called
            ``1``, ``2``, and so on.
    """

    delimiter: str | None = None
    quote: str | None = '"'
    escape: str | None = None
    header: bool = True


@dataclass(frozen=True, slots=True)
class Dialect:
    """Settled parameters of the ``csv`` module.

    Attributes:
        delimiter: One character.
        quote: One character, or ``None``.
        escape: One character, or ``None``.
        lines_before: Lines to pass over before the first record (Excel's ``sep=;``).
    """

    delimiter: str
    quote: str | None
    escape: str | None
    lines_before: int = 0

    def parameters(self, *, strict: bool) -> dict[str, Any]:
        """Keyword arguments for ``csv.reader``."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "escapechar": self.escape,
            "doublequote": self.escape is None,
            "strict": strict,
        }

    @property
    def single_column(self) -> bool:
        """Whether no delimiter was found."""
        return self.delimiter == _NONE


def find_dialect(options: CsvOptions, columns: Columns, lines: TextLines, name: str) -> Dialect:
    """Settles the dialect.

    A header that names the text column decides the delimiter by itself, so that a slow pipe
    is not waited for. Otherwise it is the candidate that cuts the header and nearly all
    records of the first 64 KiB into the same number of fields, and none if no candidate does.

    Args:
        options: What the caller knows.
        columns: Names of columns the caller knows.
        lines: The input, of which none is taken.
        name: What to call the input in errors.

    Raises:
        InputError: An option is not one character.
    """
    given = options.delimiter
    told = given if given is None else _one(_NAMED.get(given.lower(), given), "delimiter", name)
    quote = None if options.quote is None else _one(options.quote, "quote", name)
    escape = None if options.escape is None else _one(options.escape, "escape", name)
    first = lines.sample(max_lines=1)
    before = 0
    if first and (match := _SEP_LINE.match(first[0])):
        before, told = 1, told or match[1]
    if told is not None:
        return Dialect(told, quote, escape, before)
    if options.header and not (quote and first and first[0].count(quote) % 2):
        best = _best(quote, escape, columns, first, header=True)
        if best is not None and best[0][0]:
            return Dialect(best[1], quote, escape)
    best = _best(quote, escape, columns, lines.sample(), header=options.header)
    return Dialect(_NONE if best is None else best[1], quote, escape)


_Score = tuple[bool, float, int]


def _best(
    quote: str | None, escape: str | None, columns: Columns, lines: Sequence[str], *, header: bool
) -> tuple[_Score, str] | None:
    best: tuple[_Score, str] | None = None
    for candidate in _CANDIDATES:
        score = _score(Dialect(candidate, quote, escape), columns, lines, header)
        if score is not None and (best is None or score > best[0]):
            best = (score, candidate)
    return best


def _score(dialect: Dialect, columns: Columns, lines: Sequence[str], header: bool) -> _Score | None:
    """How well a delimiter fits: names the text, share of records that agree, fields."""
    records = _records(dialect, lines)
    if not records:
        return None
    # Where a told name is wrong the aliases still tell, and so the error can name the columns.
    names_text = (
        header
        and len(records[0]) > 1
        and any("text" in known.pick(records[0]) for known in (columns, Columns()))
    )
    counts = Counter(map(len, records))
    fields = len(records[0]) if header else counts.most_common(1)[0][0]
    if fields == 1:
        return None
    share = counts[fields] / len(records)
    if not names_text and share < _LEAST_AGREEMENT:
        return None
    return names_text, share, fields


def _records(dialect: Dialect, lines: Sequence[str]) -> list[list[str]]:
    reader = csv.reader(lines, **dialect.parameters(strict=False))
    try:
        return [record for record in reader if record]
    except csv.Error:
        return []


def _one(value: str, option: str, name: str) -> str:
    if len(value) != 1 or value in "\r\n":
        raise InputError(name, f"the {option} must be one character, not {value!r}")
    return value

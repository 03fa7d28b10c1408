"""Rows as downloads that are written while they are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import orjson


def json_lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """Each row as a JSON object and a line end."""
    for row in rows:
        yield orjson.dumps(dict(row), option=orjson.OPT_APPEND_NEWLINE)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[bytes]:
    """A line with the columns' names, then a line for each row of cells."""
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow(columns)
    for row in rows:
        lines.writerow(row)
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()

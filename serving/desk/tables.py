"""Tables as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from sedno.datasets.io.spreadsheet import no_formula


def written(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV, UTF-8; no text in it is taken for a formula."""
    buffer = io.StringIO()
    table = csv.writer(buffer)
    table.writerow(heads)
    for row in rows:
        table.writerow([_cell(value) for value in row])
    return buffer.getvalue().encode()


def _cell(value: object) -> object:
    if value is None:
        return ""
    # A number stays one: a spreadsheet runs texts alone.
    return value if isinstance(value, int | float) else no_formula(str(value))

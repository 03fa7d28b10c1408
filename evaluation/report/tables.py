"""Markdown tables that also read well in a terminal, and the way figures are written."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

from sedno.evaluation.bootstrap import Interval


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """An aligned Markdown table.

    Args:
        header: Column titles.
        rows: Cells, as many a row as there are titles.
        left: How many of the first columns are aligned to the left; the others, being
            figures, are aligned to the right.

    Raises:
        ValueError: A row has another number of cells than the header.
    """
    cells = [[cell.replace("|", "\\|") for cell in row] for row in (header, *rows)]
    for row in cells:
        if len(row) != len(header):
            raise ValueError(f"table: row {row} has {len(row)} cells, the header {len(header)}")
    widths = [max(3, *(_width(row[at]) for row in cells)) for at in range(len(header))]
    rule = [
        "-" * width if at < left else "-" * (width - 1) + ":" for at, width in enumerate(widths)
    ]
    lines = [_line(cells[0], widths, left), f"| {' | '.join(rule)} |"]
    lines += [_line(row, widths, left) for row in cells[1:]]
    return "\n".join(lines)


def figure(value: float | None, places: int = 3) -> str:
    """A figure, a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{value:.{places}f}"


def percent(value: float | None, places: int = 1) -> str:
    """A share as a percentage, a dash where there is none."""
    return "–" if value is None or math.isnan(value) else f"{100 * value:.{places}f} %"


def with_interval(value: Interval, places: int = 3) -> str:
    """A figure with its 95 % interval, ``.853 [.812, .889]``."""
    low, high = figure(value.low, places), figure(value.high, places)
    return f"{figure(value.value, places)} [{low}, {high}]"


def signed(value: Interval, places: int = 3) -> str:
    """A difference with its interval; a star says that the interval is clear of zero."""
    star = " *" if value.clear_of_zero else ""
    low, high = f"{value.low:+.{places}f}", f"{value.high:+.{places}f}"
    return f"{value.value:+.{places}f} [{low}, {high}]{star}"


def _line(cells: Sequence[str], widths: Sequence[int], left: int) -> str:
    padded = [
        cell + " " * (width - _width(cell)) if at < left else " " * (width - _width(cell)) + cell
        for at, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return f"| {' | '.join(padded)} |"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

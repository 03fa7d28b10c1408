"""What a study found: figures in rows and columns, frozen, for reports and floors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sedno.evaluation.bootstrap import Interval


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one subject.

    Attributes:
        subject: What was measured, named as floors name it.
        figures: Name of the figure -> its value and interval.
        note: What a reader must know of this row.
        seen: Whether the artefact may have learned from what was measured on.
    """

    subject: str
    figures: Mapping[str, Interval]
    note: str = ""
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """One table of a study.

    Attributes:
        key: Name within the study; floors name the panel ``study/key``.
        title: What the table shows, for readers.
        rows: Its rows.
        signed: Whether the figures are differences, so that a star may mark those whose
            interval is clear of zero.
        places: Decimal places of the figures.
    """

    key: str
    title: str
    rows: tuple[Row, ...]
    signed: bool = False
    places: int = 3

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of all figures, in the order in which they first occur."""
        return tuple(dict.fromkeys(name for row in self.rows for name in row.figures))


@dataclass(frozen=True, slots=True)
class StudyResult:
    """All that one study found.

    Attributes:
        name: Key in the catalogue and in reports.
        title: One line for readers.
        protocol: What was done, and what the figures may be compared with.
        panels: Its tables.
        seconds: How long it took.
    """

    name: str
    title: str
    protocol: str
    panels: tuple[Panel, ...]
    seconds: float = 0.0

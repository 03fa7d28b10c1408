"""What a reader gives for each record: a comment, or why there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from sedno.datasets.comment import Comment

NOTHING: Final[Mapping[str, object]] = MappingProxyType({})
_SHOWN_CHARS: Final = 60


@dataclass(frozen=True, slots=True)
class RowError:
    """What is wrong with one record.

    Attributes:
        code: A stable word for programs (``docs/files.md`` lists them).
        line: Physical line on which the record starts, from 1; for Parquet its row number.
        detail: The value at fault and the remedy, for a person.
        field: The field at fault, where it is one field.
    """

    code: str
    line: int
    detail: str
    field: str | None = None

    def __str__(self) -> str:
        where = f"line {self.line}"
        return f"{where}, {self.field}: {self.detail}" if self.field else f"{where}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Row:
    """One record of an input. Exactly one of ``comment`` and ``error`` is set.

    Attributes:
        line: Physical line on which the record starts, from 1; for Parquet its row number.
        index: Number of the record, from 0; blank lines and the header are no records.
        comment: The comment, where one could be made.
        error: Why there is none.
        raw: The record as it stands in the input, without its line end; for Parquet as
            JSON, and only for rows with an error.
        extra: The columns that no field of the comment was taken from.
        warnings: What was lost although the comment could be kept, for example bytes that
            do not belong to the encoding.
        id: The id it states, else its number from 1, also where there is no comment; ``None``
            where the record could not be read at all.
        values: The whole record by column name; empty where it could not be read.
    """

    line: int
    index: int
    comment: Comment | None
    error: RowError | None
    raw: str
    extra: Mapping[str, object] = field(default_factory=dict)
    warnings: tuple[RowError, ...] = ()
    id: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)


class Record(NamedTuple):
    """One record as a format reads it, before it becomes a comment.

    Attributes:
        line: Physical line on which it starts, from 1; for Parquet its row number.
        raw: As it stands in the input.
        values: Value by column name; ``None`` where the record could not be read.
        error: Why it could not be read.
        warning: What was lost although it could be read.
    """

    line: int
    raw: str
    values: Mapping[str, object] | None
    error: RowError | None = None
    warning: RowError | None = None


def shown(value: object) -> str:
    """A value for an error text: quoted, and cut where it is long."""
    text = value if isinstance(value, str) else repr(value)
    cut = text if len(text) <= _SHOWN_CHARS else text[:_SHOWN_CHARS] + "…"
    return repr(cut) if isinstance(value, str) else cut

"""Turns the records of a format into rows: picks the fields, makes the comment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from sedno.datasets.comment import CommentError, make_comment, make_lenient
from sedno.datasets.io import json_text
from sedno.datasets.io.columns import NO_TEXT, Columns, listed
from sedno.datasets.io.jsonl import at, pick
from sedno.datasets.io.rows import NOTHING, Record, Row, RowError

_MOST_LAYOUTS: Final = 256
_MOST_KEYS: Final = 64


class RowBuilder:
    """Makes a row of each record.

    A field other than the text and the id that is not valid is left out with a warning: a
    date in an unknown notation is no reason to lose a comment.

    Args:
        columns: Names of columns the caller knows.
        fixed: Field -> column, where it is the same for every record.
        extra: Whether to keep the other columns.
        strict: Whether a damaged record is an error instead of a warning.
    """

    def __init__(
        self,
        columns: Columns,
        *,
        fixed: Mapping[str, str] | None,
        extra: bool = True,
        strict: bool = False,
    ) -> None:
        self._columns = columns
        self._fixed = fixed
        self._dotted = any("." in path for path in columns.told().values())
        self._extra = extra
        self._strict = strict
        self._layouts: dict[tuple[str, ...], Mapping[str, str]] = {}

    def build(self, index: int, record: Record) -> Row:
        """The row of the record with number ``index``, counted from 0."""
        values, warning = record.values, record.warning
        if values is None or (warning is not None and self._strict):
            return _rejected(index, record, record.error or warning)
        picked = self._fixed if self._fixed is not None else self._pick(values)
        extra = NOTHING
        if self._extra and len(values) > len(picked):
            used = set(picked.values())
            extra = {name: value for name, value in values.items() if name not in used}
        fields = {field: values.get(column) for field, column in picked.items()}
        if self._dotted and self._fixed is None:
            fields.update(
                (field, at(values, path)) for field, path in picked.items() if path not in values
            )
        warnings: tuple[RowError, ...] = () if warning is None else (warning,)
        if "text" not in picked:
            detail = f"{NO_TEXT}; {listed(tuple(values))}"
            missing = RowError("missing_field", record.line, detail, field="text")
            return _refused(index, record, missing, fields, extra)
        try:
            comment, left_out = make_lenient(fields, default_id=index + 1)
        except CommentError as error:
            fault = RowError(error.code, record.line, error.detail, field=error.field)
            return _refused(index, record, fault, fields, extra)
        warnings += tuple(
            RowError(error.code, record.line, error.detail, field=error.field) for error in left_out
        )
        return Row(
            record.line,
            index,
            comment,
            None,
            record.raw,
            extra,
            warnings,
            id=comment.id,
            values=values,
        )

    def _pick(self, values: Mapping[str, object]) -> Mapping[str, str]:
        """Field -> key; the answer for a set of keys is kept, as most objects share one."""
        if self._dotted or len(values) > _MOST_KEYS:
            return pick(values, self._columns)
        keys = tuple(values)
        known = self._layouts.get(keys)
        if known is None:
            if len(self._layouts) >= _MOST_LAYOUTS:
                self._layouts.clear()
            known = self._layouts[keys] = self._columns.pick(keys)
        return known


def _refused(
    index: int,
    record: Record,
    error: RowError,
    fields: Mapping[str, object],
    extra: Mapping[str, object],
) -> Row:
    """A record that was read but holds no comment: it keeps its id."""
    try:
        stated = make_comment({"id": fields.get("id"), "text": "-"}, default_id=index + 1).id
    except CommentError:
        stated = str(index + 1)
    return replace(_rejected(index, record, error), id=stated, extra=extra)


def _rejected(index: int, record: Record, error: RowError | None) -> Row:
    raw = record.raw or ("" if record.values is None else json_text.dump(record.values))
    return Row(record.line, index, None, error, raw, values=record.values or NOTHING)

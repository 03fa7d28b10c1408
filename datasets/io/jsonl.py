"""JSONL: one JSON object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from sedno.datasets.io.columns import NO_TEXT, Columns, listed
from sedno.datasets.io.csv_format import NUL_DETAIL
from sedno.datasets.io.errors import ColumnError, InputError
from sedno.datasets.io.lines import TextLine, TextLines
from sedno.datasets.io.rows import Record, RowError

_TRIED: Final = 20
_BLANK: Final = "\ufeff \t\r\n"
_NOT_JSON: Final = (ValueError, RecursionError)
_ARRAY: Final = (
    "the first line begins a JSON array; give one object a line, for example with: jq -c '.[]' FILE"
)
_BEGINS_ARRAY: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*\[\s*(?:\{|$)")
_LENIENT: Final = json.JSONDecoder(strict=False)


class JsonlRecords:
    """The records of a JSONL file.

    Attributes:
        columns: Keys of the first object; later ones may have others.
        fields: Field of the comment -> key or dotted path, for the first object.
        notes: Always empty.

    Raises:
        InputError: The file is a JSON array.
        ColumnError: None of the first objects has a text.
    """

    delimiter: str | None = None

    def __init__(self, lines: TextLines, columns: Columns, name: str) -> None:
        self._lines = lines
        self.columns: tuple[str, ...] = ()
        self.fields: Mapping[str, str] = {}
        self.notes: tuple[str, ...] = ()
        self._look_ahead(columns, name)

    def __iter__(self) -> Iterator[Record]:
        for line in self._lines:
            text = line.text.strip(_BLANK)
            if line.flaw is not None:
                yield self._flawed(line, text)
                continue
            if not text:
                continue
            try:
                value = json.loads(text)
            except _NOT_JSON as error:
                yield _second_try(line, text, error)
                continue
            if isinstance(value, dict):
                yield Record(line.number, text, value)
            else:
                yield _no_object(line, text, value)

    def _look_ahead(self, columns: Columns, name: str) -> None:
        """Finds whether the objects have a text at all, before the first is answered."""
        first: Mapping[str, object] | None = None
        for count in range(1, _TRIED + 1):
            ahead = self._lines.peek(max_lines=count)
            if len(ahead) < count:
                break
            if first is None and _BEGINS_ARRAY.match(ahead[-1]):
                raise InputError(name, _ARRAY)
            try:
                value = json.loads(ahead[-1].decode("utf-8-sig", "replace"))
            except _NOT_JSON:
                continue
            if not isinstance(value, dict) or not value:
                continue
            picked = pick(value, columns)
            if first is None or "text" in picked:
                first, self.columns, self.fields = value, tuple(value), picked
            if "text" in picked:
                return
        if first is not None:
            raise ColumnError(name, f"{NO_TEXT}; {listed(self.columns)}", self.columns)

    def _flawed(self, line: TextLine, text: str) -> Record:
        """A line with a flaw: kept if it is JSON all the same."""
        flaw = line.flaw
        assert flaw is not None  # noqa: S101 - for the type checker
        problem = RowError(flaw.code, line.number, flaw.detail)
        if not flaw.usable:
            return Record(line.number, text, None, problem)
        try:
            value = _LENIENT.decode(text)
        except _NOT_JSON:
            return Record(line.number, text, None, problem)
        if not isinstance(value, dict):
            return _no_object(line, text, value)
        return Record(line.number, text, value, warning=problem)


def pick(value: Mapping[str, Any], columns: Columns) -> dict[str, str]:
    """Field of the comment -> key of ``value``, or dotted path into it where one was told."""
    picked = columns.pick(tuple(value))
    for field, path in columns.told().items():
        if field not in picked and "." in path and at(value, path) is not None:
            picked[field] = path
    return picked


def at(value: Mapping[str, Any], path: str) -> object:
    """What stands at a key or dotted path; ``None`` where nothing does."""
    if path in value:
        return value[path]
    found: object = value
    for key in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found


def _second_try(line: TextLine, text: str, error: Exception) -> Record:
    """Raw control characters inside strings are the one flaw that JSON readers can bear."""
    try:
        value = _LENIENT.decode(text)
    except _NOT_JSON:
        return Record(line.number, text, None, _not_json(line, error))
    if not isinstance(value, dict):
        return _no_object(line, text, value)
    code = "nul_bytes" if "\0" in text else "control_characters"
    detail = NUL_DETAIL if "\0" in text else "control characters must be escaped in JSON"
    return Record(line.number, text, value, warning=RowError(code, line.number, detail))


def _not_json(line: TextLine, error: Exception) -> RowError:
    if isinstance(error, json.JSONDecodeError):
        why = f"{error.msg} at character {error.pos + 1}"
    elif isinstance(error, RecursionError):
        why = "it is nested too deeply"
    else:
        why = "it has a number of too many digits"
    return RowError(
        "bad_json", line.number, f"the line is not valid JSON ({why}); give one object a line"
    )


def _no_object(line: TextLine, text: str, value: object) -> Record:
    names: dict[type, str] = {list: "an array", str: "a string", bool: "a truth value"}
    what = "null" if value is None else names.get(type(value), "a number")
    detail = f'the line is {what}, not an object; give {{"text": "..."}}'
    return Record(line.number, text, None, RowError("not_an_object", line.number, detail))

"""Writes rows as a stream of bytes: a table or lines, in constant memory."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson

Rows = Iterable[Sequence[Mapping[str, Any]]]
"""Rows, some at a time."""


class Format(StrEnum):
    """What can be written."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSONL: "application/x-ndjson",
    Format.PARQUET: "application/vnd.apache.parquet",
}

_KINDS: dict[str, str] = {
    **dict.fromkeys(("id", "version", "reach", "row", "comment"), "int64"),
    "needs_review": "bool",
}


def check(form: Format) -> None:
    """Finds out whether a format can be written here, before anything is.

    Raises:
        ModuleNotFoundError: Parquet, without the extra that writes it.
    """
    if form is Format.PARQUET:
        import pyarrow  # noqa: F401, PLC0415 - an extra


def write(rows: Rows, form: Format, columns: Sequence[str]) -> Iterator[bytes]:
    """The rows as bytes.

    Args:
        rows: Of a table; for JSONL any objects.
        form: As what.
        columns: Of the table; JSONL has none.
    """
    match form:
        case Format.JSONL:
            return _jsonl(rows)
        case Format.CSV:
            return _csv(rows, columns)
        case Format.PARQUET:
            return _parquet(rows, columns)


def _jsonl(rows: Rows) -> Iterator[bytes]:
    for part in rows:
        yield b"".join(
            orjson.dumps(dict(row), option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z)
            for row in part
        )


def _csv(rows: Rows, columns: Sequence[str]) -> Iterator[bytes]:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    yield text.getvalue().encode()
    for part in rows:
        text.seek(0)
        text.truncate()
        writer.writerows(part)
        yield text.getvalue().encode()


def _parquet(rows: Rows, columns: Sequence[str]) -> Iterator[bytes]:
    import pyarrow as pa  # noqa: PLC0415 - an extra
    from pyarrow import parquet  # noqa: PLC0415

    fields = [pa.field(name, _kind(pa, name)) for name in columns]
    schema = pa.schema(fields)
    sink = _Sink()
    with parquet.ParquetWriter(pa.PythonFile(sink, mode="w"), schema, compression="zstd") as out:
        for part in rows:
            known = [{name: row.get(name) for name in columns} for row in part]
            out.write_table(pa.Table.from_pylist(known, schema=schema))
            yield sink.drain()
    yield sink.drain()


def _kind(pa: Any, name: str) -> Any:
    if name.endswith("_score"):
        return pa.float64()
    return getattr(pa, _KINDS.get(name, "string"))() if name != "needs_review" else pa.bool_()


class _Sink(io.RawIOBase):
    """Takes what is written until it is drained; knows how much it was in all."""

    def __init__(self) -> None:
        super().__init__()
        self._waiting = bytearray()
        self._drained = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._waiting += data
        return len(data)

    def tell(self) -> int:
        return self._drained + len(self._waiting)

    def drain(self) -> bytes:
        out = bytes(self._waiting)
        self._drained += len(out)
        self._waiting.clear()
        return out

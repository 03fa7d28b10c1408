"""Turns the journal of a finished run into one Parquet file (extra ``parquet``)."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sedno.datasets.io.answer_table import AnswerTable, Kind
from sedno.datasets.io.errors import MissingExtraError
from sedno.datasets.io.sink import publish

try:
    import pyarrow as pa
    import pyarrow.parquet as pq
except ModuleNotFoundError as _error:
    raise MissingExtraError("Parquet", "parquet") from _error

ROWS_A_GROUP: Final = 16_384
_TYPES: Final = {Kind.TEXT: pa.string(), Kind.NUMBER: pa.float64(), Kind.FLAG: pa.bool_()}


def convert(journal: Path, output: Path, table: AnswerTable) -> None:
    """Writes the predictions of ``journal`` as ``output``, a row group at a time.

    The row groups have a fixed number of rows, so equal journals give equal files. The file
    gets its name when it is whole; killed before, it is simply written again.

    Args:
        journal: JSONL of predictions, passed-through values under ``input``.
        output: The Parquet file to be.
        table: The columns.

    Raises:
        OSError: A file cannot be read or written.
    """
    schema = pa.schema([(column.name, _TYPES[column.kind]) for column in table.columns])
    draft = output.with_name(output.name + ".partial.parquet")
    rows = _rows(journal, table)
    with (
        draft.open("wb") as file,
        pq.ParquetWriter(file, schema, compression="zstd", version="2.6") as writer,
    ):
        while group := list(itertools.islice(rows, ROWS_A_GROUP)):
            columns = [
                pa.array(values, type=field.type)
                for field, values in zip(schema, zip(*group, strict=True), strict=True)
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema), ROWS_A_GROUP)
        writer.close()
        file.flush()
        os.fsync(file.fileno())
    publish(draft, output)


def _rows(journal: Path, table: AnswerTable) -> Iterator[list[Any]]:
    with journal.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            prediction = json.loads(line)
            passed = prediction.pop("input", {})
            yield [
                _storable(value) if isinstance(value, str) else value
                for value in table.row(prediction, passed)
            ]


def _storable(text: str) -> str:
    """The text with lone surrogates, which only JSON escapes can bring in, as U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text

"""Writes predictions, so that a killed run can be gone on with and none looks whole."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from types import TracebackType
from typing import Any, Protocol, Self

from sedno.datasets.io import json_text
from sedno.datasets.io.answer_table import AnswerTable
from sedno.datasets.io.csv_output import CsvEncoder, CsvOutput
from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.formats import STANDARD_STREAM, Format, kind_of
from sedno.datasets.io.sink import PartialFile, Sink, open_sink
from sedno.datasets.io.writer_state import WriterState

Prediction = Mapping[str, Any]
Passed = Mapping[str, object]


class _Encoder(Protocol):
    def header(self) -> bytes: ...

    def encode(self, predictions: Sequence[Prediction], passed: Sequence[Passed]) -> bytes: ...


class Writer:
    """An output of predictions. Use it in ``with``: an exception leaves it to be gone on with.

    Attributes:
        format: The format written.
        rows: Predictions written, those of the runs before included.
    """

    def __init__(
        self,
        format: Format,  # noqa: A002 - the word callers use
        sink: Sink,
        encoder: _Encoder,
        layout: str,
        rows: int | None,
    ) -> None:
        self.format = format
        self.rows = rows or 0
        self._sink = sink
        self._encoder = encoder
        self._layout = layout
        self._open = True
        if rows is None:
            sink.write(encoder.header())

    def write(
        self, predictions: Sequence[Prediction], inputs: Sequence[Passed] | None = None
    ) -> None:
        """Takes predictions in the published shape (``Prediction.to_dict()``).

        Args:
            predictions: The predictions, in the order of the rows.
            inputs: For each, the values of the input that are passed through.

        Raises:
            OSError: The output cannot be written.
            OutputError: A value is passed through for which there is no column.
            ValueError: There are not as many inputs as predictions.
        """
        if inputs is not None and len(inputs) != len(predictions):
            raise ValueError(
                f"inputs: {len(inputs)} for {len(predictions)} predictions; give one for each"
            )
        passed: Sequence[Passed] = [{}] * len(predictions) if inputs is None else inputs
        self._sink.write(self._encoder.encode(predictions, passed))
        self.rows += len(predictions)

    def commit(self) -> WriterState:
        """Makes all that was written safe on disk.

        A compressed file is cut into members by commits. To be byte-identical to an
        uninterrupted run, commit after numbers of rows that do not depend on time.

        Raises:
            OSError: The output cannot be written.
        """
        return WriterState(self.format.value, self.rows, self._sink.commit(), self._layout)

    def close(self) -> None:
        """Makes the output whole and gives it its name; more calls do nothing.

        Raises:
            OSError: The output cannot be written.
        """
        if self._open:
            self._finish()
            self._open = False

    def abort(self) -> None:
        """Closes without making the output whole; what was committed can be gone on with."""
        if self._open:
            self._open = False
            self._sink.abandon()

    def _finish(self) -> None:
        self._sink.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abort()


class _ParquetWriter(Writer):
    """Keeps the rows as JSONL beside the output and turns them into Parquet at the end.

    A Parquet file is unreadable until its last byte and cannot be gone on with; lines can.
    """

    def __init__(
        self, journal: PartialFile, table: AnswerTable, layout: str, rows: int | None
    ) -> None:
        super().__init__(Format.PARQUET, journal, _JsonlEncoder(), layout, rows)
        self._journal = journal
        self._table = table

    def _finish(self) -> None:
        from sedno.datasets.io.parquet_output import convert  # noqa: PLC0415 - an extra

        self.commit()
        convert(self._journal.path, self._journal.output, self._table)
        self._journal.abandon()
        self._journal.path.unlink()


class _JsonlEncoder:
    def header(self) -> bytes:
        return b""

    def encode(self, predictions: Sequence[Prediction], passed: Sequence[Passed]) -> bytes:
        lines = [
            json_text.dump({**prediction, "input": inputs} if inputs else prediction)
            for prediction, inputs in zip(predictions, passed, strict=True)
        ]
        return "".join(line + "\n" for line in lines).encode()


class _CsvRows:
    def __init__(self, table: AnswerTable, options: CsvOutput, delimiter: str) -> None:
        self._table = table
        self._csv = CsvEncoder(table.columns, options, delimiter)

    def header(self) -> bytes:
        return self._csv.header()

    def encode(self, predictions: Sequence[Prediction], passed: Sequence[Passed]) -> bytes:
        return self._csv.rows(map(self._table.row, predictions, passed))


def open_writer(
    path: str | os.PathLike[str],
    *,
    format: str | None = None,  # noqa: A002 - the word callers use
    tasks: Mapping[str, Sequence[str]] | None = None,
    scores: bool = False,
    spans: bool = False,
    input_columns: Sequence[str] = (),
    rest_column: str | None = None,
    csv: CsvOutput = CsvOutput(),  # noqa: B008 - frozen
    resume_from: WriterState | None = None,
) -> Writer:
    """Opens an output for predictions.

    JSONL writes the prediction's object a line, with what is passed through under ``input``.
    CSV, TSV and Parquet have the columns of :class:`AnswerTable`. A file appears under its
    name when it is whole; until then it is ``<output>.partial``.

    Args:
        path: A file (``.gz`` compresses CSV, TSV and JSONL), or ``-`` for standard output.
        format: ``csv``, ``tsv``, ``jsonl`` or ``parquet``; by the ending where ``None``, and
            JSONL for standard output.
        tasks: Labels by task; needed by all formats but JSONL.
        scores: Whether every label's probability has a column.
        spans: Whether the spans of explanations have a column.
        input_columns: Columns of the input that are passed through.
        rest_column: Column for passed values that are not in ``input_columns``.
        csv: How CSV and TSV are written.
        resume_from: The state of the last commit of a run to go on with.

    Raises:
        OSError: The file cannot be opened.
        InputError: The format is unknown.
        OutputError: The tasks are missing, or the run cannot be gone on with.
        MissingExtraError: Parquet without the extra that writes it.
    """
    name = os.fspath(path)
    kind = kind_of(name, format)
    settled = kind.format or Format.JSONL
    if settled.tabular and not tasks:
        raise OutputError(name, f"{settled} has a column for each task; give tasks")
    if settled is Format.PARQUET:
        _check_parquet(name, gzip=kind.gzip)
    table = AnswerTable(
        {task: tuple(labels) for task, labels in (tasks or {}).items()},
        scores=scores,
        spans=spans,
        input_columns=tuple(input_columns),
        rest_column=rest_column,
    )
    layout = _layout(settled, table, csv, gzip=kind.gzip)
    offset = rows = None
    if resume_from is not None:
        _check_layout(name, resume_from, settled, layout)
        offset, rows = resume_from.offset, resume_from.rows
    encoder: _Encoder = _JsonlEncoder()
    if settled in {Format.CSV, Format.TSV}:
        encoder = _CsvRows(table, csv, "\t" if settled is Format.TSV else ",")
    sink = open_sink(name, gzip=kind.gzip, resume_offset=offset)
    if settled is Format.PARQUET:
        if not isinstance(sink, PartialFile):
            sink.abandon()
            raise OutputError(name, "Parquet is written to a file, not to a pipe or a device")
        return _ParquetWriter(sink, table, layout, rows)
    return Writer(settled, sink, encoder, layout, rows)


def _check_parquet(name: str, *, gzip: bool) -> None:
    from sedno.datasets.io import parquet_output  # noqa: PLC0415 - pyarrow is an extra

    del parquet_output
    if gzip:
        raise OutputError(name, "Parquet compresses by itself; leave .gz out")
    if name == STANDARD_STREAM:
        raise OutputError(
            "standard output", "Parquet cannot be written to a pipe; name a file, or use jsonl"
        )


def _layout(settled: Format, table: AnswerTable, csv: CsvOutput, *, gzip: bool) -> str:
    parts: dict[str, Any] = {"gzip": gzip}
    if settled.tabular:
        parts["columns"] = [column.name for column in table.columns]
    if settled in {Format.CSV, Format.TSV}:
        parts["csv"] = asdict(csv)
    return json.dumps(parts, ensure_ascii=False, sort_keys=True)


def _check_layout(name: str, state: WriterState, settled: Format, layout: str) -> None:
    if state.format != settled:
        raise OutputError(
            name, f"the run began as {state.format} and would go on as {settled}; start over"
        )
    if state.layout != layout:
        raise OutputError(
            name,
            f"the run began with other output options ({state.layout}) than it would go on with "
            f"({layout}); give the same options, or start over",
        )

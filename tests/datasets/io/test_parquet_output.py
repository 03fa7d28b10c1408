from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.io import parquet_output
from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.writer import open_writer

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

Predict = Callable[..., dict[str, Any]]
Tasks = dict[str, tuple[str, ...]]


def test_schema_and_values(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Parquet has typed columns: texts, probabilities, flags; no answer is null."""
    path = tmp_path / "out.parquet"
    when = datetime(2024, 5, 1, tzinfo=UTC)
    failed = {**predict(2), "labels": {}, "error": "empty_text: blank"}
    with open_writer(path, tasks=tasks, scores=True, input_columns=("kiedy", "text")) as writer:
        writer.write([predict(1), failed], [{"kiedy": when, "text": "łódź\ud83d"}, {}])
    table = pq.read_table(path)
    types = {field.name: field.type for field in table.schema}
    assert types["id"] == types["kiedy"] == types["error"] == pa.string()
    assert types["substance_confidence"] == types["question_none"] == pa.float64()
    assert types["substance_review"] == types["truncated"] == pa.bool_()
    first, second = table.to_pylist()
    assert (first["kiedy"], first["text"]) == ("2024-05-01T00:00:00+00:00", "łódź\ufffd")
    assert (first["substance"], first["substance_confidence"]) == ("substantive", 0.51)
    assert (second["substance"], second["question_none"], second["error"]) == (
        None,
        None,
        "empty_text: blank",
    )


def test_row_groups(
    tmp_path: Path, tasks: Tasks, predict: Predict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows come in groups of a fixed size, whatever the commits were."""
    monkeypatch.setattr(parquet_output, "ROWS_A_GROUP", 10)
    path = tmp_path / "out.parquet"
    with open_writer(path, tasks=tasks) as writer:
        for number in range(25):
            writer.write([predict(number)])
            writer.commit()
    metadata = pq.ParquetFile(path).metadata
    assert [metadata.row_group(n).num_rows for n in range(metadata.num_row_groups)] == [10, 10, 5]
    assert pq.read_table(path)["id"].to_pylist() == [f"c{number}" for number in range(25)]
    assert [file.name for file in tmp_path.iterdir()] == ["out.parquet"]


def test_no_rows(tmp_path: Path, tasks: Tasks) -> None:
    """An output without rows still has its columns."""
    with open_writer(tmp_path / "out.parquet", tasks=tasks):
        pass
    table = pq.read_table(tmp_path / "out.parquet")
    assert (table.num_rows, table.column_names[0]) == (0, "id")


def test_refusals(tmp_path: Path, tasks: Tasks) -> None:
    """Pipes and a second compression are refused."""
    with pytest.raises(OutputError, match="cannot be written to a pipe"):
        open_writer("-", format="parquet", tasks=tasks)
    with pytest.raises(OutputError, match=r"leave \.gz out"):
        open_writer(tmp_path / "out.parquet.gz", tasks=tasks)

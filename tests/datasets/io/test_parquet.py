from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sedno.datasets.io.columns import Columns
from sedno.datasets.io.errors import ColumnError, InputError
from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")


def _write(path: Path, columns: dict[str, object], group: int = 1000) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=group)
    return path


def _read(path: Path, start_index: int = 0, columns: Columns | None = None) -> list[Row]:
    with open_reader(path, start_index=start_index, columns=columns or Columns()) as reader:
        return list(reader)


def test_rows(tmp_path: Path) -> None:
    """Columns become comments by name; other values keep their types."""
    when = datetime(2024, 5, 1, 12, tzinfo=UTC)
    path = _write(
        tmp_path / "in.parquet",
        {"id": [7, 8], "Treść": ["łódź", None], "data": [when, when], "cena": [Decimal("1.5")] * 2},
    )
    good, bad = _read(path)
    assert good.comment
    assert (good.comment.id, good.comment.text, good.comment.posted_at) == ("7", "łódź", when)
    assert good.extra == {"cena": Decimal("1.5")}
    assert (bad.error and bad.error.code, bad.line, bad.index, bad.id) == ("empty_text", 2, 1, "8")
    assert '"id":8' in bad.raw


@pytest.mark.parametrize("start", [0, 1, 2500, 3000, 3001, 9999, 10_000, 20_000])
def test_start_index(tmp_path: Path, start: int) -> None:
    """Passing over records gives the rest, across row groups and batches."""
    texts = [f"t{n}" for n in range(10_000)]
    path = _write(tmp_path / "in.parquet", {"text": texts}, group=3000)
    rows = _read(path, start)
    assert [row.comment.text for row in rows if row.comment] == texts[start:]
    assert [row.index for row in rows] == list(range(start, 10_000))
    assert all(row.line == row.index + 1 for row in rows)


def test_total_rows(tmp_path: Path) -> None:
    """The number of rows is known before reading."""
    with open_reader(_write(tmp_path / "in.pq", {"text": ["a"] * 5})) as reader:
        assert (reader.total_rows, reader.columns, reader.encoding) == (5, ("text",), None)


def test_no_text_column(tmp_path: Path) -> None:
    """Without a text column the columns are listed."""
    path = _write(tmp_path / "in.parquet", {"a": [1], "b": [2]})
    with pytest.raises(ColumnError, match=r"--text-column .*'a', 'b'"):
        _read(path)


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    """Text columns with foreign bytes are mended and reported."""
    texts = pa.array([b"dobre", b"g\xea\x9c"]).view(pa.string())
    rows = _read(_write(tmp_path / "in.parquet", {"text": texts, "n": [1, 2]}))
    assert [row.comment and row.comment.text for row in rows] == ["dobre", "g\ufffd"]
    assert [len(row.warnings) for row in rows] == [0, 1]


def test_damaged_row_group_costs_its_rows(tmp_path: Path) -> None:
    """A damaged row group gives an error row for each of its rows; the others are read."""
    texts = [f"tekst {n * 7919 % 1000}" for n in range(300)]
    path = _write(tmp_path / "in.parquet", {"text": texts}, group=100)
    metadata = pq.ParquetFile(path).metadata.row_group(1).column(0)
    data = bytearray(path.read_bytes())
    offset = metadata.dictionary_page_offset or metadata.data_page_offset
    data[offset : offset + metadata.total_compressed_size] = (
        b"\xff" * metadata.total_compressed_size
    )
    path.write_bytes(data)
    rows = _read(path)
    assert [row.index for row in rows] == list(range(300))
    assert {row.error and row.error.code for row in rows[100:200]} == {"broken_row_group"}
    good = rows[:100] + rows[200:]
    assert [row.comment and row.comment.text for row in good] == texts[:100] + texts[200:]


@pytest.mark.parametrize("content", [b"", b"PAR1", b"id,text\n1,a\n", b"PAR1" + b"\0" * 100])
def test_not_parquet(tmp_path: Path, content: bytes) -> None:
    """A file that is not Parquet is refused, whatever is in it."""
    path = tmp_path / "in.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match="not a readable Parquet file"):
        _read(path)
    with pytest.raises(FileNotFoundError):
        _read(tmp_path / "none.parquet")


def test_extra_is_named_when_missing(tmp_path: Path) -> None:
    """Without pyarrow the error names the command that installs it; text formats still work."""
    (tmp_path / "in.csv").write_text("text\na\n", encoding="utf-8")
    code = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from sedno.datasets.io.reader import open_reader\n"
        "print(len(list(open_reader('in.csv'))))\n"
        "open_reader('in.parquet')\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.stdout == "1\n"
    assert "MissingExtraError: Parquet needs" in run.stderr
    assert "pip install 'sedno[parquet]'" in run.stderr


def test_pyarrow_is_not_imported_for_text(tmp_path: Path) -> None:
    """Reading and writing text formats imports neither pyarrow nor charset-normalizer."""
    (tmp_path / "in.csv").write_text("text\nłódź\n", encoding="utf-8")
    code = (
        "import sys\n"
        "from sedno.datasets.io import reader, writer, rejects, duplicates\n"
        "print(len(list(reader.open_reader('in.csv'))))\n"
        "writer.open_writer('out.jsonl').close()\n"
        "print([m for m in ('pyarrow', 'charset_normalizer', 'numpy') if m in sys.modules])\n"
    )
    script = tmp_path / "script.py"
    script.write_text(code, encoding="utf-8")
    out = subprocess.check_output([sys.executable, str(script)], cwd=tmp_path, text=True)
    assert out == "1\n[]\n"

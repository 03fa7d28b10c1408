from __future__ import annotations

import gzip
import io
import os
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.datasets.io import lines
from sedno.datasets.io.csv_dialect import CsvOptions
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.formats import Format
from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row

Read = Callable[..., list[Row]]

POLISH = "Zażółć gęślą jaźń, świetny serial"
CSV = f'id;tekst\nc1;{POLISH}\nc2;"będę\n""oglądać"""\n'
EXPECTED = [POLISH, 'będę\n"oglądać"']


def _texts(rows: list[Row]) -> list[str | None]:
    return [row.comment.text if row.comment else None for row in rows]


def _give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1250", "iso8859-2"],
)
@pytest.mark.parametrize("told", [False, True])
def test_encodings(read: Read, encoding: str, told: bool) -> None:
    """A Polish file reads the same in every encoding it may come in, guessed or told."""
    assert _texts(read(CSV.encode(encoding), encoding=encoding if told else None)) == EXPECTED


@pytest.mark.parametrize(
    ("text", "encoding"), [("größer", "cp1252"), ("хорошо", "koi8-r"), ("日本語", "iso2022_jp")]
)
def test_told_encoding(read: Read, text: str, encoding: str) -> None:
    """A told encoding is used, also one whose lines cannot be cut as bytes."""
    assert _texts(read(f"id,text\n1,{text}\n".encode(encoding), encoding=encoding)) == [text]


def test_mark_against_told_encoding(tmp_path: Path) -> None:
    """A byte order mark wins over a told encoding, and a note says so."""
    path = tmp_path / "in.csv"
    path.write_bytes(CSV.encode("utf-8-sig"))
    with open_reader(path, encoding="windows-1250") as reader:
        assert _texts(list(reader)) == EXPECTED
        assert "byte order mark" in reader.notes[0]


def test_encoding_is_chosen_late(tmp_path: Path) -> None:
    """However much ASCII comes first, the first Polish letter decides the encoding."""
    path = tmp_path / "in.csv"
    body = "id,text\n" + "1,plain\n" * 10_000 + f'2,"{POLISH}"\n'
    path.write_bytes(body.encode("iso8859-2"))
    with open_reader(path) as reader:
        assert _texts(list(reader))[-1] == POLISH
        assert reader.encoding == "iso8859-2"
        assert "from line 10002 on" in reader.notes[-1]


def test_wrong_guess_is_reported(read: Read) -> None:
    """A guess that turns out wrong is reported for each line, and loses no row."""
    rows = read("id,text\n1,łódź\n".encode() + "2,gęś\n3,a\n".encode("cp1250"))
    assert _texts(rows) == ["łódź", "g\ufffd", "a"]
    assert [[warning.code for warning in row.warnings] for row in rows] == [
        [],
        ["undecodable_bytes"],
        [],
    ]
    assert "--encoding" in rows[1].warnings[0].detail


def test_utf8_among_old_encoding(read: Read) -> None:
    """UTF-8 lines in a file taken for an older encoding are read as UTF-8 and reported."""
    rows = read(b"id,text\n" + "1,gęślą jaźń\n".encode("cp1250") * 3 + "2,łódź\n".encode())
    assert _texts(rows)[-1] == "łódź"
    assert [warning.code for warning in rows[-1].warnings] == ["mixed_encoding"]


def test_cut_off_utf16(read: Read) -> None:
    """Half a character at the end of UTF-16 is reported, not raised."""
    rows = read("id,text\n1,ab\n2,cd".encode("utf-16") + b"\x42")
    assert _texts(rows) == ["ab", "cd\ufffd\ufffd\ufffd"]
    assert rows[1].warnings[0].code == "undecodable_bytes"


@pytest.mark.parametrize("name", ["in.csv.gz", "in.csv"])
def test_gzip(read: Read, name: str) -> None:
    """Gzip is unpacked, whatever the name says, also from several members."""
    data = CSV.encode()
    assert _texts(read(gzip.compress(data[:20]) + gzip.compress(data[20:]), name)) == EXPECTED


@pytest.mark.parametrize("cut", [-1, -20, 200])
def test_broken_gzip(read: Read, cut: int) -> None:
    """A cut-off gzip file gives the rows before the cut and then an error row."""
    body = "id,text\n" + "".join(f"{n},tekst {n * n}\n" for n in range(1000))
    rows = read(gzip.compress(body.encode())[:cut], "in.csv.gz")
    assert rows[-1].error
    assert rows[-1].error.code == "broken_compression"
    assert _texts(rows[:-1]) == [f"tekst {n * n}" for n in range(len(rows) - 1)]


def test_damaged_gzip(read: Read) -> None:
    """A gzip file with wrong bytes ends in an error row, or is refused if it is at the start."""
    body = b"".join(b"%x\n" % (n**7) for n in range(5000))
    data = bytearray(gzip.compress(b"text\n" + body))
    data[-200:-100] = b"\xff" * 100
    rows = read(bytes(data), "in.csv.gz")
    assert rows[-1].error
    assert rows[-1].error.code == "broken_compression"
    assert len(rows) > 2000
    data[10:200] = b"\xff" * 190
    with pytest.raises(InputError, match="not a whole gzip file"):
        read(bytes(data), "in.csv.gz")


@pytest.mark.parametrize(
    ("data", "format"),
    [
        (CSV.encode(), Format.CSV),
        (b'{"text": "Za\xc5\xbc"}\n', Format.JSONL),
        (gzip.compress(b'{"text": "a"}\n'), Format.JSONL),
        ("tekst;id\na;b\n".encode("utf-16"), Format.CSV),
    ],
)
def test_stdin_is_sniffed(monkeypatch: pytest.MonkeyPatch, data: bytes, format: Format) -> None:  # noqa: A002
    """Standard input needs no format; it stays open."""
    _give_stdin(monkeypatch, data)
    with open_reader("-") as reader:
        assert reader.format is format
        assert all(row.comment for row in reader)
        assert reader.size is reader.position is None
    assert not sys.stdin.buffer.closed


def test_stdin_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A told format is taken for standard input; Parquet is refused there."""
    _give_stdin(monkeypatch, b"text\tx\na\tb\n")
    with open_reader("-", format="tsv") as reader:
        assert _texts(list(reader)) == ["a"]
    with pytest.raises(InputError, match="cannot be read from a pipe"):
        open_reader("-", format="parquet")


@pytest.mark.parametrize("first", [b'{"text": "a"}\n', b"id,text\n1,a\n"])
def test_pipe_is_answered_as_it_comes(monkeypatch: pytest.MonkeyPatch, first: bytes) -> None:
    """A row is given as soon as its line came through the pipe."""
    out, into = os.pipe()
    with os.fdopen(out) as stdin, os.fdopen(into, "wb", buffering=0) as pipe:
        monkeypatch.setattr(sys, "stdin", stdin)
        pipe.write(first)
        watchdog = threading.Timer(20, pipe.close)
        watchdog.start()
        with open_reader("-") as reader:
            row = next(iter(reader))
        assert not pipe.closed, "the row came only when the pipe was closed"
        watchdog.cancel()
    assert row.comment
    assert row.comment.text == "a"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """A missing file is the system's error; a folder and a workbook are ours."""
    with pytest.raises(FileNotFoundError):
        open_reader(tmp_path / "none.csv")
    (tmp_path / "dir.csv").mkdir()
    with pytest.raises(InputError, match="is a folder"):
        open_reader(tmp_path / "dir.csv")
    (tmp_path / "book.csv").write_bytes(b"PK\x03\x04abcdefgh")
    with pytest.raises(InputError, match="spreadsheet"):
        open_reader(tmp_path / "book.csv")


def test_progress_and_counts(tmp_path: Path) -> None:
    """The reader tells its position in the file and counts rows, errors and warnings."""
    path = tmp_path / "in.csv"
    path.write_text('id,text,data\n1,a,x\n2\n3,"b" c,\n', encoding="utf-8")
    with open_reader(path) as reader:
        rows = list(reader)
        assert reader.position == reader.size == path.stat().st_size
        assert reader.fields == {"id": "id", "text": "text", "posted_at": "data"}
    assert (reader.stats.rows, reader.delimiter) == (len(rows), ",")
    assert reader.stats.errors == {"field_count": 1}
    assert reader.stats.warnings == {"bad_time": 1, "stray_quote": 1}


def test_second_reading_is_the_same(tmp_path: Path) -> None:
    """Two readings of a file give the same rows: what resuming rests on."""
    path = tmp_path / "in.csv"
    path.write_bytes(CSV.encode("cp1250") + b"x\n" + "c3;gęś\n".encode() + b"\xff;a\n")
    readings = []
    for _ in range(2):
        with open_reader(path) as reader:
            readings.append(list(reader))
    assert readings[0] == readings[1]


@pytest.mark.parametrize("name", ["in.csv", "in.jsonl"])
def test_memory_is_flat(tmp_path: Path, name: str) -> None:
    """The memory that reading takes does not grow with the file."""
    lines_by_name = {"in.csv": "c1,Świetny film\n", "in.jsonl": '{"text": "Świetny film"}\n'}
    peaks = []
    for count in (2_000, 12_000):
        path = tmp_path / name
        head = "id,text\n" if name == "in.csv" else ""
        path.write_text(head + lines_by_name[name] * count, encoding="utf-8")
        tracemalloc.start()
        with open_reader(path) as reader:
            assert sum(1 for _ in reader) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2 + 100_000


def test_memory_without_line_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of one endless line does not fill the memory."""
    monkeypatch.setattr(lines, "MAX_LINE_BYTES", 1 << 16)
    path = tmp_path / "in.csv"
    path.write_bytes(b"text\n" + b"a" * (8 << 20))
    tracemalloc.start()
    with open_reader(path) as reader:
        (row,) = reader
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert row.error
    assert row.error.code == "line_too_long"
    assert peak < 2 << 20


def test_unreadable_header(read: Read) -> None:
    """A header that cannot be read is refused with its line and remedy."""
    with pytest.raises(InputError, match=r"line 1: the header .*quote=None"):
        read('id,"te"kst\n1,a\n')
    with pytest.raises(InputError, match=r"one character"):
        read("id,text\n", csv=CsvOptions(quote="''"))

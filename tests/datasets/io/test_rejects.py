from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.rejects import RejectsWriter, rejects_path
from sedno.datasets.io.rows import Row

Read = Callable[..., list[Row]]


def _entries(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_rejected_rows_are_kept(tmp_path: Path, read: Read) -> None:
    """A rejected row is kept with line, number, code, reason and its raw record."""
    path = rejects_path(tmp_path / "out.csv")
    rows = read('id,text\n1,a\n2,"b\n3,\n')
    with RejectsWriter(path) as rejects:
        for row in rows:
            if row.error:
                rejects.write(row)
    assert path.name == "out.csv.rejects.jsonl"
    first, second = _entries(path)
    assert (first["line"], first["index"], first["code"]) == (3, 1, "unclosed_quote")
    assert first["raw"] == '2,"b'
    assert (second["field"], second["code"], second["raw"]) == ("text", "empty_text", "3,")
    assert "visible" in str(second["error"]) or "missing" in str(second["error"])
    assert rejects.count == 2


def test_no_file_without_rejects(tmp_path: Path) -> None:
    """Where nothing was rejected there is no file, and an earlier run's is removed."""
    path = tmp_path / "r.jsonl"
    path.write_text("old\n", encoding="utf-8")
    with RejectsWriter(path) as rejects:
        assert rejects.commit() == 0
    assert not path.exists()


def test_good_rows_are_refused(tmp_path: Path, read: Read) -> None:
    """A row that has a comment does not belong here."""
    (row,) = read("text\na\n")
    with RejectsWriter(tmp_path / "r.jsonl") as rejects, pytest.raises(ValueError, match="row 0"):
        rejects.write(row)


def test_resume(tmp_path: Path, read: Read) -> None:
    """A run that goes on cuts what was not committed and adds to the rest."""
    path = tmp_path / "r.jsonl"
    rows = read("id,text\n1\n2\n3\n")
    rejects = RejectsWriter(path)
    rejects.write(rows[0])
    offset = rejects.commit()
    rejects.write(rows[1])
    rejects.close()
    with RejectsWriter(path, resume_offset=offset) as again:
        again.write(rows[1])
        again.write(rows[2])
        assert again.commit() == path.stat().st_size
    assert [entry["index"] for entry in _entries(path)] == [0, 1, 2]
    with pytest.raises(OutputError, match="start over"):
        RejectsWriter(path, resume_offset=10**6)

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.datasets.io.csv_output import CsvOutput
from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.sink import partial_path
from sedno.datasets.io.writer import Writer, open_writer
from sedno.datasets.io.writer_state import WriterState

Predict = Callable[..., dict[str, Any]]
Tasks = dict[str, tuple[str, ...]]

NAMES = ["out.jsonl", "out.csv", "out.tsv", "out.jsonl.gz", "out.csv.gz", "out.parquet"]
ROWS, CHUNK = 40, 4


def _open(path: Path, tasks: Tasks, state: WriterState | None = None) -> Writer:
    if path.suffix == ".parquet":
        pytest.importorskip("pyarrow")
    return open_writer(path, tasks=tasks, input_columns=("text",), resume_from=state)


def _write(writer: Writer, predict: Predict, start: int, stop: int) -> WriterState:
    state = writer.commit()
    for first in range(start, stop, CHUNK):
        numbers = range(first, first + CHUNK)
        writer.write([predict(n) for n in numbers], [{"text": f"łódź {n}"} for n in numbers])
        state = writer.commit()
    return state


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("stop", [0, 4, 20, 40])
def test_resumed_is_identical(
    tmp_path: Path, tasks: Tasks, predict: Predict, name: str, stop: int
) -> None:
    """A run that stopped anywhere and went on gives the bytes of one that did not stop."""
    whole, broken = tmp_path / name, tmp_path / "b" / name
    broken.parent.mkdir()
    with _open(whole, tasks) as writer:
        _write(writer, predict, 0, ROWS)
    writer = _open(broken, tasks)
    state = _write(writer, predict, 0, stop)
    writer.write([predict(n) for n in range(stop, stop + 3)])  # written, never committed
    writer.abort()
    assert not broken.exists()
    with partial_path(broken).open("ab") as file:
        file.write(b'{"id": "half a li')
    state = WriterState.from_dict(json.loads(json.dumps(state.to_dict())))
    assert state.rows == stop
    with _open(broken, tasks, state) as writer:
        assert writer.rows == stop
        _write(writer, predict, stop, ROWS)
        assert writer.rows == ROWS
    assert broken.read_bytes() == whole.read_bytes()
    assert sorted(path.name for path in broken.parent.iterdir()) == [name]


KILLED = """
import os, signal, sys
from sedno.datasets.io.writer import open_writer
writer = open_writer(sys.argv[1], tasks={"a": ("b", "c")})
answer = {"a": {"label": "b", "scores": {"b": 0.9, "c": 0.1}, "review": False}}
row = {"id": "1", "language": "pl", "labels": answer, "needs_review": False, "model": "m"}
writer.write([row] * 10)
print(writer.commit().offset, flush=True)
writer.write([row] * 10_000)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv.gz", "out.parquet"])
def test_killed_run_leaves_no_output(tmp_path: Path, name: str) -> None:
    """A killed run leaves the old output untouched and all that was committed."""
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    script, output = tmp_path / "script.py", tmp_path / name
    script.write_text(KILLED, encoding="utf-8")
    output.write_text("old", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(script), str(output)], capture_output=True, check=False
    )
    assert run.returncode == -signal.SIGKILL, run.stderr
    assert output.read_text(encoding="utf-8") == "old"
    assert partial_path(output).stat().st_size >= int(run.stdout)


def test_exception_leaves_the_partial(tmp_path: Path, predict: Predict) -> None:
    """An exception inside ``with`` never gives the output its name."""
    path = tmp_path / "out.jsonl"

    def fail() -> None:
        with open_writer(path) as writer:
            writer.write([predict()])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert not path.exists()
    assert partial_path(path).exists()


def test_new_run_begins_anew(tmp_path: Path, predict: Predict) -> None:
    """Without a state a partial file of an earlier run is not mixed in."""
    path = tmp_path / "out.jsonl"
    partial_path(path).write_text("old\n" * 1000, encoding="utf-8")
    with open_writer(path) as writer:
        writer.write([predict()])
    assert json.loads(path.read_text(encoding="utf-8")) == predict()
    assert not partial_path(path).exists()


def test_two_runs_at_once(tmp_path: Path) -> None:
    """A second run on the same output is refused and spoils nothing."""
    pytest.importorskip("fcntl")
    path = tmp_path / "out.jsonl"
    with open_writer(path) as writer:
        writer.write([{"id": "1"}])
        writer.commit()
        with pytest.raises(OutputError, match="another run is writing it"):
            open_writer(path)
    assert path.read_bytes() == b'{"id":"1"}\n'


def test_refused_resumes(tmp_path: Path, tasks: Tasks, predict: Predict) -> None:
    """Going on is refused where it would give a wrong file, each time with the reason."""
    path = tmp_path / "out.csv"
    writer = _open(path, tasks)
    state = _write(writer, predict, 0, 8)
    writer.abort()
    with pytest.raises(OutputError, match="began as csv and would go on as jsonl"):
        open_writer(tmp_path / "out.jsonl", resume_from=state)
    with pytest.raises(OutputError, match="other output options"):
        open_writer(path, tasks=tasks, resume_from=state)
    with pytest.raises(OutputError, match="other output options"):
        open_writer(
            path,
            tasks=tasks,
            input_columns=("text",),
            csv=CsvOutput(bom=True),
            resume_from=state,
        )
    with pytest.raises(OutputError, match=r"other\.csv\.partial is missing"):
        _open(tmp_path / "other.csv", tasks, state)
    os.truncate(partial_path(path), state.offset - 1)
    with pytest.raises(OutputError, match=r"fewer than the .* that were committed"):
        _open(path, tasks, state)
    with pytest.raises(OutputError, match="is incomplete"):
        WriterState.from_dict({"format": "csv"})


def test_streams_cannot_be_resumed() -> None:
    """Standard output cannot be gone on with."""
    state = WriterState("jsonl", 1, 10, json.dumps({"gzip": False}))
    with pytest.raises(OutputError, match="write to a file"):
        open_writer("-", resume_from=state)

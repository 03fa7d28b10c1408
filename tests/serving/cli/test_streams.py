from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.serving.cli import streams

PROGRAM = Path(sys.executable).with_name("sedno")


def many(path: Path, rows: int) -> Path:
    """A file of different comments."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            file.write(json.dumps({"id": number, "text": f"Kiedy numer {number}?"}) + "\n")
    return path


@pytest.mark.parametrize(
    "given",
    ["id,text\n1,Kiedy?\n2,żółć\n", '{"id": 1, "text": "Kiedy?"}\n{"id": 2, "text": "żółć"}\n'],
)
def test_standard_streams(program: Callable[..., Any], toy: Path, given: str) -> None:
    """Standard input in either format, answers as UTF-8 on standard output, nothing else there."""
    done = program("classify", "-", "-o", "-", "--model", toy, given=given.encode())
    assert done.code == 0, done.err
    assert [json.loads(line)["id"] for line in done.out.splitlines()] == ["1", "2"]
    assert "answers       written to standard output" in done.err


def test_no_comment_on_standard_input(program: Callable[..., Any], toy: Path) -> None:
    """An empty pipe is an empty answer."""
    done = program("classify", "-", "-o", "-", "--model", toy)
    assert (done.code, done.out) == (0, "")
    assert "it is empty" in done.err


def test_lines_of_a_pipe_are_answered_as_they_come(toy: Path) -> None:
    """With --chunk 1 an answer does not wait for the next comment."""
    arguments = ["classify", "-", "-o", "-", "--chunk", "1", "--model", str(toy)]
    with subprocess.Popen(
        [str(PROGRAM), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for number in range(3):
            process.stdin.write(b'{"text": "Kiedy?"}\n')
            process.stdin.flush()
            assert select.select([process.stdout], [], [], 120)[0]
            assert json.loads(process.stdout.readline())["id"] == str(number + 1)
        process.stdin.close()
        assert process.wait(timeout=120) == 0


def test_a_reader_that_goes_away(toy: Path, tmp_path: Path) -> None:
    """As with ``| head -1``: the run ends quietly with the code of a broken pipe."""
    source = many(tmp_path / "in.jsonl", 3000)
    with subprocess.Popen(
        [str(PROGRAM), "classify", str(source), "-o", "-", "-q", "--model", str(toy)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=120) == 141


@pytest.mark.skipif(os.name != "posix", reason="the system has no SIGINT to send")
def test_ctrl_c(program: Callable[..., Any], toy: Path, tmp_path: Path) -> None:
    """Says how far it came and how to go on, and going on gives the rest."""
    source, output = many(tmp_path / "in.jsonl", 20_000), tmp_path / "out.jsonl"
    arguments = ["classify", str(source), "-o", str(output), "--model", str(toy), "--explain"]
    with subprocess.Popen([str(PROGRAM), *arguments], stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        first = process.stderr.readline()
        state = tmp_path / "out.jsonl.state.json"
        while not (state.exists() and json.loads(state.read_bytes())["rows"]):
            assert process.poll() is None
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        told = (first + process.stderr.read()).decode()
        assert process.wait(timeout=120) == 130
    assert "rows are done and safe. To go on, run the same command with --resume." in told
    assert told.endswith("Stopped.\n")
    assert "Traceback" not in told
    assert not output.exists()
    left = program(*arguments, "--resume", "--limit", "20")
    assert left.code == 1
    assert "--limit: the job began with nothing" in left.err


def test_only_what_is_needed_is_loaded(toy: Path, tmp_path: Path) -> None:
    """Neither torch nor the server nor the progress bar slows the start of a run down."""
    many(tmp_path / "in.jsonl", 1)
    script = (
        "import sys; from sedno.serving.cli import main; code = main(sys.argv[1:]); "
        "print(code, *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    arguments = ["classify", str(tmp_path / "in.jsonl"), "-o", "out.jsonl", "--model", str(toy)]
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        check=True,
        cwd=tmp_path,
        text=True,
    )
    code, *loaded = done.stdout.split()
    assert code == "0", done.stderr
    heavy = {"torch", "transformers", "fastapi", "pydantic", "uvicorn", "rich", "pyarrow", "onnx"}
    assert heavy.isdisjoint(loaded)
    assert {"onnxruntime", "tokenizers"} <= set(loaded)


def test_a_missing_extra_names_the_command(toy: Path, tmp_path: Path) -> None:
    """Without pyarrow, Parquet says how to install it and everything else works."""
    many(tmp_path / "in.jsonl", 1)
    script = (
        "import sys; sys.modules['pyarrow'] = None; "
        "from sedno.serving.cli import main; sys.exit(main(sys.argv[1:]))"
    )

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", script, "classify", *arguments, "--model", str(toy)]
        return subprocess.run(command, capture_output=True, check=False, text=True, cwd=tmp_path)

    done = run("in.jsonl", "-o", "out.parquet")
    assert done.returncode == 1
    assert "pip install 'sedno[parquet]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert run("in.jsonl", "-o", "out.csv").returncode == 0


def test_a_narrow_terminal_encoding_costs_no_run(
    program: Callable[..., Any], toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the terminal cannot write a letter it gets the nearest one; data stays UTF-8."""
    monkeypatch.setenv("PYTHONIOENCODING", "latin-1")
    (tmp_path / "in.csv").write_text("Treść\nżółw\n", encoding="utf-8")
    done = program("classify", "in.csv", "-o", "-", "--keep-columns", "--model", toy)
    assert done.code == 0, done.err
    assert "text from 'Tresc'" in done.err
    assert json.loads(done.out)["input"] == {"Treść": "żółw"}


def test_arguments_that_are_not_utf8() -> None:
    """Bytes of another encoding on the command line become U+FFFD instead of an exception."""
    assert streams.argument_text("ok \udcff") == "ok \ufffd"

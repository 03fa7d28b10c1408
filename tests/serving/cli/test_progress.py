from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pty = pytest.importorskip("pty")
PROGRAM = Path(sys.executable).with_name("sedno")


def run(source: Path, toy: Path, *more: str, terminal: bool) -> str:
    """Classifies with standard error on a terminal or in a pipe, and gives what came there."""
    command = [str(PROGRAM), "classify", str(source), "-o", "-", "--model", str(toy), *more]
    if not terminal:
        return subprocess.run(command, capture_output=True, check=True).stderr.decode()
    ours, theirs = pty.openpty()
    environ = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, env=environ
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                data = os.read(ours, 65_536)
            except OSError:  # how Linux tells the end of a terminal
                break
            if not data:
                break
            shown += data
        os.close(ours)
        assert process.wait(timeout=120) == 0
    return shown.decode()


@pytest.mark.skipif(os.name != "posix", reason="the system has no pseudo-terminals")
def test_the_bar_is_for_terminals_only(toy: Path, tmp_path: Path) -> None:
    """A person sees how far it is and then the summary alone; a log gets no control characters."""
    source = tmp_path / "in.jsonl"
    rows = [json.dumps({"text": f"Kiedy numer {number}?"}) + "\n" for number in range(100)]
    source.write_text("".join(rows), encoding="utf-8")
    shown = run(source, toy, terminal=True)
    assert "Classifying" in shown
    assert "100 rows" in shown
    log = run(source, toy, terminal=False)
    assert "Classifying" not in log
    assert "\x1b" not in log
    assert "100 rows in" in log
    assert run(source, toy, "--quiet", terminal=True) == ""

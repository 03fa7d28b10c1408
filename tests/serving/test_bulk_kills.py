from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

# Kills itself at the N-th time that the state file is to say STATUS, before or after it does.
KILLED = """
import os, signal, sys
from sedno.serving.checkpoint import Checkpoint
from sedno.serving.cli.main import main
status, left, when = sys.argv[1], int(sys.argv[2]), sys.argv[3]
save = Checkpoint.save
def dying(self, path):
    global left
    left -= self.status == status
    if not left and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    save(self, path)
    if not left and when == "after":
        os.kill(os.getpid(), signal.SIGKILL)
Checkpoint.save = dying
sys.exit(main(sys.argv[4:]))
"""
KILLS = [
    ("running", 1, "before"),
    ("running", 1, "after"),
    ("running", 3, "before"),
    ("running", 2, "after"),
    ("publishing", 1, "before"),
    ("publishing", 1, "after"),
    ("finished", 1, "before"),
]


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the system has no SIGKILL")
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.csv.gz", "out.parquet"])
def test_killed_at_every_kind_of_moment(tmp_path: Path, toy: Path, name: str) -> None:
    """SIGKILL before and after each step, one after another: the bytes of a run without any."""
    if name.endswith("parquet"):
        pytest.importorskip("pyarrow")
    source = tmp_path / "in.csv"
    rows = [f"{number};bateria numer {number}, super?\n" for number in range(100)]
    rows[10], rows[70] = '10;"never closed\n', "70;too;many\n"
    source.write_text("id;text\n" + "".join(rows), encoding="utf-8")
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    whole, broken = tmp_path / "a" / name, tmp_path / "b" / name
    whole.parent.mkdir()
    broken.parent.mkdir()

    def run(output: Path, *kill: str) -> int:
        command = [sys.executable, str(script), *(kill or ("never", "1", "before")), "classify"]
        options = ["--model", str(toy), "--threads", "1", "--chunk", "20", "--resume"]
        done = subprocess.run(
            [*command, str(source), "-o", str(output), *options], capture_output=True, check=False
        )
        assert done.returncode in {3, -signal.SIGKILL}, done.stderr
        return done.returncode

    assert run(whole) == 3
    for status, number, when in KILLS:
        assert run(broken, status, str(number), when) == -signal.SIGKILL
        assert broken.exists() == (status == "finished")
    assert run(broken) == 3
    assert broken.read_bytes() == whole.read_bytes()
    rejects = broken.with_name(name + ".rejects.jsonl").read_bytes()
    assert rejects == whole.with_name(name + ".rejects.jsonl").read_bytes()
    assert rejects.count(b"\n") == 2
    assert sorted(path.name for path in broken.parent.iterdir()) == [
        name,
        f"{name}.rejects.jsonl",
        f"{name}.state.json",
    ]

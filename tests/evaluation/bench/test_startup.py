from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from sedno.evaluation.bench.startup import launch

if sys.platform == "win32":
    pytest.skip("processes are measured on POSIX", allow_module_level=True)


def test_times_lines_and_exit_code_are_the_commands() -> None:
    """The first output comes before the end, and every line is counted."""
    code = "import sys, time; print('a', flush=True); time.sleep(0.3); print('b'); sys.exit(3)"
    done = launch([sys.executable, "-c", code])
    assert (done.code, done.lines) == (3, 2)
    assert done.first is not None
    assert done.first < done.total - 0.2


def test_peak_memory_is_the_commands_own() -> None:
    """Memory this process holds does not count; what the command takes does."""
    held = bytearray(200_000_000)
    small = launch([sys.executable, "-S", "-c", "pass"])
    large = launch([sys.executable, "-S", "-c", "x = bytearray(150_000_000); x[::4096]"])
    assert len(held) > 0
    assert small.peak < 60_000_000
    assert large.peak > 100_000_000


def test_a_silent_command_has_no_first_answer() -> None:
    """No output is told from output at once."""
    true = shutil.which("true")
    assert true is not None
    assert launch([str(Path(true))]).first is None

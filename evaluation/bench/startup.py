"""How long ``sedno classify`` takes to its first answer, and how much memory it needs."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from sedno.evaluation.bench import launcher
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import distinct, write_jsonl
from sedno.evaluation.bench.setting import BenchError, Setting

NAME = "startup"
FLOOR_SECONDS = 2.0
FLOOR_MB = 600.0


@dataclass(frozen=True, slots=True)
class Launch:
    """One run of a command: seconds to the first output and in all, peak bytes, lines."""

    first: float | None
    total: float
    peak: int
    code: int
    lines: int


def launch(command: list[str]) -> Launch:
    """Runs ``command`` from a small process, so that its peak memory is its own.

    Raises:
        BenchError: The command could not be started.
    """
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-I", "-S", str(Path(launcher.__file__)), *command],
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        raise BenchError(f"{command[0]} could not be started: {done.stderr.decode()[-500:]}")
    return Launch(**json.loads(done.stdout))


def run(setting: Setting) -> Finding:
    """Times whole processes over a short file."""
    sizes = setting.sizes
    path = setting.work / "short.jsonl"
    rows = write_jsonl(path, distinct(setting.inputs.texts, sizes.short_file))
    command = setting.command(
        "classify",
        str(path),
        "--output",
        "-",
        "--format",
        "jsonl",
        "--model",
        str(setting.artifact),
    )
    launches = [launch(command) for _ in range(sizes.rounds + 1)][1:]
    for done in launches:
        if done.code != 0 or done.lines != rows or done.first is None:
            raise BenchError(
                f"sedno classify ended with {done.code} after {done.lines} of {rows} rows"
            )
    return Finding(
        name=NAME,
        title="From start to first answer",
        how=(
            f"`sedno classify` as a process of its own on a file of {rows} comments, answers to "
            f"a pipe; {sizes.rounds} runs after one that warms the disk cache, medians. Peak "
            "memory as the kernel counts it for the whole process."
        ),
        figures=(
            Figure(
                "start to first answer",
                statistics.median(done.first or 0.0 for done in launches),
                "s",
                FLOOR_SECONDS,
                most=True,
            ),
            Figure(
                "peak memory",
                max(done.peak for done in launches) / 1e6,
                "MB",
                FLOOR_MB,
                most=True,
            ),
            Figure("start to end", statistics.median(done.total for done in launches), "s"),
        ),
    )

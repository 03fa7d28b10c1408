"""A long file: memory over the run, and whether kills leave a trace in the output."""

from __future__ import annotations

import hashlib
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import stream, write_jsonl
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.evaluation.extras import MissingExtraError

try:
    import psutil
except ModuleNotFoundError as error:
    raise MissingExtraError("psutil", "bench") from error

NAME = "long_file"
FLOOR_GROWTH = 5.0
"""Percent by which memory may grow over the run and still count as flat: less than the heap's
own unrest between samples."""

_MOST_WORDS = 5
"""Words of a row: the bench is about how many rows there are, and two passes over a million of
average length are two hours on two cores."""

_WARM_SHARE = 0.2
_INTERVAL = 0.25
_FEWEST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Watch:
    """A run that was watched: exit code, seconds, and resident bytes at each sample."""

    code: int
    seconds: float
    resident: tuple[int, ...]


def watch(command: Sequence[str], log: Path, *, stop: Callable[[], bool] = lambda: False) -> Watch:
    """Runs ``command``, samples its memory, and kills it with SIGKILL once ``stop()`` is true.

    Args:
        command: What to run.
        log: File for its standard error.
        stop: Asked at every sample.
    """
    started = time.perf_counter()
    resident: list[int] = []
    with (
        log.open("wb") as errors,
        subprocess.Popen(  # noqa: S603 - our own command
            list(command), stdout=subprocess.DEVNULL, stderr=errors
        ) as process,
    ):
        watched = psutil.Process(process.pid)
        while process.poll() is None:
            try:
                resident.append(watched.memory_info().rss)
            except psutil.NoSuchProcess:
                break
            if stop():
                process.kill()
            time.sleep(_INTERVAL)
        code = process.wait()
    return Watch(code, time.perf_counter() - started, tuple(size for size in resident if size))


def growth(resident: Sequence[int]) -> float:
    """By how many percent memory grew over the run after its start, by a straight-line fit."""
    steady = np.asarray(resident[int(_WARM_SHARE * len(resident)) :], dtype=np.float64)
    if steady.size < _FEWEST_SAMPLES:
        return 0.0
    at = np.linspace(0.0, 1.0, steady.size)
    slope, start = np.polyfit(at, steady, 1)
    return float(100.0 * slope / start)


def run(setting: Setting) -> Finding:
    """Classifies a long file whole, then again with kills, and compares the outputs."""
    sizes = setting.sizes
    source = setting.work / "long.jsonl"
    rows = write_jsonl(source, stream(setting.inputs.texts, sizes.rows, most_words=_MOST_WORDS))
    whole = setting.work / "whole" / "out.jsonl"
    broken = setting.work / "broken" / "out.jsonl"
    for path in (whole, broken):
        path.parent.mkdir()

    straight = watch(_command(setting, source, whole), setting.work / "whole.log")
    _check(straight, setting.work / "whole.log")
    length = whole.stat().st_size

    killed = 0
    for number in range(sizes.kills):
        mark = length * (number + 1) / (sizes.kills + 1)
        attempt = watch(
            _command(setting, source, broken),
            setting.work / f"kill-{number + 1}.log",
            stop=lambda mark=mark: _written(broken.parent) >= mark,  # type: ignore[misc]
        )
        killed += attempt.code != 0
    last = watch(_command(setting, source, broken), setting.work / "last.log")
    _check(last, setting.work / "last.log")
    same = _digest(whole) == _digest(broken)
    lines = _lines(whole)
    steady = straight.resident[int(_WARM_SHARE * len(straight.resident)) :]
    return Finding(
        name=NAME,
        title="A long file, whole and with kills",
        how=(
            f"`sedno classify` over {rows:,} rows (up to {_MOST_WORDS} words of the inputs mixed "
            "and a number, 15 % common short comments that repeat), once straight through and "
            f"once killed with SIGKILL {killed} times and resumed. Resident memory every "
            f"{_INTERVAL} s; growth is a straight-line "
            "fit after the first fifth of the run."
        ),
        figures=(
            Figure(
                "memory grows over the run by",
                growth(straight.resident),
                "%",
                FLOOR_GROWTH,
                most=True,
            ),
            Figure("killed and resumed: output byte-identical", float(same), "yes/no", 1.0),
            Figure("every row answered", float(lines == rows), "yes/no", 1.0),
            Figure("kills that took effect", float(killed), "times", float(sizes.kills)),
            Figure("median memory", statistics.median(steady or (0,)) / 1e6, "MB"),
            Figure("highest memory", max(straight.resident, default=0) / 1e6, "MB"),
            Figure("speed over the whole file", rows / straight.seconds, "comments/s"),
        ),
    )


def _command(setting: Setting, source: Path, output: Path) -> list[str]:
    return setting.command(
        "classify",
        str(source),
        "--output",
        str(output),
        "--resume",
        "--model",
        str(setting.artifact),
    )


def _check(done: Watch, log: Path) -> None:
    if done.code != 0:
        tail = log.read_text(encoding="utf-8", errors="replace")[-500:]
        raise BenchError(f"sedno classify ended with {done.code}: {tail}")


def _written(folder: Path) -> int:
    """Bytes in the largest file of ``folder``: the output or its working form."""
    sizes = []
    for path in folder.iterdir():
        try:
            sizes.append(path.stat().st_size)
        except FileNotFoundError:
            continue
    return max(sizes, default=0)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(path: Path) -> int:
    with path.open("rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))

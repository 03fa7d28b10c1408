"""The size of the wheel, and whether it serves in an environment without torch."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import distinct, write_jsonl
from sedno.evaluation.bench.setting import BenchError, Setting

NAME = "packaging"
FLOOR_MB = 110.0

_ABSENT = ("torch", "transformers", "sklearn", "scipy", "pandas", "pyarrow")
_PROBE = (
    "import importlib.util, json, sys; "
    "print(json.dumps([n for n in sys.argv[1:] if importlib.util.find_spec(n)]))"
)


def run(setting: Setting) -> Finding:
    """Builds the wheel from the commit, installs it alone, and classifies with it."""
    wheel = build_wheel(setting.work)
    python = clean_environment(setting.work / "environment", wheel)
    heavy = json.loads(_run([str(python), "-I", "-c", _PROBE, *_ABSENT]))
    rows = write_jsonl(setting.work / "in.jsonl", distinct(setting.inputs.texts, 20))
    output = setting.work / "out.jsonl"
    _run(
        [
            str(python.with_name("sedno")),
            "classify",
            str(setting.work / "in.jsonl"),
            "--output",
            str(output),
        ]
    )
    answered = len(output.read_text(encoding="utf-8").splitlines())
    size = sum(
        path.stat().st_size
        for path in (setting.work / "environment").rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    return Finding(
        name=NAME,
        title="The wheel and a serving environment",
        how=(
            "The wheel is built from the files of the commit, installed without extras into a "
            f"new environment, and `sedno classify` answers {rows} comments there with the "
            f"model inside the wheel. Looked for and not wanted: {', '.join(_ABSENT)}."
        ),
        figures=(
            Figure("wheel", wheel.stat().st_size / 1e6, "MB", FLOOR_MB, most=True),
            Figure("classifies in a clean environment", float(answered == rows), "yes/no", 1.0),
            Figure("heavy libraries in it", float(len(heavy)), "libraries", 0.0, most=True),
            Figure("whole environment", size / 1e6, "MB"),
        ),
    )


def build_wheel(work: Path) -> Path:
    """Builds the wheel from what the current commit holds, and nothing else.

    Raises:
        BenchError: This is not a checkout, or the build failed.
    """
    root = Path(__file__).resolve().parents[2]
    git = shutil.which("git")
    if git is None or not (root / "pyproject.toml").is_file():
        raise BenchError("the wheel is built from a checkout; this is an installed package")
    archive = work / "source.tar"
    _run([git, "-C", str(root), "archive", "--output", str(archive), "HEAD"])
    source = work / "source"
    with tarfile.open(archive) as files:
        files.extractall(source, filter="data")
    target = work / "wheel"
    _run(
        [
            sys.executable,
            "-I",
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(target),
            str(source),
        ]
    )
    return next(target.glob("sedno-*.whl"))


def clean_environment(folder: Path, wheel: Path) -> Path:
    """Installs ``wheel`` and what it requires into a new environment; returns its Python."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    _run([str(python), "-I", "-m", "pip", "install", "--quiet", str(wheel)])
    return python


def _run(command: Sequence[str]) -> str:
    environment: Mapping[str, str] = {
        name: value for name, value in os.environ.items() if not name.startswith("SEDNO_")
    }
    done = subprocess.run(  # noqa: S603 - commands fixed above
        command, capture_output=True, text=True, check=False, env=environment
    )
    if done.returncode != 0:
        raise BenchError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-500:]}")
    return done.stdout

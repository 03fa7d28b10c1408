"""How the tests of the command line run it: within the test, or as a program of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from sedno.serving.cli import main

PROGRAM = Path(sys.executable).with_name("sedno")


@dataclass(frozen=True)
class Done:
    """How a command ended: exit code, standard output and standard error."""

    code: int
    out: str
    err: str


Sedno = Callable[..., Done]


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests gets in; models are kept aside."""
    for name in ("SEDNO_MODEL", "SEDNO_THREADS", "SEDNO_TARGET_ERROR", "SEDNO_DATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SEDNO_MODELS", str(tmp_path / "models"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def sedno(capfd: pytest.CaptureFixture[str]) -> Sedno:
    """Runs a command within this process."""

    def run(*arguments: object) -> Done:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Done(code, out, err)

    return run


@pytest.fixture
def program() -> Callable[..., Done]:
    """Runs the installed program, with bytes for its standard input."""

    def run(*arguments: object, given: bytes = b"") -> Done:
        done = subprocess.run(
            command(arguments), input=given, capture_output=True, check=False, timeout=300
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


def command(arguments: Sequence[object]) -> list[str]:
    """The command line of the installed program."""
    return [str(PROGRAM), *map(str, arguments)]

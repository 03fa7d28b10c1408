from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import click
import pytest

from sedno.serving.cli import extras
from sedno.serving.cli.exits import CommandError, report
from sedno.serving.cli.main import app

COMMANDS = app.list_commands(click.Context(app))


def test_help_and_version(sedno: Callable[..., Any]) -> None:
    """Both end with 0; the help names every command but the one for the makers of the docs."""
    shown = sedno("--help")
    assert shown.code == 0
    for name in COMMANDS:
        assert (f"\n  {name} " in shown.out) == (name != "reference")
    assert "Exit codes: 0 done" in shown.out
    assert sedno("--version").out == f"sedno, version {version('sedno')}\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help(sedno: Callable[..., Any], name: str) -> None:
    """Also where its extra is not installed."""
    shown = sedno(name, "--help")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out.startswith(f"Usage: sedno {name}")


def test_a_mistyped_command(sedno: Callable[..., Any]) -> None:
    """The nearest name is suggested; a name near none is only refused."""
    done = sedno("clasify", "in.csv")
    assert (done.code, done.out) == (2, "")
    assert "No such command 'clasify'. Did you mean 'classify'?" in done.err
    assert "Did you mean" not in sedno("xyzzy").err


def test_a_mistyped_option(sedno: Callable[..., Any]) -> None:
    """Refused as a wrong command line, with where the help is."""
    done = sedno("classify", "in.csv", "--outptu", "o.csv")
    assert done.code == 2
    assert "--outptu" in done.err
    assert "sedno classify --help" in done.err


def test_a_traceback_only_when_asked_for(sedno: Callable[..., Any]) -> None:
    """A person gets one line; --debug gives the whole story."""
    arguments = ("explain", "Kiedy?", "--model", "nobody")
    assert "Traceback" not in sedno(*arguments).err
    done = sedno(*arguments, "--debug")
    assert done.code == 1
    assert "Traceback" in done.err
    assert "no artefact is called 'nobody'" in done.err


def test_a_fault_of_ours_asks_for_a_report(capsys: pytest.CaptureFixture[str]) -> None:
    """An error that no one foresaw is not taken for the caller's mistake."""
    assert report(ZeroDivisionError("division by zero")) == 1
    told = capsys.readouterr().err
    assert "unexpected ZeroDivisionError" in told
    assert "--debug" in told


def test_a_missing_extra_is_named() -> None:
    """The message holds the command that installs it; a fault in our own code stays one."""
    with pytest.raises(CommandError, match=r"pip install 'sedno\[train\]'"):
        extras.load("no_such_library", command="train", extra="train")
    with pytest.raises(ModuleNotFoundError):
        extras.load("sedno.no_such_module", command="train", extra="train")

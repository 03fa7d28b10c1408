"""The ``sedno`` command: finds the subcommand, runs it, turns what happened into an exit code."""

from __future__ import annotations

import difflib
import importlib
import sys
import traceback
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

import click

from sedno.serving.cli import exits, streams

_COMMANDS = (
    "classify",
    "explain",
    "topics",
    "serve",
    "train",
    "evaluate",
    "compare",
    "bench",
    "jobs",
    "db",
    "decisions",
    "models",
    "demo",
    "users",
    "keys",
    "privacy",
    "audit",
    "reference",
)


class _ReaderGoneError(Exception):
    """Whoever read the standard output does so no longer."""


class _LazyGroup(click.Group):
    """Loads the module of a command only when it is asked for: start-up time."""

    def invoke(self, ctx: click.Context) -> Any:
        """As click does, but click would end with 1 when the reader of the output goes away."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise _ReaderGoneError from error

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command = importlib.import_module(f"sedno.serving.cli.{cmd_name}").command
        if not isinstance(command, click.Command):
            raise TypeError(f"sedno.serving.cli.{cmd_name}.command is not a click command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does, but suggests names: click knows only the commands already loaded."""
        name = args[0]
        if name not in _COMMANDS and not name.startswith("-"):
            close = difflib.get_close_matches(name, _COMMANDS, n=1)
            hint = f" Did you mean '{close[0]}'?" if close else ""
            ctx.fail(f"No such command '{name}'.{hint}")
        return super().resolve_command(ctx, args)


@click.group(
    cls=_LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 96},
    epilog="Exit codes: 0 done, 1 could not be done, 2 wrong command line, 3 done but some "
    "rows could not be read, 130 stopped by Ctrl-C, 141 the reader of the output went away.",
)
@click.version_option(version("sedno"), prog_name="sedno")
def app() -> None:
    """Read comments and answer five things about each.

    Does it have substance, did a real person write it, what does it feel, does it ask
    something, is it toxic.

    Start with:  sedno classify comments.csv --output answers.csv
    """


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code (see :mod:`sedno.serving.cli.exits`).

    Args:
        argv: Arguments after the program's name; ``None`` takes those of the process.
    """
    args = list(sys.argv[1:] if argv is None else argv)
    streams.prepare()
    try:
        result = app.main(args=args, prog_name="sedno", standalone_mode=False)
        sys.stdout.flush()
    except (BrokenPipeError, _ReaderGoneError):
        streams.silence_stdout()
        return exits.BROKEN_PIPE
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        return exits.INTERRUPTED
    except Exception as error:  # the one place where every failure gets a text
        if "--debug" in args:
            traceback.print_exc()
        return exits.report(error)
    return result if isinstance(result, int) else exits.DONE

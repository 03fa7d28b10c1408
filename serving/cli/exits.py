"""Exit codes, and what a failure looks like to the person who typed the command."""

from __future__ import annotations

import click

DONE = 0
FAILED = 1
USAGE = 2
REJECTS = 3
INTERRUPTED = 130
BROKEN_PIPE = 141


class CommandError(click.ClickException):
    """Something the caller can mend; the message names the value and the remedy."""

    exit_code = FAILED


def report(error: Exception) -> int:
    """Prints ``error`` for a person on standard error and returns its exit code."""
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"Error: {where}{error.strerror}", err=True)
        return FAILED
    if isinstance(error, OSError) or type(error).__module__.startswith("sedno."):
        click.echo(f"Error: {error}", err=True)
        return FAILED
    click.echo(
        f"Error: unexpected {type(error).__name__}: {error}\n"
        "This is a fault in Sedno. Run the same command with --debug and report what it prints.",
        err=True,
    )
    return FAILED

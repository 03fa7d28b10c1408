"""Opens the database for commands, and reads what they are told."""

from __future__ import annotations

import getpass
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from sedno.serving.cli.exits import CommandError

if TYPE_CHECKING:
    from sedno.serving.settings import Settings
    from sedno.serving.store.database import Database

_SPAN = re.compile(r"(\d{1,5})\s*(m|h|d|w)")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@contextmanager
def opened() -> Iterator[tuple[Settings, Database]]:
    """The settings and the database they name, with the tables of this Sedno.

    Raises:
        CommandError: It cannot be reached.
    """
    from sqlalchemy.exc import OperationalError

    from sedno.serving.settings import load_settings
    from sedno.serving.store.opening import Store

    settings = load_settings()
    store = Store(settings)
    try:
        try:
            database = store.open()
        except OperationalError as error:
            raise CommandError(
                f"the database cannot be reached: {str(error.orig).strip()}. Check "
                "SEDNO_DATABASE_URL and SEDNO_DATA_DIR."
            ) from error
        yield settings, database
    finally:
        store.close()


def ask_password() -> str:
    """Asks for a new password twice, or takes the first line of standard input.

    Raises:
        CommandError: The two differ, or standard input is empty.
    """
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise CommandError("standard input holds no password on its first line")
        return password
    password = getpass.getpass("New password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError("the two passwords differ; try again")
    return password


class Span(click.ParamType[timedelta]):
    """A span of time, such as 90d, 12h or 30m."""

    name = "span"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> timedelta:
        """Reads one."""
        if isinstance(value, timedelta):
            return value
        found = _SPAN.fullmatch(str(value).strip().lower())
        if found is None:
            self.fail(f"{value!r} is no span of time; write 30m, 12h, 90d or 8w", param, ctx)
        return timedelta(**{_UNITS[found[2]]: int(found[1])})


class Moment(click.ParamType[datetime]):
    """A time: ISO 8601, in UTC where it names no zone."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Reads one."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is no time; write 2026-11-30 or 2026-11-30T12:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Prints rows under a head, in columns."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        click.echo(line.rstrip())


def day(moment: datetime | None, empty: str = "") -> str:
    """A time for a table, to the minute."""
    return moment.strftime("%Y-%m-%d %H:%M") if moment else empty

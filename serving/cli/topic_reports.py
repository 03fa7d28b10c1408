"""``sedno topics report`` and ``digest``: topics to read, to send and to calculate with."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import extras, options
from sedno.serving.cli.exits import CommandError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sedno.models.topics.records import Found
    from sedno.serving.topics.digest import Persisting
    from sedno.serving.topics.shown import Report

_EXTRA = "topics"

lang_option = click.option(
    "--lang", type=click.Choice(["en", "pl"]), default="en", show_default=True,
    help="Language of the report's own words.",
)  # fmt: skip
_state = click.argument(
    "state", required=False, type=click.Path(dir_okay=False, exists=True, path_type=Path)
)


@click.command("report", short_help="Print or write a report of topics.")
@_state
@click.option("--output", "-o", metavar="FILE|-", default="-", show_default=True,
              help="Where to.")  # fmt: skip
@click.option(
    "--format", "form", type=click.Choice(["md", "html", "csv", "xlsx", "json"]),
    help="What to write. Default: as the output's name ends, else Markdown.",
)  # fmt: skip
@click.option("--most", type=click.IntRange(min=1), metavar="N",
              help="Most topics of each source. Default: all.")  # fmt: skip
@lang_option
@options.debug
def report(state: Path | None, output: str, form: str | None, most: int | None, lang: str) -> None:
    """Print or write a report of the topics of a state file, or of the database without one.

    HTML is one file with its plots in it: it opens without a network and prints well.

    \b
    Examples:
      sedno topics report topics.state
      sedno topics report topics.state --output topics.html --lang pl
      sedno topics report --format xlsx --output topics.xlsx
    """
    from sedno.serving.desk.export import format_of

    wanted = form or format_of(output)
    if wanted == "xlsx" and output == "-" and sys.stdout.isatty():
        raise CommandError("--format xlsx: is nothing to read on a terminal; add --output FILE")
    _write(output, _read(state, most), wanted, lang)


@click.command("digest", short_help="Print what the last week brought.")
@_state
@click.option("--output", "-o", metavar="FILE|-", default="-", show_default=True,
              help="Where to; HTML, MD, CSV, XLSX, JSON as the name ends, else text.")  # fmt: skip
@click.option("--url", metavar="URL",
              help="Address of the server, to link topics. Default: the setting public_url, where "
              "the database is read.")  # fmt: skip
@lang_option
@options.debug
def digest(state: Path | None, output: str, url: str | None, lang: str) -> None:
    """Print the digest of the last week: what is new, rising, unanswered.

    Plain text to be sent by e-mail, its subject in the first line. Reads a state file, or the
    database without one; only the database knows what is answered.

    \b
    Examples:
      sedno topics digest --lang pl
      sedno topics digest topics.state --output digest.html
    """
    from sedno.serving.desk.digest_files import FORMATS, Told, format_of
    from sedno.serving.topics.digest import digest_of
    from sedno.serving.topics.files import write_bytes

    form = FORMATS[format_of(output)]
    found = _read(state, None)
    still = _persisting() if state is None else None
    told = Told(digest_of(found, most=form.most, still=still), found, lang, _address(url, state))
    write_bytes(output, _made(lambda: form.write(told)))


def load_state(state: Path) -> Found:
    """Topics of a file."""
    from sedno.models.topics.state import load

    return load(state)


def write_report(path: str, found: Found, *, lang: str) -> None:
    """Writes a report of topics in the form that the file's name asks for."""
    from sedno.serving.desk.export import format_of
    from sedno.serving.topics.from_state import report_of

    _write(path, report_of(found), format_of(path), lang)


def _write(path: str, found: Report, form: str, lang: str) -> None:
    from sedno.serving.desk.export import FORMATS
    from sedno.serving.topics.files import write_bytes

    write_bytes(path, _made(lambda: FORMATS[form].write(found, lang)))


def _made(write: Callable[[], bytes]) -> bytes:
    """What a writer makes, or how to install what it needs."""
    from sedno.serving.desk.sheet import MissingError

    try:
        return write()
    except MissingError as error:
        raise CommandError(str(error)) from error


def _read(state: Path | None, most: int | None) -> Report:
    if state is not None:
        extras.load("sedno.models.topics.engine", command="topics", extra=_EXTRA)
        from sedno.serving.topics.from_state import report_of

        return report_of(load_state(state), most=most)
    from dataclasses import replace

    from sedno.serving.cli.opening import opened
    from sedno.serving.topics import from_store
    from sedno.serving.topics.shown import at_most

    with opened() as (_, database), database.session() as session:
        found = from_store.report_of(session)
    return replace(found, topics=tuple(at_most(found.topics, most)))


def _persisting() -> list[Persisting]:
    from sedno.serving.cli.opening import opened
    from sedno.serving.faq.persisting import persisting

    with opened() as (_, database), database.session() as session:
        return persisting(session)


def _address(url: str | None, state: Path | None) -> str | None:
    if url is not None:
        return url.rstrip("/")
    if state is not None:
        return None
    from sedno.serving.settings import load_settings

    settings: Any = load_settings()
    return None if settings.public_url is None else str(settings.public_url).rstrip("/")

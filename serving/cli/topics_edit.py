"""``sedno topics edit``: what editors decide about the topics of a state file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sedno.serving.cli import exits, extras, options

if TYPE_CHECKING:
    from sedno.models.topics.records import Found

_STATE = click.argument(
    "state", type=click.Path(dir_okay=False, exists=True, path_type=Path), metavar="STATE"
)
_TOPIC = click.argument("topic", metavar="TOPIC")


@click.group(name="edit")
def command() -> None:
    """Rename, merge, split, hide or pin topics of a state file.

    What is decided stays in every later 'sedno topics fit' and 'update' with that file. TOPIC is an
    id, as 'sedno topics report' lists them.
    """


@command.command("rename", short_help="Give a topic another name.")
@_STATE
@_TOPIC
@click.argument("name")
@options.debug
def rename(state: Path, topic: str, name: str) -> None:
    """Call TOPIC by NAME."""
    _change(state, lambda edits, found: edits.rename(found, topic, name))
    click.echo(f"{topic} is called {name.strip()!r}.", err=True)


@command.command("merge", short_help="Make one topic of several.")
@_STATE
@click.argument("topics", nargs=-1, required=True, metavar="TOPIC...")
@click.option("--into", required=True, metavar="TOPIC", help="The topic that stays.")
@options.debug
def merge(state: Path, topics: tuple[str, ...], into: str) -> None:
    """Make each TOPIC part of another.

    \b
    Example:
      sedno topics edit merge topics.state t4 t9 --into t2
    """
    found = _change(state, lambda edits, found: edits.merge(found, topics, into))
    _show(found, [into])


@command.command("split", short_help="Make several topics of one.")
@_STATE
@_TOPIC
@click.option(
    "--part", "given", multiple=True, metavar="ID,ID,...",
    help="Comments that a part is given by; give it once for each part. The first part keeps the "
    "topic's id.",
)  # fmt: skip
@click.option("--parts", type=click.IntRange(2, 4), default=2, show_default=True,
              help="Without --part: how many parts to find.")  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Only show what would come of it.")
@options.debug
def split(state: Path, topic: str, given: tuple[str, ...], parts: int, dry_run: bool) -> None:
    """Make several topics of TOPIC.

    Comments that no part names go to the part they are nearest to, and so do later ones.

    \b
    Examples:
      sedno topics edit split topics.state t3 --parts 2 --dry-run
      sedno topics edit split topics.state t3 --part c-1,c-5 --part c-9
    """
    _engine()
    from sedno.models.topics import splitting
    from sedno.models.topics.edits import EditError
    from sedno.models.topics.state import load

    before = load(state)
    try:
        seeds = (
            [[one.strip() for one in part.split(",") if one.strip()] for part in given]
            if given
            else splitting.suggest(before, topic, parts)
        )
        planned = splitting.preview(before, topic, seeds)
    except EditError as error:
        raise exits.CommandError(str(error)) from error
    if not dry_run:
        _change(state, lambda edits, found: edits.split(found, topic, seeds))
    for part, ids in zip(planned, seeds, strict=True):
        name = "" if dry_run and part.id != topic else f"{part.id}  "
        click.echo(f"{name}{part.size:,}  {part.name}   (given by {','.join(ids)})")
        for comment, text in part.asked[:5]:
            click.echo(f"      {' '.join(text.split())[:100]} ({comment})")


def _flag(op: str, help_: str, done: str) -> None:
    @command.command(op, short_help=f"{help_}.", help=f"{help_}, now and in later runs.")
    @_STATE
    @click.argument("topics", nargs=-1, required=True, metavar="TOPIC...")
    @options.debug
    def run(state: Path, topics: tuple[str, ...]) -> None:
        def edit(edits: Any, found: Found) -> Found:
            for topic in topics:
                found = edits.flag(found, topic, op)
            return found

        _change(state, edit)
        click.echo(f"{', '.join(topics)}: {done}.", err=True)


_flag("hide", "Leave each TOPIC out of reports and assignments", "hidden")
_flag("show", "Show each TOPIC again that was hidden", "shown")
_flag("pin", "Keep each TOPIC although nobody asks it any more", "pinned")
_flag("unpin", "Let each TOPIC go once nobody asks it", "no longer pinned")


def _engine() -> None:
    extras.load("sedno.models.topics.engine", command="topics edit", extra="topics")


def _change(state: Path, edit: Callable[[Any, Found], Found]) -> Found:
    """Edits a state file; what was there stays where the edit cannot be done."""
    _engine()
    from sedno.models.topics import edits
    from sedno.models.topics.state import load, save
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.store.base import now

    before = load(state)
    try:
        found = edit(edits, before)
    except edits.EditError as error:
        raise exits.CommandError(str(error)) from error
    found = edits.signed(before, found, by=COMMAND_LINE.name, at=now())
    save(found, state)
    return found


def _show(found: Found, ids: list[str]) -> None:
    for topic in found.topics:
        if topic.id in ids:
            click.echo(f"{topic.id}  {topic.size:,}  {topic.name}")

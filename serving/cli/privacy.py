"""``sedno privacy``: what is held on someone, erasing it, and how long things are kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

import click

from sedno.serving.cli import options
from sedno.serving.cli.exits import CommandError

F = TypeVar("F", bound=Callable[..., Any])


@click.group(name="privacy")
def command() -> None:
    """Answer people who ask what is held on them, erase it, and set how long things are kept.

    An author is stored as a pseudonym only; give the name as the platform gave it, together with
    the source. docs/privacy.md says what is held and why.
    """


def _whose(function: F) -> F:
    for option in reversed(
        (
            click.option("--source", metavar="SOURCE", help="Where it was written."),
            click.option("--author", metavar="AUTHOR", help="Who wrote it, by the name there."),
            click.option("--external-id", metavar="ID", help="One comment, by its id there."),
            click.option("--pseudonym", metavar="PSEUDONYM", help="The author, as Sedno has it."),
        )
    ):
        function = option(function)
    return function


@command.command("export", short_help="Print what is held on someone.")
@_whose
@options.debug
def export(**whose: str | None) -> None:
    """Print all that is held on someone, one JSON object a comment.

    \b
    Example:
      sedno privacy export --source youtube --author UC123 > held.jsonl
    """
    from sedno.serving.cli.opening import opened
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.privacy.holdings import holdings

    count = 0
    with opened() as (settings, database):
        for held in holdings(database, COMMAND_LINE, _target(settings, whose)):
            click.echo(json.dumps(held, ensure_ascii=False))
            count += 1
    click.echo(f"{count} comments are held.", err=True)


@command.command("erase", short_help="Erase what is held on someone.")
@_whose
@click.option("--dry-run", is_flag=True, help="Only say what would be erased.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.debug
def erase(dry_run: bool, yes: bool, **whose: str | None) -> None:
    """Erase someone's comments and all that was derived from them, for good.

    Predictions, decisions, claims and rows of jobs go with them. Backups keep them until they
    are overwritten.
    """
    from sedno.serving.cli.opening import opened
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.privacy import erase as erasing

    with opened() as (settings, database):
        target = _target(settings, whose)
        would = erasing.erase(database, COMMAND_LINE, target, dry_run=True)
        _tell(would, "Would erase")
        if dry_run or not (would.comments or would.waiting):
            return
        if not yes:
            click.confirm("Erase it for good?", abort=True, err=True)
        _tell(erasing.erase(database, COMMAND_LINE, target), "Erased")


@command.command("pseudonym", short_help="Print the pseudonym of an author.")
@click.option("--source", required=True, metavar="SOURCE", help="Where the author writes.")
@click.option("--author", required=True, metavar="AUTHOR", help="The author's name there.")
@options.debug
def pseudonym(source: str, author: str) -> None:
    """Print the pseudonym under which an author's comments are stored."""
    from sedno.serving.people.secrets import pseudonym_key
    from sedno.serving.privacy.pseudonyms import Pseudonyms
    from sedno.serving.settings import load_settings

    click.echo(Pseudonyms(pseudonym_key(load_settings())).of(source, author))


@command.group("retention")
def retention() -> None:
    """Show and set how long comments are kept.

    A running server removes what is older once an hour.
    """


@retention.command("list")
@options.as_json
@options.debug
def list_rules(as_json: bool) -> None:
    """List for how many days the comments of each source are kept; * stands for all others."""
    from sedno.serving.cli.opening import opened, table
    from sedno.serving.privacy.retention import rules

    with opened() as (settings, database), database.session() as session:
        kept = rules(session, settings)
    if as_json:
        click.echo(json.dumps(kept, ensure_ascii=False, indent=2))
        return
    table(
        ("source", "days"),
        [(source, "for ever" if days is None else str(days)) for source, days in kept.items()],
    )


@retention.command("set", short_help="Set how long the comments of a source are kept.")
@click.argument("source", metavar="SOURCE|*")
@click.argument("days", type=click.IntRange(min=1))
@options.debug
def set_rule(source: str, days: int) -> None:
    """Set for how many DAYS the comments of a source are kept, from the day they came."""
    _set(source, days)
    click.echo(f"Comments of {source} are kept for {days} days.")


@retention.command("remove", short_help="Take the rule of a source away.")
@click.argument("source", metavar="SOURCE|*")
@options.debug
def remove(source: str) -> None:
    """Take the rule of a source away; that of * holds for it then."""
    _set(source, None)
    click.echo(f"{source} has no rule of its own any more.")


@retention.command("apply")
@options.debug
def apply() -> None:
    """Remove now what is older than its rule says."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.privacy import retention as keeping

    with opened() as (settings, database):
        removed = keeping.apply(database, settings)
    for source, count in removed.comments.items():
        click.echo(f"{source}: {count} comments removed")
    if not removed.comments:
        click.echo("Nothing is older than its rule says.")


def _set(source: str, days: int | None) -> None:
    from sedno.serving.cli.opening import opened
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.privacy.retention import set_rule as set_one

    with opened() as (_, database), database.transaction() as session:
        set_one(session, COMMAND_LINE, source, days)


def _target(settings: Any, whose: dict[str, str | None]) -> Any:
    from sedno.serving.people.secrets import pseudonym_key
    from sedno.serving.privacy.pseudonyms import Pseudonyms
    from sedno.serving.privacy.target import Target, TargetError

    try:
        return Target.stated(Pseudonyms(pseudonym_key(settings)), **whose)
    except TargetError as error:
        raise CommandError(
            f"{error}. Options: --source and --author, --source and --external-id, or --pseudonym."
        ) from error


def _tell(erased: Any, what: str) -> None:
    parts = [f"{erased.comments} comments"]
    parts += [f"{count} rows of {name}" for name, count in erased.derived.items()]
    if erased.waiting:
        parts.append(f"{erased.waiting} rows that wait in jobs")
    click.echo(f"{what} {', '.join(parts)}.", err=True)

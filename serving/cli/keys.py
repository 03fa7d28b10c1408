"""``sedno keys``: keys of programs."""

from __future__ import annotations

import json
from datetime import timedelta

import click

from sedno.serving.cli import options
from sedno.serving.cli.opening import Span

_NAME = click.argument("name", metavar="NAME")


@click.group(name="keys")
def command() -> None:
    """Make and manage keys of programs.

    A key is sent as 'Authorization: Bearer KEY'. It may do what its scopes say;
    docs/security.md lists them. It is printed once: only a hash of it is kept.
    """


@command.command("create", short_help="Make a key and print it.")
@_NAME
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    metavar="SCOPE",
    help="What it may do; may be given several times. Default: what a pipeline needs.",
)
@click.option(
    "--expires-in", type=Span(), metavar="SPAN", help="When it ends, such as 90d. Default: never."
)
@options.debug
def create(name: str, scopes: tuple[str, ...], expires_in: timedelta | None) -> None:
    """Make a key called NAME and print it on standard output.

    \b
    Example:
      sedno keys create importer --scope comments:write --scope jobs --expires-in 90d
    """
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.cli.opening import day, opened
    from sedno.serving.people import keys
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.roles import PIPELINE_SCOPES, Scope
    from sedno.serving.store.base import now

    known = set(Scope)
    for scope in scopes:
        if scope not in known:
            raise CommandError(f"scope {scope!r} is none; there are {', '.join(Scope)}")
    wanted = [Scope(scope) for scope in scopes] or sorted(PIPELINE_SCOPES)
    with opened() as (_, database), database.transaction() as session:
        key, shown = keys.create(
            session,
            COMMAND_LINE,
            name,
            wanted,
            expires_at=now() + expires_in if expires_in else None,
        )
    click.echo(
        f"Key {key.name}: {', '.join(key.scopes)}; ends {day(key.expires_at, 'never')}. "
        "Keep it now, it cannot be shown again:",
        err=True,
    )
    click.echo(shown)


@command.command("list")
@options.as_json
@options.debug
def list_keys(as_json: bool) -> None:
    """List all keys, without their secrets."""
    from sedno.serving.cli.opening import day, opened, table
    from sedno.serving.people import keys

    with opened() as (_, database), database.session() as session:
        found = keys.every(session)
    if as_json:
        click.echo(json.dumps([keys.fields(key) for key in found], ensure_ascii=False, indent=2))
        return
    if not found:
        click.echo("No keys yet. Make one: sedno keys create NAME")
        return
    table(
        ("name", "state", "scopes", "ends", "last used"),
        [
            (
                key.name,
                keys.state_of(key),
                " ".join(key.scopes),
                day(key.expires_at, "never"),
                day(key.last_used_at, "never"),
            )
            for key in found
        ],
    )


@command.command("rotate", short_help="Give a key a new secret and print it.")
@_NAME
@click.option(
    "--grace",
    type=Span(),
    default="24h",
    show_default=True,
    metavar="SPAN",
    help="How long the old secret is still taken; 0m for not at all.",
)
@options.debug
def rotate(name: str, grace: timedelta) -> None:
    """Give a key a new secret and print it; the old one works for a while longer."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import keys
    from sedno.serving.people.actor import COMMAND_LINE

    with opened() as (_, database), database.transaction() as session:
        shown = keys.rotate(session, COMMAND_LINE, keys.find(session, name), grace=grace)
    click.echo(f"The old secret of {name} is taken for another {grace}.", err=True)
    click.echo(shown)


@command.command("revoke")
@_NAME
@options.debug
def revoke(name: str) -> None:
    """End a key at once."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import keys
    from sedno.serving.people.actor import COMMAND_LINE

    with opened() as (_, database), database.transaction() as session:
        keys.revoke(session, COMMAND_LINE, keys.find(session, name))
    click.echo(f"Key {name} is revoked.")

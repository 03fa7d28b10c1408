"""``sedno users``: the people who may work at the desk."""

from __future__ import annotations

import json

import click

from sedno.serving.cli import options

_LOGIN = click.argument("login", metavar="LOGIN")
_ROLES = click.Choice(["moderator", "editor", "admin"])


@click.group(name="users")
def command() -> None:
    """Make and manage the people who may work at the desk.

    Begin with an admin, then sign in by the link that is printed:

    \b
      sedno users create ola@example.org --role admin --link
    """


@command.command("create", short_help="Make a person.")
@_LOGIN
@click.option(
    "--role",
    type=_ROLES,
    required=True,
    help="What they are here to do: a moderator decides on comments, an editor settles "
    "escalations and writes answers, an admin does all and manages people.",
)
@click.option("--name", metavar="NAME", help="What others see. Default: the login.")
@click.option("--language", type=click.Choice(["pl", "en"]), help="Language of the desk.")
@click.option(
    "--link", is_flag=True, help="Ask for no password; print a link that signs in once instead."
)
@options.debug
def create(login: str, role: str, name: str | None, language: str | None, link: bool) -> None:
    """Make a person who signs in as LOGIN, an e-mail address or a name.

    Asks for a password on the terminal; from a script, give it on standard input.
    """
    from sedno.serving.cli.opening import ask_password, opened
    from sedno.serving.people import people
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.logins import LINK_MINUTES, link_of, make_link
    from sedno.serving.people.roles import Role

    password = None if link else ask_password()
    with opened() as (settings, database), database.transaction() as session:
        person = people.create(
            session,
            COMMAND_LINE,
            login,
            Role(role),
            display_name=name,
            password=password,
            language=language,
        )
        token = make_link(session, COMMAND_LINE, person) if link else None
    click.echo(f"{person.login} is now {role}.", err=True)
    if token is not None:
        click.echo(f"Signs in once, within {LINK_MINUTES} minutes:", err=True)
        click.echo(link_of(settings.address, token))


@command.command("list")
@options.as_json
@options.debug
def list_users(as_json: bool) -> None:
    """List all people."""
    from sedno.serving.cli.opening import day, opened, table
    from sedno.serving.people import people

    with opened() as (_, database), database.session() as session:
        found = people.every(session)
    if as_json:
        click.echo(
            json.dumps(
                [
                    {
                        "login": person.login,
                        "name": person.display_name,
                        "role": person.role,
                        "active": person.active,
                        "created_at": person.created_at.isoformat(),
                    }
                    for person in found
                ],
                ensure_ascii=False,
                indent=2,
            )
        )
        return
    if not found:
        click.echo("Nobody yet. Make an admin: sedno users create LOGIN --role admin --link")
        return
    table(
        ("login", "name", "role", "made", ""),
        [
            (
                person.login,
                person.display_name,
                person.role,
                day(person.created_at),
                "" if person.active else "disabled",
            )
            for person in found
        ],
    )


@command.command("disable", short_help="Let a person in no more.")
@_LOGIN
@click.option("--undo", is_flag=True, help="Let them in again.")
@options.debug
def disable(login: str, undo: bool) -> None:
    """Let a person in no more, at once. What they decided stays."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import people
    from sedno.serving.people.actor import COMMAND_LINE

    with opened() as (_, database), database.transaction() as session:
        person = people.find(session, login)
        people.change(session, COMMAND_LINE, person, active=undo)
    click.echo(f"{person.login} is {'let in again' if undo else 'disabled and signed out'}.")


@command.command("role", short_help="Give a person another role.")
@_LOGIN
@click.argument("role", type=_ROLES)
@options.debug
def role_of(login: str, role: str) -> None:
    """Give a person another role, and sign them out."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import people
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.roles import Role

    with opened() as (_, database), database.transaction() as session:
        person = people.find(session, login)
        people.change(session, COMMAND_LINE, person, role=Role(role))
    click.echo(f"{person.login} is now {role}.")


@command.command("reset", short_help="Set a new password.")
@_LOGIN
@options.debug
def reset(login: str) -> None:
    """Set a new password and sign the person out everywhere.

    Asks on the terminal; from a script, give the password on standard input.
    """
    from sedno.serving.cli.opening import ask_password, opened
    from sedno.serving.people import people
    from sedno.serving.people.actor import COMMAND_LINE

    password = ask_password()
    with opened() as (_, database), database.transaction() as session:
        person = people.find(session, login)
        people.set_password(session, COMMAND_LINE, person, password)
    click.echo(f"{person.login} has a new password and is signed out everywhere.")


@command.command("login-link", short_help="Print a link that signs a person in once.")
@_LOGIN
@click.option(
    "--minutes",
    type=click.IntRange(1, 1440),
    default=15,
    show_default=True,
    help="How long it works.",
)
@options.debug
def login_link(login: str, minutes: int) -> None:
    """Print a link that signs a person in once, without a password."""
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.cli.opening import opened
    from sedno.serving.people import people
    from sedno.serving.people.actor import COMMAND_LINE
    from sedno.serving.people.logins import link_of, make_link

    with opened() as (settings, database), database.transaction() as session:
        person = people.find(session, login)
        if not person.active:
            raise CommandError(
                f"{person.login} is disabled; first: sedno users disable {person.login} --undo"
            )
        token = make_link(session, COMMAND_LINE, person, minutes=minutes)
    click.echo(link_of(settings.address, token))

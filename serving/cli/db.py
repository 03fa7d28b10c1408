"""``sedno db``: the database."""

from __future__ import annotations

import click

from sedno.serving.cli import options


@click.group(name="db", short_help="Look after the database.")
def command() -> None:
    """Look after the database of SEDNO_DATABASE_URL, by default a file in SEDNO_DATA_DIR.

    A server brings its database up to date by itself. Back it up before you install a newer
    Sedno: an older one refuses a database of a newer.
    """


@command.command("migrate")
@options.debug
def migrate() -> None:
    """Bring the database to the tables of this Sedno; does nothing where it has them."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.store.migrate import current

    with opened() as (_, database):
        click.echo(f"The database is at revision {current(database)}.", err=True)


@command.command("status", short_help="Say which database it is and what is in it.")
@options.as_json
@options.debug
def status(as_json: bool) -> None:
    """Say which database it is, its revision, and how many rows its tables have."""
    import json

    from sqlalchemy import func, inspect, select
    from sqlalchemy.exc import OperationalError

    import sedno.serving.store.tables  # noqa: F401 - makes the tables known to Base
    from sedno.serving.cli.exits import CommandError
    from sedno.serving.settings import load_settings
    from sedno.serving.store.base import Base
    from sedno.serving.store.database import Database
    from sedno.serving.store.migrate import current, newest
    from sedno.serving.store.opening import Store

    settings = load_settings()
    if not Store(settings).exists:
        raise CommandError("there is no database yet; 'sedno db migrate' makes it")
    database = Database(settings.database)
    try:
        revision = current(database)
        there = set(inspect(database.engine).get_table_names())
        with database.session() as session:
            rows = {
                table.name: session.scalar(select(func.count()).select_from(table)) or 0
                for table in Base.metadata.sorted_tables
                if table.name in there
            }
    except OperationalError as error:
        raise CommandError(
            f"the database cannot be reached: {str(error.orig).strip()}. Check SEDNO_DATABASE_URL."
        ) from error
    finally:
        database.close()
    url = database.url.render_as_string(hide_password=True)
    if as_json:
        found = {"url": url, "revision": revision, "newest": newest(), "rows": rows}
        click.echo(json.dumps(found))
        return
    click.echo(f"{url}\nrevision {revision}, this Sedno's is {newest()}")
    for name, count in rows.items():
        click.echo(f"{count:>12,}  {name}")


@command.command("fill", hidden=True)
@click.argument("rows", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True)
@options.debug
def fill(rows: int, seed: int) -> None:
    """Add ROWS made-up comments with made-up answers, to measure a full database."""
    from sedno.serving.cli.opening import opened
    from sedno.serving.store.fill import fill as fill_database

    def tell(done: int) -> None:
        if done % 100_000 == 0 or done == rows:
            click.echo(f"{done:,} of {rows:,}", err=True)

    with opened() as (_, database):
        fill_database(database, rows, seed=seed, on_progress=tell)

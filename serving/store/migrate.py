"""Brings a database to the present form of the tables."""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from sedno.serving.store.database import Database, DatabaseError

_LOCK = 7_337_061_950
"""Advisory lock of PostgreSQL under which one process at a time migrates."""


def migrate(database: Database) -> None:
    """Runs the missing migrations; does nothing where there are none.

    Several processes may start at once: one migrates and the others wait.

    Raises:
        DatabaseError: The database is of a newer Sedno.
    """
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection.execute(text(f"SELECT pg_advisory_lock({_LOCK})"))
            connection.commit()
        try:
            _refuse_newer(current(database))
            revise(connection, "head")
            connection.commit()
        finally:
            if not database.is_sqlite:
                connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))
                connection.commit()


def revise(connection: Connection, revision: str) -> None:
    """Brings a database to a revision, forwards or back, within the caller's transaction.

    Args:
        connection: To the database.
        revision: Which, or ``head``.
    """
    config = _config()
    config.attributes["connection"] = connection
    known = MigrationContext.configure(connection).get_current_revision()
    forwards = revision == "head" or known is None or revision > known
    (command.upgrade if forwards else command.downgrade)(config, revision)


def current(database: Database) -> str | None:
    """The revision a database is at; ``None`` for an empty one."""
    with database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The revision of this Sedno."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    # Its default is the output of whoever imported Alembic first, which may be closed by now.
    config = Config(stdout=sys.stdout)
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


def _refuse_newer(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise DatabaseError(
            f"the database is at revision {revision!r}, which this Sedno does not know: it was "
            "used with a newer one. Install that version, or restore the backup made before it."
        )

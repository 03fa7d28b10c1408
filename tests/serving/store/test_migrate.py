from __future__ import annotations

from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Float, text

import sedno.serving.store.tables  # noqa: F401 - makes the tables known to Base
from sedno.serving.store.base import Base
from sedno.serving.store.database import Database, DatabaseError
from sedno.serving.store.migrate import current, migrate, newest

# Kept by the database alone: the index of words, and what FTS5 makes of it. The order of the
# queue has a direction, which Alembic cannot compare.
_UNSEEN = ("search", "ix_comments_review")


def test_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    """Nothing is left to add, remove or change."""

    def ours(_: Any, name: str | None, kind: str, _reflected: bool, other: object) -> bool:
        del kind, other
        return name is None or not any(part in name for part in _UNSEEN)

    def differ(_: Any, _found: Any, _wanted: Any, found: Any, wanted: Any) -> bool | None:
        # SQLite has one kind of floating number, by whichever name.
        return False if isinstance(found, Float) and isinstance(wanted, Float) else None

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": ours, "compare_type": differ}
        )
        assert compare_metadata(context, Base.metadata) == []


def test_a_second_run_changes_nothing(database: Database) -> None:
    """A server that starts again finds its database as it left it."""
    assert current(database) == newest()
    migrate(database)
    assert current(database) == newest()


def test_a_newer_database_is_refused(database: Database) -> None:
    """An older Sedno must not write into tables it does not know."""
    with database.transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = 'later'"))
    with pytest.raises(DatabaseError, match="newer"):
        migrate(database)


def test_an_error_leaves_nothing_behind(database: Database) -> None:
    """A transaction is whole or not at all."""
    statement = text("INSERT INTO queue_values (queue, key, value) VALUES ('q', 'k', :value)")

    def fail() -> None:
        with database.transaction() as session:
            session.execute(statement, {"value": b"1"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.session() as session:
        assert session.execute(text("SELECT count(*) FROM queue_values")).scalar() == 0

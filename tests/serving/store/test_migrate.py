from __future__ import annotations

from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Float, delete, select, text

import sedno.serving.store.tables  # noqa: F401 - makes the tables known to Base
from sedno.serving.store.base import Base, now
from sedno.serving.store.database import Database, DatabaseError
from sedno.serving.store.migrate import _config, current, migrate, newest
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Decision

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


def test_strokes_of_before_can_still_be_undone(database: Database) -> None:
    """Their table is made anew on SQLite; decisions keep the number of theirs, there and back."""
    with database.transaction() as session:
        comment = StoredComment(
            source="s", external_id="1", text="x", text_key="x", folded="x", at=now()
        )
        session.add(comment)
        session.flush()
        batch = BulkBatch(
            source_comment_id=comment.id, person_id=1, by="anna", labels={}, members=[[1, 1]],
            state="done", created_at=now(),
        )  # fmt: skip
        session.add(batch)
        session.flush()
        for batch_id in (batch.id, None):
            session.add(
                Decision(
                    comment_id=comment.id, comment_version=1, verdict="accepted", proposal={},
                    person_id=1, by="anna", decided_at=now(), base_state="open", batch_id=batch_id,
                )
            )  # fmt: skip
    for move, to in ((command.downgrade, "0009"), (command.upgrade, "head")):
        with database.engine.connect() as connection:
            config = _config()
            config.attributes["connection"] = connection
            move(config, to)
            connection.commit()
        with database.session() as session:
            kept = session.scalars(select(Decision.batch_id).order_by(Decision.id)).all()
            assert kept == [batch.id, None]
    with database.transaction() as session:
        session.execute(delete(StoredComment))
        assert session.scalars(select(BulkBatch.source_comment_id)).all() == [None]


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

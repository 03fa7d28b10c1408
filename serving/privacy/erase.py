"""Erases comments and all that was derived from them, a few hundred at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import record
from sedno.serving.privacy import derived
from sedno.serving.privacy.target import Target
from sedno.serving.privacy.waiting import drop_waiting, waiting_rows
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Decision
from sedno.serving.store.tables.topics import TopicUnit
from sedno.serving.store.transact import transact
from sedno.serving.topics import flow

PORTION = 500
"""Comments erased in one transaction: others write in between."""


@dataclass(slots=True)
class Erased:
    """What was erased, or would be.

    Attributes:
        comments: How many comments.
        derived: Rows of other tables that went with them or lost their tie to them, by table.
        waiting: Rows of jobs that had not had their turn.
    """

    comments: int = 0
    derived: dict[str, int] = field(default_factory=dict)
    waiting: int = 0

    def add(self, comments: int, rows: Mapping[str, int]) -> None:
        """Adds a portion."""
        self.comments += comments
        for table, count in rows.items():
            self.derived[table] = self.derived.get(table, 0) + count


def erase(database: Database, actor: Actor, target: Target, *, dry_run: bool = False) -> Erased:
    """Erases what is held on someone.

    Interrupted, it has erased a part; run again, it erases the rest.

    Args:
        database: Where.
        actor: Who has it done.
        target: Whose comments.
        dry_run: Only count.
    """
    if dry_run:
        return _count(database, target)
    with database.transaction() as session:
        record(session, actor, "author.erasure_begun", target.subject)
    # First what waits, and then again what a worker under way has stored behind our back.
    waiting = drop_waiting(database, target)
    erased = erase_where(database, target.condition())
    erased.waiting = waiting
    late = erase_where(database, target.condition())
    erased.add(late.comments, late.derived)
    scrub(database)
    with database.transaction() as session:
        record(
            session,
            actor,
            "author.erased",
            target.subject,
            comments=erased.comments,
            derived=erased.derived,
            waiting=erased.waiting,
        )
    return erased


def erase_where(database: Database, condition: ColumnElement[bool]) -> Erased:
    """Erases the comments for which a condition holds, with what was derived from them."""
    erased = Erased()
    while True:
        count, rows = transact(database, lambda session: _portion(session, condition))
        erased.add(count, rows)
        if count < PORTION:
            return erased


def _portion(session: Session, condition: ColumnElement[bool]) -> tuple[int, dict[str, int]]:
    if session.get_bind().dialect.name == "sqlite":
        # What is deleted is overwritten, not only forgotten.
        session.execute(text("PRAGMA secure_delete = ON"))
    # Unordered: an order by number would make the planner read all comments for a few.
    query = select(StoredComment.id).where(condition).limit(PORTION)
    ids: Collection[int] = list(session.scalars(query.with_for_update()))
    if not ids:
        return 0, {}
    rows = derived.counts(session, ids)
    session.execute(delete(StoredComment).where(StoredComment.id.in_(ids)))
    if BulkBatch.__tablename__ in rows or Decision.__tablename__ in rows:
        _drop_empty_strokes(session)
    if TopicUnit.__tablename__ in rows:
        flow.lost(session)
    return len(ids), rows


def _drop_empty_strokes(session: Session) -> None:
    """A stroke goes with the last of its comments: until then the rest of it can be undone."""
    decided = select(Decision.id).where(Decision.batch_id == BulkBatch.id).exists()
    session.execute(
        delete(BulkBatch).where(BulkBatch.source_comment_id.is_(None), ~decided),
        execution_options={"synchronize_session": False},
    )


def _count(database: Database, target: Target) -> Erased:
    with database.session() as session:
        comments = session.scalar(
            select(func.count()).select_from(StoredComment).where(target.condition())
        )
        erased = Erased(comments or 0)
        for table, column, _ in derived.references():
            count = session.scalar(
                select(func.count())
                .select_from(table.join(StoredComment.__table__, column == StoredComment.id))
                .where(target.condition())
            )
            if count:
                erased.add(0, {str(table.name): count})
    erased.waiting = sum(1 for _ in waiting_rows(database, target))
    return erased


def scrub(database: Database) -> None:
    """Removes traces of erased text from SQLite's files: the word index and the log of writes.

    PostgreSQL does the same by autovacuum; ``docs/privacy.md`` says when.
    """
    if not database.is_sqlite:
        return
    # The index keeps deleted words until its parts are merged, which goes in small steps so
    # that others can write in between (SQLite's documentation of FTS5, "merge").
    step = -16
    while _merge(database, step):
        step = 500
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def _merge(database: Database, pages: int) -> bool:
    """One step; whether there is more to do."""
    with database.transaction() as session:
        connection = session.connection()
        before = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        connection.exec_driver_sql(
            "INSERT INTO comments_search(comments_search, rank) VALUES ('merge', ?)", (pages,)
        )
        after = connection.exec_driver_sql("SELECT total_changes()").scalar_one()
        return bool(after - before >= 2)  # noqa: PLR2004 - as SQLite's documentation has it

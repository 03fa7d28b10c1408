from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from sedno.serving.people.actor import COMMAND_LINE, Actor
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import BLOCK, looks_at, pack, record_looks, unpack
from sedno.serving.people.roles import Role
from sedno.serving.store.database import Database
from sedno.serving.store.migrate import revise
from sedno.serving.store.tables.audit import AuditEntry, AuditLook

ANNA = Actor("person", 1, "anna", Role.MODERATOR)
LIST = Subject("comments", "list")


@given(st.sets(st.integers(1, 5_000), max_size=60))
def test_numbers_come_back_as_they_were(numbers: set[int]) -> None:
    """However they follow each other."""
    assert unpack(pack(sorted(numbers))) == numbers


def test_numbers_in_a_row_take_little_room() -> None:
    """A part of a download is a range, as a rule."""
    assert pack([3, 17, 18, 19]) == "3,17-19"
    assert pack(range(1, 1_001)) == "1-1000"


def test_looks_are_found_by_comment(database: Database) -> None:
    """In lists that hold it, not in those with its neighbours alone; programs' are not there."""
    with database.transaction() as session:
        record_looks(session, ANNA, "comments.listed", LIST, [1, 2, BLOCK * 7])
        record_looks(session, ANNA, "comments.export", LIST, [2, 3])
        record_looks(session, ANNA, "comments.listed", LIST, [])
        record_looks(session, COMMAND_LINE, "comments.listed", LIST, [3])
    with database.session() as session:
        found = looks_at(session, [1, 2, 3, 4, BLOCK * 7])
        assert session.scalar(select(func.count()).select_from(AuditLook)) == 3
    assert {number: [look.action for look in looks] for number, looks in found.items()} == {
        1: ["comments.listed"],
        2: ["comments.listed", "comments.export"],
        3: ["comments.export"],
        BLOCK * 7: ["comments.listed"],
    }


def test_an_entry_that_goes_leaves_nothing(database: Database) -> None:
    """Retention of the log takes the index along."""
    with database.transaction() as session:
        record_looks(session, ANNA, "comments.listed", LIST, [1, BLOCK])
        session.execute(delete(AuditEntry))
        assert session.scalar(select(func.count()).select_from(AuditLook)) == 0


def test_words_that_were_looked_for_leave_an_old_log(database: Database) -> None:
    """A migration takes them out; the other filters stay."""
    old: list[dict[str, Any]] = [
        {"text": "Jan Kowalski", "source": "yt"},
        {"filters": {"text": "Jan", "language": "pl"}},
        {"source": "yt"},
    ]
    with database.engine.begin() as connection:
        revise(connection, "0008")
        for detail in old:
            connection.execute(
                text(
                    "INSERT INTO audit_log (at, actor_kind, actor, action, subject_kind, subject, "
                    "detail) VALUES ('2026-01-01 00:00:00+00:00', 'person', 'anna', "
                    "'comments.listed', 'comments', 'list', :detail)"
                ),
                {"detail": json.dumps(detail)},
            )
        revise(connection, "head")
    with database.session() as session:
        kept = session.scalars(select(AuditEntry.detail).order_by(AuditEntry.id)).all()
    assert kept == [
        {"source": "yt", "text_chars": 12},
        {"filters": {"language": "pl", "text_chars": 3}},
        {"source": "yt"},
    ]

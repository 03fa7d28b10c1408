"""What happened to a topic: told from its own side, with who and when."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import delete, select

from sedno.models.topics import edits
from sedno.serving.desk import export
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import TopicState
from sedno.serving.topics import from_store, happened, pages, reading, stored
from sedno.serving.topics.history import Change, Run, changes_of

EWA = Actor("person", 3, "ewa", Role.EDITOR)
SECOND = datetime(2026, 11, 9, 6, tzinfo=UTC)
RENAMED = datetime(2026, 11, 10, 8, tzinfo=UTC)
EVENTS: list[dict[str, Any]] = [
    {"kind": "split", "topic": "t9", "other": "t1", "share": 0.8, "run": 2},
    {"kind": "merged", "topic": "t2", "other": "t1", "share": 0.6, "run": 3},
    {"kind": "born", "topic": "t7", "other": None, "share": 1.0, "run": 3},
    {"kind": "gone", "topic": "t7", "other": None, "share": 1.0, "run": 4},
]
EDITS: list[dict[str, Any]] = [
    {"op": "rename", "topic": "t1", "name": "Cena", "by": "ewa", "at": RENAMED.isoformat()},
    {"op": "merge", "topics": ["t1", "t3", "t4"], "into": "t1", "names": {"t3": "Koszt"}},
    {"op": "split", "topic": "t1", "parts": [{"id": "t1"}, {"id": "t12"}]},
    {"op": "hide", "topic": "t5"},
]


def told(topic: str) -> list[tuple[str, str | None]]:
    """Kinds and other topics, the newest first."""
    found = changes_of(topic, EVENTS, EDITS, names={}, runs={})
    return [(change.kind, change.other) for change in found]


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        ("t2", [("merged", "t1")]),
        ("t9", [("split", "t1")]),
        ("t7", [("gone", None), ("born", None)]),
        ("t4", [("merged", "t1")]),
        ("t12", [("split", "t1")]),
        ("t5", [("hidden", None)]),
        ("t6", []),
    ],
)
def test_each_side_of_a_change(topic: str, expected: list[tuple[str, str | None]]) -> None:
    """What came from where and went where, of runs and of editors."""
    assert told(topic) == expected


def test_the_other_side_in_order_with_names_and_times() -> None:
    """The newest first; what the log has forgotten is the oldest and says nothing of when."""
    runs = {3: Run(SECOND, "jan")}
    found = changes_of("t1", EVENTS, EDITS, names={"t9": "Zwrot"}, runs=runs)
    assert found[0] == Change("renamed", name="Cena", by="ewa", at=RENAMED)
    assert found[1] == Change("took", other="t2", share=0.6, run=3, by="jan", at=SECOND)
    assert Change("gave", "t9", "Zwrot", there=True, share=0.8, run=2) in found[2:]
    assert Change("took", "t3", "Koszt") in found[2:]
    assert {(one.kind, one.other) for one in found[2:]} == {
        ("gave", "t9"), ("took", "t3"), ("took", "t4"), ("gave", "t12"),
    }  # fmt: skip


def test_a_signature_is_on_what_came_since_alone(
    database: Database, fill: Callable[..., None], label: Any
) -> None:
    """Runs are known by the audit log, edits by themselves; both are in the topic's own JSON."""
    fill(database)
    with database.session() as session:
        model = str(session.scalars(select(StoredComment.model)).first())
    from sedno.models.topics import engine  # noqa: PLC0415
    from sedno.models.topics.records import Options  # noqa: PLC0415

    asked = list(reading.read_asked(database, label, model, {}))
    first = engine.fit(asked, Options(), model=model)
    with database.transaction() as session:
        stored.save(session, EWA, first, read_at=0, action="topics.found")
    second = engine.fit(asked, Options(), model=model, previous=first)
    with database.transaction() as session:
        stored.save(session, EWA, second, read_at=1, action="topics.found")
        assert set(happened.runs(session)) == {1, 2}
    topic = second.topics[0].id
    at = now()

    def renamed(old: Any) -> Any:
        return edits.signed(old, edits.rename(old, topic, "Nowa"), by="ewa", at=at)

    def hidden(old: Any) -> Any:
        return edits.signed(old, edits.flag(old, topic, "hide"), by="jan", at=now())

    with database.transaction() as session:
        stored.change(session, EWA, "topics.edited", renamed)
    with database.transaction() as session:
        stored.change(session, EWA, "topics.edited", hidden)
        state = session.scalars(select(TopicState)).one()
        state.events = [
            *state.events,
            {"kind": "split", "topic": topic, "other": "t99", "share": 0.5, "run": 2},
        ]
    with database.session() as session:
        changes = happened.changes(session, topic)
        assert [(one.kind, one.by) for one in changes] == [
            ("hidden", "jan"), ("renamed", "ewa"), ("split", "ewa"),
        ]  # fmt: skip
        assert changes[1].at == at
        report = from_store.report_of_one(session, topic)
    assert report is not None
    said = json.loads(export.one_as_json(report, "pl"))["history"]
    assert said[1]["name"] == "Nowa"
    assert said[2] == changes[2].to_dict()
    assert said[2]["other"] == "t99"
    assert "wydzielił się z tematu t99" in export.one_as_html(report, "pl").decode().replace(
        "</b>", ""
    ).replace('<span class="faint">', "").replace("  ", " ")
    assert "wydzielił się z tematu (t99): " in export.FORMATS["md"].write_one(report, "pl").decode()
    with database.transaction() as session:
        session.execute(delete(AuditEntry))
        assert happened.changes(session, topic)[2].at is None
        assert pages.topic(session, topic) is not None


def test_before_the_first_run_nothing_has_happened(database: Database) -> None:
    """An empty history, not an error."""
    with database.session() as session:
        assert happened.changes(session, "t1") == ()

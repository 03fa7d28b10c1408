"""What reports, plots and digests show of stored topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from sedno.models.topics import edits
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import StoredTopic, TopicUnit
from sedno.serving.topics import from_store, stored
from sedno.serving.topics.digest import digest_of
from sedno.serving.topics.from_state import report_of
from sedno.serving.topics.shown import COLUMNS, Report, Shown

EWA = Actor("person", 3, "ewa", Role.EDITOR)
Fill = Callable[..., None]


def find(database: Database, label: Any) -> None:
    """Has topics found."""
    from sedno.serving.jobs import board  # noqa: PLC0415
    from sedno.serving.jobs.queue import JobQueue  # noqa: PLC0415
    from sedno.serving.jobs.workers import JobWorkers  # noqa: PLC0415

    with database.session() as session:
        model = session.scalars(select(StoredComment.model)).first() or "none@1"
    workers = JobWorkers(
        lambda: database, label, lambda: model, workers=0, lease=timedelta(seconds=60),
        tell=lambda *_, **__: None,
    )  # fmt: skip
    with database.transaction() as session:
        made = board.create(session, board.TOPICS, {}, created_by="ewa")
        JobQueue(database).put(session, made.id)
        number = made.id
    workers.work(database, number)


def entry(topic: str, *, published: bool) -> FaqEntry:
    """An answer made from a topic."""
    return FaqEntry(
        language="pl", topic=topic, status="published" if published else "draft", version=1,
        published_version=1 if published else None, created_by="ewa", created_at=now(),
        updated_at=now(),
    )  # fmt: skip


def test_a_report_holds_what_the_store_holds(database: Database, fill: Fill, label: Any) -> None:
    """Topics with questions, places, products and answers; filters narrow all of them."""
    fill(database)
    with database.transaction() as session:
        session.execute(update(StoredComment).where(StoredComment.id <= 4).values(product="Serial"))
    find(database, label)
    with database.transaction() as session:
        found = from_store.report_of(session)
        first = found.by_size()[0]
        session.add_all([entry(first.id, published=True), entry(first.id, published=False)])
    with database.session() as session:
        found = from_store.report_of(session, examples=2)
        first = next(topic for topic in found.topics if topic.id == first.id)
        assert (first.answers, first.published) == (2, 1)
        assert set(first.cells()) == set(COLUMNS)
        assert len(found.dots) == len(session.scalars(select(TopicUnit.comment_id)).all())
        assert all(len(topic.asked) <= 2 for topic in found.topics)
        assert [one.score for one in first.asked] == sorted(
            (one.score for one in first.asked), reverse=True
        )
        assert sum(sum(t.data["products"].values()) for t in found.topics) <= 4
        assert any(t.data["products"] for t in found.topics)
        whole = from_store.report_of_one(session, first.id)
        assert whole is not None
        assert len(whole.topics[0].asked) == first.size
        assert from_store.report_of_one(session, "t999") is None
        elsewhere = from_store.report_of(session, scope="inne")
        assert (elsewhere.topics, elsewhere.dots) == ((), ())
        word = first.name.split()[0][:4]
        some = from_store.report_of(session, text=word)
        assert {dot.topic for dot in some.dots} <= {topic.id for topic in some.topics}


def test_the_same_topics_in_a_file_make_the_same_report(
    database: Database, fill: Fill, label: Any
) -> None:
    """Whether they are read from the store or from a state."""
    fill(database)
    find(database, label)
    with database.session() as session:
        kept = from_store.report_of(session, examples=100)
        state = stored.load(session)
    assert state is not None
    filed = report_of(state, questions=100)
    assert [topic.id for topic in filed.topics] == [topic.id for topic in kept.topics]
    for one, other in zip(filed.topics, kept.topics, strict=True):
        assert dict(one.data) == dict(other.data)
        assert {asked.text for asked in one.asked} == {asked.text for asked in other.asked}
    assert set(filed.dots) == set(kept.dots)
    assert (filed.questions, filed.single) == (kept.questions, kept.single)


def test_edits_leave_the_map_and_erasure_takes_its_dot(
    database: Database, fill: Fill, label: Any
) -> None:
    """A rename moves nothing; what is hidden or erased is drawn no more."""
    fill(database)
    find(database, label)
    with database.session() as session:
        before = from_store.report_of(session)
    first = before.topics[0].id
    with database.transaction() as session:
        stored.change(session, EWA, "topics.edited", lambda old: edits.rename(old, first, "Nowa"))
    with database.session() as session:
        renamed = from_store.report_of(session)
    assert renamed.dots == before.dots
    assert (renamed.names or {})[first] == "Nowa"
    gone = int(before.dots[0].comment)
    with database.transaction() as session:
        stored.change(session, EWA, "topics.edited", lambda old: edits.flag(old, first, "hide"))
        session.execute(delete(StoredComment).where(StoredComment.id == gone))
    with database.session() as session:
        left = from_store.report_of(session)
    assert first not in [topic.id for topic in left.topics]
    assert first not in (left.names or {})
    assert not {dot.comment for dot in left.dots} & {str(gone)}
    assert first not in {dot.topic for dot in left.dots}


def test_before_the_first_run_there_is_nothing(database: Database) -> None:
    """A report and a digest of an empty store are empty, not errors."""
    with database.session() as session:
        found = from_store.report_of(session)
    assert (found.topics, found.dots, found.run) == ((), (), 0)
    week = digest_of(found)
    assert week.monday is None
    assert week.counts == {"new": 0, "rising": 0, "unanswered": 0, "fading": 0}


def test_topics_of_a_run_before_there_was_a_map(database: Database, fill: Fill, label: Any) -> None:
    """No places, products or neighbours: shown without them."""
    fill(database)
    find(database, label)
    with database.transaction() as session:
        session.execute(update(TopicUnit).values(x=None, y=None))
        for row in session.scalars(select(StoredTopic)):
            row.data = {k: v for k, v in row.data.items() if k not in {"products", "related"}}
    with database.session() as session:
        found = from_store.report_of(session)
        assert found.dots == ()
        assert found.topics[0].cells()["products"] == ""
        assert stored.load(session) is not None


MONDAYS = [date(2026, 11, 2) + timedelta(weeks=week) for week in range(4)]


def topic(name: str, counts: list[int], verdict: str, published: int | None = 0) -> Shown:
    """A topic of four weeks."""
    return Shown(
        data={
            "id": name, "name": name, "scope": "s", "size": sum(counts), "hidden": False,
            "weeks": {week.isoformat(): n for week, n in zip(MONDAYS, counts, strict=False)},
            "trend": {"verdict": verdict, "p_value": 0.01},
        },
        question=name,
        answers=published,
        published=published,
    )  # fmt: skip


def test_a_digest_says_what_is_new_rising_and_unanswered() -> None:
    """Of the last week alone; the most asked first; fading and gone together."""
    report = Report(
        (
            topic("new", [0, 0, 0, 3], "new"),
            topic("rises", [0, 1, 2, 6], "rising", published=1),
            topic("fades", [6, 3, 1, 1], "fading"),
            topic("went", [6, 3, 0, 0], "gone"),
            topic("elsewhere", [0, 5], "new"),
            topic("calm", [9, 9, 9, 9], "steady"),
        )
    )
    found = digest_of(report, most=3)
    assert (found.monday, found.sunday) == (MONDAYS[3], date(2026, 11, 29))
    assert (found.asked, found.before) == (3 + 6 + 1 + 9, 2 + 1 + 9)
    said = {name: [line.topic.name for line in part] for name, part in found.parts.items()}
    assert said["new"] == ["new"], "what was new in a source's last week weeks ago is no news"
    assert said["rising"] == ["rises"]
    assert said["unanswered"] == ["calm", "new", "fades"]
    assert found.counts["unanswered"] == 5
    assert said["fading"] == ["fades", "went"]
    assert (found.parts["rising"][0].now, found.parts["rising"][0].before) == (6, 2)


def test_a_digest_of_a_file_does_not_call_anything_unanswered() -> None:
    """A state file does not know of answers."""
    assert "unanswered" not in digest_of(Report((topic("a", [1, 2, 3, 4], "rising", None),))).parts


def test_weeks_without_a_question_are_weeks_too() -> None:
    """The axis of time has no holes, and no more weeks than asked for."""
    report = Report((topic("a", [1, 0, 0, 1], "steady"),))
    assert report.mondays() == MONDAYS
    assert report.mondays(2) == MONDAYS[2:]
    assert datetime.combine(MONDAYS[0], datetime.min.time(), UTC).weekday() == 0

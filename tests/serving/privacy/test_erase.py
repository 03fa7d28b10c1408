from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from sedno.datasets.comment import Comment
from sedno.models.classifier import Classifier
from sedno.models.prediction import Prediction
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.keep import keep
from sedno.serving.jobs import board
from sedno.serving.jobs.steps import Steps
from sedno.serving.jobs.upload import upload
from sedno.serving.people.actor import COMMAND_LINE, Actor
from sedno.serving.people.audit import Subject, Wanted, every, record
from sedno.serving.people.roles import Role
from sedno.serving.privacy import derived
from sedno.serving.privacy.erase import PORTION, erase, scrub
from sedno.serving.privacy.holdings import holdings
from sedno.serving.privacy.keeper import Keeper
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.privacy.retention import OTHERS, Removed, RetentionError, apply, rules, set_rule
from sedno.serving.privacy.target import Target, TargetError
from sedno.serving.review import claims
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store import comments as stored
from sedno.serving.store.base import Base, now
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment, StoredPrediction
from sedno.serving.store.tables.jobs import Job, JobChunk, JobItem
from sedno.serving.store.tables.review import Claim

PSEUDONYMS = Pseudonyms(b"k" * 32)
ANNA = Actor("person", 1, "anna", Role.MODERATOR)


def put(database: Database, *rows: dict[str, Any]) -> list[int]:
    """Keeps comments as the ingest does, and gives their numbers."""
    preparer = Preparer(PSEUDONYMS)
    with database.transaction() as session:
        return [kept.comment_id for kept in keep(session, [preparer.prepare(row) for row in rows])]


def by(author: str, number: int, *, source: str = "yt", text: str = "super") -> dict[str, Any]:
    """A comment of somebody."""
    return {"source": source, "id": f"{author}-{number}", "author": author, "text": text}


def derive(database: Database, numbers: Sequence[int]) -> None:
    """Everything that the desk and jobs derive from comments."""
    with database.transaction() as session:
        job = board.create(session, "selection", {}, created_by="x")
        for place, number in enumerate(numbers):
            session.add(
                StoredPrediction(comment_id=number, version=1, model="toy@1", answer={"labels": {}})
            )
            session.add(
                JobItem(job_id=job.id, position=place, comment_id=number, outcome="classified")
            )
            assert claims.take(session, number, 1, lease=timedelta(minutes=5))
            record(session, ANNA, "comment.read", Subject("comment", str(number)))


def count(database: Database, table: Any) -> int:
    """Rows of a table."""
    with database.session() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def of(author: str, source: str = "yt") -> Target:
    """The target of a request about somebody."""
    return Target.stated(PSEUDONYMS, source=source, author=author)


def test_an_author_is_erased_with_all_that_was_derived(database: Database) -> None:
    """And nobody else; it is written down without the name; a second time finds nothing."""
    mine = put(database, by("ala", 1), by("ala", 2))
    theirs = put(database, by("ola", 1), by("ala", 1, source="fb"))
    derive(database, [*mine, *theirs])
    would = erase(database, COMMAND_LINE, of("ala"), dry_run=True)
    done = erase(database, COMMAND_LINE, of("ala"))
    assert would == done
    assert done.comments == 2
    assert done.derived == {"predictions": 2, "job_items": 2, "claims": 2}
    with database.session() as session:
        assert set(session.scalars(select(StoredComment.id))) == set(theirs)
        assert set(session.scalars(select(StoredPrediction.comment_id))) == set(theirs)
        assert set(session.scalars(select(Claim.comment_id))) == set(theirs)
        items = list(session.scalars(select(JobItem.comment_id).order_by(JobItem.position)))
        assert items == [None, None, *theirs], "the job goes on to say how many rows it had"
        entries = list(every(session, Wanted(action="author.")))
    assert [entry.action for entry in entries] == ["author.erasure_begun", "author.erased"]
    assert entries[1].detail["comments"] == 2
    assert "ala" not in entries[1].subject
    assert erase(database, COMMAND_LINE, of("ala")).comments == 0


def test_one_comment_is_erased(database: Database) -> None:
    """By its id at its source."""
    put(database, by("ala", 1), by("ala", 2))
    target = Target.stated(PSEUDONYMS, source="yt", external_id="ala-1")
    assert erase(database, COMMAND_LINE, target).comments == 1
    with database.session() as session:
        assert list(session.scalars(select(StoredComment.external_id))) == ["ala-2"]


def test_more_than_a_portion(database: Database) -> None:
    """All of many go."""
    put(database, *(by("ala", number) for number in range(PORTION + 7)), by("ola", 1))
    assert erase(database, COMMAND_LINE, of("ala")).comments == PORTION + 7
    assert count(database, StoredComment) == 1


def test_an_erased_text_is_found_no_more(database: Database) -> None:
    """Neither by words nor in the files of SQLite."""
    put(database, by("ala", 1, text="szczególnakotwica"), by("ola", 1, text="zwykły tekst"))
    erase(database, COMMAND_LINE, of("ala"))
    with database.session() as session:
        assert stored.page(session, Filters(text="szczególnakotwica")).comments == []
        assert len(stored.page(session, Filters(text="zwykły")).comments) == 1
    if database.is_sqlite and database.url.database:
        path = Path(database.url.database)
        raw = b"".join(file.read_bytes() for file in path.parent.glob(path.name + "*"))
        assert "zwykły".encode() in raw
        assert "szczególnakotwica".encode() not in raw
        assert b"szczegolnakotwica" not in raw


def test_scrubbing_an_empty_database(database: Database) -> None:
    """Does nothing, twice."""
    scrub(database)
    scrub(database)


def test_everything_derived_is_reached() -> None:
    """Each column that names a comment is a foreign key which says what erasing does."""
    import sedno.serving.store.tables  # noqa: F401, PLC0415 - all of them

    found = {(table.name, column.name): rule for table, column, rule in derived.references()}
    assert set(found.values()) <= {"CASCADE", "SET NULL"}
    named = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("comment_id")
    }
    assert named <= set(found)
    assert ("predictions", "comment_id") in found


def test_an_export_holds_all(database: Database) -> None:
    """Of the author, with what was derived, as JSON; the asking is written down first."""
    mine = put(database, by("ala", 1, text="tel 600 123 456"), by("ala", 2))
    derive(database, [*mine, *put(database, by("ola", 1))])
    held = list(holdings(database, COMMAND_LINE, of("ala")))
    assert json.loads(json.dumps(held)) == held
    assert [item["comment"]["external_id"] for item in held] == ["ala-1", "ala-2"]
    assert held[0]["comment"]["text"] == "tel [telefon]"
    assert set(held[0]["derived"]) == {"predictions", "job_items", "claims"}
    assert held[0]["looks"][0]["action"] == "comment.read"
    with database.session() as session:
        (entry,) = every(session, Wanted(action="author.exported"))
    assert entry.subject == PSEUDONYMS.of("yt", "ala")


@settings(
    max_examples=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["ala", "ola", "ela"]), st.sampled_from(["yt", "fb"])),
        max_size=12,
    ),
    who=st.sampled_from(["ala", "ola"]),
)
def test_whoever_is_erased_the_others_stay(
    sqlite_database: Database, rows: list[tuple[str, str]], who: str
) -> None:
    """Export then erase: as many as were exported go, and exactly the others are left."""
    for author in ("ala", "ola", "ela"):
        for source in ("yt", "fb"):
            erase(sqlite_database, COMMAND_LINE, of(author, source))
    made = [by(author, at, source=source) for at, (author, source) in enumerate(rows)]
    put(sqlite_database, *made)
    exported = len(list(holdings(sqlite_database, COMMAND_LINE, of(who))))
    assert erase(sqlite_database, COMMAND_LINE, of(who)).comments == exported
    with sqlite_database.session() as session:
        left = set(session.execute(select(StoredComment.source, StoredComment.external_id)))
    assert left == {
        (row["source"], row["id"]) for row in made if (row["source"], row["author"]) != ("yt", who)
    }


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"source": "yt"},
        {"author": "ala"},
        {"source": "yt", "author": "ala", "external_id": "1"},
        {"source": "yt", "pseudonym": "a" * 26},
        {"pseudonym": "ala"},
    ],
)
def test_it_has_to_be_said_whose(said: dict[str, str]) -> None:
    """Nothing is erased by half a question."""
    with pytest.raises(TargetError):
        Target.stated(PSEUDONYMS, **said)


@pytest.fixture
def options(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings that keep comments for ever."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"SEDNO_{name.upper()}", raising=False)
    return load_settings(data_dir=tmp_path / "data")


def age(database: Database, days: float) -> None:
    """Lets all that is stored be older."""
    past = now() - timedelta(days=days)
    with database.transaction() as session:
        session.execute(update(StoredComment).values(received_at=past))


def test_what_is_too_old_goes(database: Database, options: Settings) -> None:
    """By the rule of its source, by that of all others, or never; it is written down."""
    put(database, by("ala", 1), by("ala", 2, source="fb"), by("ala", 3, source="ig"))
    age(database, 31)
    put(database, by("new", 1))
    assert apply(database, options) == Removed({}, 0)
    with database.transaction() as session:
        set_rule(session, COMMAND_LINE, "yt", 30)
        set_rule(session, COMMAND_LINE, "fb", 60)
    assert apply(database, options).comments == {"yt": 1}
    with database.transaction() as session:
        set_rule(session, COMMAND_LINE, OTHERS, 10)
    assert apply(database, options).comments == {"ig": 1}
    assert apply(database, options).comments == {}
    with database.session() as session:
        assert set(session.scalars(select(StoredComment.external_id))) == {"ala-2", "new-1"}
        entries = list(every(session, Wanted(action="retention.applied")))
    assert [(entry.actor, entry.subject) for entry in entries] == [
        ("retention", "yt"),
        ("retention", "ig"),
    ]


def test_the_setting_is_the_rule_of_all_others(database: Database, options: Settings) -> None:
    """Unless the table has one."""
    put(database, by("ala", 1))
    age(database, 31)
    month = options.model_copy(update={"retention_days": 30})
    with database.transaction() as session:
        set_rule(session, COMMAND_LINE, OTHERS, 90)
        assert rules(session, month) == {OTHERS: 90}
    assert apply(database, month).comments == {}
    with database.transaction() as session:
        set_rule(session, COMMAND_LINE, OTHERS, None)
    assert apply(database, month).comments == {"yt": 1}


@pytest.mark.parametrize(("source", "days"), [("", 5), ("x", 0), ("x", 40_000), ("x", None)])
def test_what_is_no_rule(sqlite_database: Database, source: str, days: int | None) -> None:
    """Is refused."""
    with sqlite_database.transaction() as session, pytest.raises(RetentionError):
        set_rule(session, COMMAND_LINE, source, days)


def test_old_entries_of_the_log_go(database: Database, options: Settings) -> None:
    """After the days of the setting."""
    with database.transaction() as session:
        record(session, ANNA, "comment.read", Subject("comment", "1"))
        session.flush()
        session.execute(update(AuditEntry).values(at=now() - timedelta(days=400)))
        record(session, ANNA, "comment.read", Subject("comment", "2"))
    year = options.model_copy(update={"audit_days": 365})
    assert apply(database, year).audit_entries == 1
    with database.session() as session:
        assert list(session.scalars(select(AuditEntry.subject))) == ["2"]


def test_jobs_that_were_given_up_go(database: Database, options: Settings) -> None:
    """After a month, with the rows that waited in them; younger and other ones stay."""
    with database.transaction() as session:
        for state, days in (("failed", 31), ("cancelled", 31), ("failed", 29), ("done", 31)):
            job = board.create(session, board.FILE, {}, created_by="x", state=state)
            job.finished_at = now() - timedelta(days=days)
            board.add_chunk(session, job.id, 0, [{"text": "x"}])
    apply(database, options)
    with database.session() as session:
        assert list(session.scalars(select(Job.state).order_by(Job.id))) == ["failed", "done"]
    assert count(database, JobChunk) == 2


def test_the_keeper_applies_it(options: Settings) -> None:
    """In its thread, again and again, and goes on after a failure."""
    import threading  # noqa: PLC0415

    store = Store(options.model_copy(update={"retention_days": 1}))
    put(store.open(), by("ala", 1))
    age(store.open(), 2)
    seen: list[object] = []
    twice = threading.Event()

    def tell(what: object) -> None:
        seen.append(what)
        if len(seen) == 1:
            raise RuntimeError("the first time")
        if len(seen) > 2:
            twice.set()

    keeper = Keeper(
        options.model_copy(update={"retention_days": 1}),
        store,
        on_removed=tell,
        on_failure=seen.append,
        first_after=0.01,
        every=0.01,
    )
    keeper.start()
    assert twice.wait(20)
    keeper.stop()
    store.close()
    assert seen[0] == Removed({"yt": 1}, 0)
    assert isinstance(seen[1], RuntimeError)
    assert seen[2] == Removed({}, 0)


def test_what_waits_in_a_job_is_reached_too(database: Database) -> None:
    """Rows of a file that have not had their turn are exported and erased like the others."""
    preparer = Preparer(PSEUDONYMS)
    rows = [{"item": preparer.prepare(by(author, 1)).to_dict()} for author in ("ala", "ola", "ala")]
    with database.transaction() as session:
        job = board.create(session, board.FILE, {}, created_by="x", total=3)
        board.add_chunk(session, job.id, 0, [*rows, {"line": 4, "reason": "unreadable: x"}])
    held = list(holdings(database, COMMAND_LINE, of("ala")))
    assert [item["waiting"]["external_id"] for item in held] == ["ala-1", "ala-1"]
    assert erase(database, COMMAND_LINE, of("ala"), dry_run=True).waiting == 2
    assert erase(database, COMMAND_LINE, of("ala")).waiting == 2
    assert list(holdings(database, COMMAND_LINE, of("ala"))) == []
    with database.session() as session:
        (chunk,) = session.scalars(select(JobChunk))
        assert chunk.rows == len(board.rows_of(chunk)) == 4, "the others keep their places"
        assert "ala" not in str(board.rows_of(chunk))
        assert board.rows_of(chunk)[1] == rows[1]


def test_a_worker_under_way_cannot_bring_them_back(
    database: Database, answering: Classifier, tmp_path: Path
) -> None:
    """It had read the rows before they were taken out: nothing of its step is kept."""
    file = tmp_path / "file.jsonl"
    file.write_text("".join(json.dumps(by(author, 1)) + "\n" for author in ("ala", "ola")))
    job_id = upload(
        database, file, Preparer(PSEUDONYMS), name=file.name, queue=lambda _session, _job: None
    )

    def label(comments: Sequence[Comment]) -> list[Prediction]:
        if len(comments) == 2:
            assert erase(database, COMMAND_LINE, of("ala")).waiting == 1
        return answering.predict(comments, embeddings=True)

    def work() -> None:
        with database.transaction() as session:
            job = board.take(session, job_id, timedelta(minutes=1))
            assert job is not None
            held = board.Hold(job.id, job.fence, timedelta(minutes=1))
        steps = Steps(database, held, label, answering.name)
        while steps.step():
            pass

    with pytest.raises(board.LostJobError):
        work()
    assert count(database, StoredComment) == 0
    work()
    with database.session() as session:
        assert list(session.scalars(select(StoredComment.external_id))) == ["ola-1"]
        outcomes = list(session.scalars(select(JobItem.outcome).order_by(JobItem.position)))
    assert outcomes == ["rejected", "stored"]

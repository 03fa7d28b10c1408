from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import select

from sedno.serving.people import keys, people, sessions
from sedno.serving.people.actor import COMMAND_LINE, Actor
from sedno.serving.people.audit import Wanted, cells, every, fields, page
from sedno.serving.people.keys import KeyProblemError
from sedno.serving.people.own import set_own
from sedno.serving.people.passwords import PasswordError, check
from sedno.serving.people.people import PersonError
from sedno.serving.people.roles import PIPELINE_SCOPES, May, Role, Scope
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.people import ApiKey, Person, WebSession

GOOD = "poprawny koń bateria"


def make(database: Database, login: str = "ola@example.org", role: Role = Role.ADMIN) -> Person:
    """A person without a password."""
    with database.transaction() as session:
        return people.create(session, COMMAND_LINE, login, role)


def test_a_login_is_known_in_any_case(database: Database) -> None:
    """Capitals and blanks around it make no other person."""
    made = make(database, " Ola@Example.org ")
    assert made.login == "ola@example.org"
    with database.session() as session:
        assert people.find(session, "OLA@example.ORG").id == made.id
    with database.transaction() as session, pytest.raises(PersonError, match="is taken"):
        people.create(session, COMMAND_LINE, "ola@EXAMPLE.org", Role.EDITOR)


@pytest.mark.parametrize("login", ["", "a", "ola kot", "o" * 201, "ola\x00", "ola/kot"])
def test_what_is_no_login(sqlite_database: Database, login: str) -> None:
    """Is refused with what would be one."""
    with sqlite_database.transaction() as session, pytest.raises(PersonError, match="2 to 200"):
        people.create(session, COMMAND_LINE, login, Role.EDITOR)


def test_a_person_is_no_pipeline(sqlite_database: Database) -> None:
    """That role belongs to keys."""
    with sqlite_database.transaction() as session, pytest.raises(PersonError, match="a person is"):
        people.create(session, COMMAND_LINE, "rura", Role.PIPELINE)


@pytest.mark.parametrize(
    ("password", "why"),
    [("krótkie", "at least 12"), ("a" * 20, "different"), ("x" * 300, "at most"),
     ("moje haslo OLA 1234", "holds the login")],
)  # fmt: skip
def test_a_password_that_is_guessed_first(password: str, why: str) -> None:
    """Is refused with the reason, which never holds it."""
    with pytest.raises(PasswordError, match=why) as caught:
        check(password, login="ola@example.org")
    assert password not in str(caught.value)


def test_there_is_always_an_admin(database: Database) -> None:
    """The last one can neither be disabled nor become anything else."""
    first = make(database)
    for change in ({"active": False}, {"role": Role.EDITOR}):
        with database.transaction() as session, pytest.raises(PersonError, match="last active"):
            people.change(session, COMMAND_LINE, people.find(session, first.login), **change)
    make(database, "jan")
    with database.transaction() as session:
        people.change(session, COMMAND_LINE, people.find(session, first.login), active=False)
    with database.session() as session:
        assert not people.find(session, first.login).active


def test_whoever_is_disabled_is_out_at_once(database: Database) -> None:
    """The session they had is none any more; let in again, they sign in anew."""
    make(database)
    person = make(database, "jan", Role.MODERATOR)
    with database.transaction() as session:
        token = sessions.start(session, person, hours=1)
    actor = sessions.actor_of(database, token, hours=1)
    assert actor is not None
    assert (actor.name, actor.role) == ("jan", Role.MODERATOR)
    with database.transaction() as session:
        people.change(session, COMMAND_LINE, people.find(session, "jan"), active=False)
    assert sessions.actor_of(database, token, hours=1) is None
    with database.transaction() as session:
        people.change(session, COMMAND_LINE, people.find(session, "jan"), active=True)
    assert sessions.actor_of(database, token, hours=1) is None


def test_a_session_ends(database: Database) -> None:
    """When it was not used for long enough, whatever the cookie says; use makes it longer."""
    person = make(database)
    with database.transaction() as session:
        token = sessions.start(session, person, hours=1)
    with database.transaction() as session:
        kept = session.scalars(select(WebSession)).one()
        kept.seen_at -= timedelta(minutes=50)
        kept.expires_at -= timedelta(minutes=50)
        almost = kept.expires_at
    assert sessions.actor_of(database, token, hours=1) is not None
    with database.transaction() as session:
        kept = session.scalars(select(WebSession)).one()
        assert kept.expires_at > almost + timedelta(minutes=40)
        kept.expires_at = now()
    assert sessions.actor_of(database, token, hours=1) is None
    assert sessions.actor_of(database, token + "x", hours=1) is None


def test_only_hashes_are_kept(database: Database) -> None:
    """Whoever reads the database can come in with nothing of it."""
    person = make(database)
    with database.transaction() as session:
        token = sessions.start(session, person, hours=1)
        _, shown = keys.create(session, COMMAND_LINE, "import", PIPELINE_SCOPES)
        people.set_password(session, COMMAND_LINE, session.get_one(Person, person.id), GOOD)
    with database.session() as session:
        key = session.scalars(select(ApiKey)).one()
        kept = f"{session.get_one(Person, person.id).password_hash} {key.secret_hash!r}"
    assert "$argon2id$" in kept
    assert GOOD not in kept
    assert shown.rpartition("_")[2] not in kept
    assert sessions.actor_of(database, token, hours=1) is None, "a new password signs out"


def test_the_life_of_a_key(database: Database) -> None:
    """Made, used, rotated with a grace, revoked."""
    with database.transaction() as session:
        _, first = keys.create(session, COMMAND_LINE, "import", [Scope.COMMENTS_WRITE])
    actor = keys.actor_of(database, first)
    assert actor is not None
    assert (actor.kind, actor.name, actor.may(May.WRITE_COMMENTS)) == ("key", "import", True)
    assert not actor.may(May.READ_COMMENTS)
    with database.transaction() as session:
        second = keys.rotate(
            session, COMMAND_LINE, keys.find(session, "import"), grace=timedelta(hours=1)
        )
    assert keys.actor_of(database, first)
    assert keys.actor_of(database, second)
    with database.transaction() as session:
        keys.find(session, "import").previous_until = now()
    assert keys.actor_of(database, first) is None
    assert keys.actor_of(database, second)
    with database.transaction() as session:
        keys.revoke(session, COMMAND_LINE, keys.find(session, "import"))
    assert keys.actor_of(database, second) is None
    with database.transaction() as session, pytest.raises(KeyProblemError, match="was revoked"):
        keys.rotate(session, COMMAND_LINE, keys.find(session, "import"), grace=timedelta(0))


def test_a_key_expires(database: Database) -> None:
    """And one that has expired already is not made."""
    with database.transaction() as session:
        key, shown = keys.create(
            session, COMMAND_LINE, "x", [Scope.JOBS], expires_at=now() + timedelta(hours=1)
        )
        key.expires_at = now()
    assert keys.actor_of(database, shown) is None
    with database.transaction() as session, pytest.raises(KeyProblemError, match="has passed"):
        keys.create(session, COMMAND_LINE, "y", [Scope.JOBS], expires_at=now())


@pytest.mark.parametrize("shown", ["", "sedno_", "sedno_a_b", "sedno_ą_\x00", "x" * 10_000])
def test_what_is_no_key(sqlite_database: Database, shown: str) -> None:
    """Lets nobody in."""
    assert keys.actor_of(sqlite_database, shown) is None


def test_what_was_done_is_in_the_log(database: Database) -> None:
    """With who did it; a change that fails leaves no entry; no secret is in it."""
    make(database)
    with database.transaction() as session:
        _, shown = keys.create(session, COMMAND_LINE, "import", PIPELINE_SCOPES)
    with suppress(RuntimeError), database.transaction() as session:
        people.create(session, COMMAND_LINE, "nobody", Role.EDITOR)
        raise RuntimeError
    with database.session() as session:
        entries = list(every(session, Wanted()))
        assert [entry.action for entry in entries] == ["person.created", "key.created"]
        assert page(session, Wanted(action="key."))[0].subject == "import"
        assert page(session, Wanted(), before=entries[1].id) == entries[:1]
        assert page(session, Wanted(actor="x")) == []
    assert shown not in str([fields(entry) for entry in entries])


def test_no_cell_is_a_formula(database: Database) -> None:
    """What a spreadsheet would run is only shown."""
    with database.transaction() as session:
        people.create(session, Actor("key", 1, "=cmd()", Role.PIPELINE), "ola", Role.EDITOR)
    with database.session() as session:
        (entry,) = every(session, Wanted())
    assert cells(fields(entry))[3] == "'=cmd()"


def test_people_set_their_own_password(database: Database) -> None:
    """The first one freely, another only with the present one; other browsers are signed out."""
    person = make(database)
    with database.transaction() as session:
        here, there = (sessions.start(session, person, hours=1) for _ in range(2))
    actor = sessions.actor_of(database, here, hours=1)
    assert actor is not None
    set_own(database, actor, current=None, new=GOOD)
    assert sessions.actor_of(database, here, hours=1) == actor
    assert sessions.actor_of(database, there, hours=1) is None
    for wrong in (None, "", "wrong"):
        with pytest.raises(PasswordError, match="present password is wrong"):
            set_own(database, actor, current=wrong, new=GOOD + " 2")
    set_own(database, actor, current=GOOD, new=GOOD + " 2")

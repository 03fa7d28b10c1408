from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.audit import Wanted, every
from sedno.serving.people.logins import (
    TRIES_A_LOGIN,
    TRIES_AN_ADDRESS,
    LoginError,
    ThrottledError,
    make_link,
    sign_in,
    sign_in_by_link,
)
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token, is_csrf_token, subject_of
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.people import LoginAttempt, Person

GOOD = "poprawny koń bateria"
SECRET = b"s" * 32


def make(database: Database, *, password: str | None = GOOD) -> Person:
    """A moderator called ola."""
    with database.transaction() as session:
        return people.create(session, COMMAND_LINE, "ola", Role.MODERATOR, password=password)


def come(
    database: Database, password: str = GOOD, *, login: str = "ola", address: str = "10.0.0.1"
) -> str:
    """Signs in."""
    return sign_in(database, login, password, address=address, secret=SECRET, hours=1)


def fail(database: Database, times: int, address: str) -> None:
    """So many failed logins, without the time that their hashes take."""
    with database.transaction() as session:
        for kind, name in (("login", "ola"), ("address", address)):
            session.add_all(
                LoginAttempt(subject=subject_of(SECRET, kind, name), at=now()) for _ in range(times)
            )


def test_login_and_password_let_in(database: Database) -> None:
    """And it is written down."""
    make(database)
    actor = sessions.actor_of(database, come(database, login=" OLA "), hours=1)
    assert actor is not None
    assert actor.name == "ola"
    with database.session() as session:
        assert session.scalars(select(LoginAttempt)).all() == []
        assert [entry.action for entry in every(session, Wanted())][-1] == "person.signed_in"


def test_nobody_learns_what_was_wrong(database: Database) -> None:
    """An unknown name, a wrong password, a disabled person, one without a password."""
    make(database)
    with database.transaction() as session:
        people.create(session, COMMAND_LINE, "bez", Role.EDITOR)
        people.create(session, COMMAND_LINE, "out", Role.EDITOR, password=GOOD).active = False
    said = set()
    for login, password in (("nobody", GOOD), ("ola", "wrong"), ("out", GOOD), ("bez", "")):
        with pytest.raises(LoginError) as caught:
            come(database, password, login=login)
        said.add(str(caught.value))
    assert said == {"Login and password do not fit."}


def test_a_name_has_to_wait(database: Database) -> None:
    """After five failures even the right password waits; others are let in; time heals it."""
    make(database)
    fail(database, TRIES_A_LOGIN - 1, "10.0.0.1")
    with pytest.raises(LoginError):
        come(database, "wrong")
    with pytest.raises(ThrottledError) as caught:
        come(database, address="10.9.9.9")
    assert 0 < caught.value.retry_after <= 15 * 60
    with database.transaction() as session:
        session.execute(update(LoginAttempt).values(at=now() - timedelta(minutes=16)))
    assert come(database)


def test_an_address_has_to_wait(database: Database) -> None:
    """Whoever tries many names from one place is stopped; the others are not."""
    make(database)
    with database.transaction() as session:
        session.add_all(
            LoginAttempt(subject=subject_of(SECRET, "address", "10.0.0.1"), at=now())
            for _ in range(TRIES_AN_ADDRESS)
        )
    with pytest.raises(ThrottledError):
        come(database)
    assert come(database, address="10.0.0.2")


def test_many_at_once_gain_nothing(database: Database) -> None:
    """Of twelve guesses sent together no more than five are looked at."""
    make(database, password=None)

    def guess(number: int) -> type[Exception]:
        try:
            come(database, f"guess number {number}", address=f"10.0.0.{number}")
        except (LoginError, ThrottledError) as error:
            return type(error)
        raise AssertionError

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(guess, range(12)))
    assert outcomes.count(LoginError) == TRIES_A_LOGIN


def test_a_link_works_once(database: Database) -> None:
    """And not when it is too old, was replaced by a new password, or the person is disabled."""
    person = make(database)
    with database.transaction() as session:
        token, old, other = (make_link(session, COMMAND_LINE, person) for _ in range(3))
    assert sessions.actor_of(database, sign_in_by_link(database, token, hours=1), hours=1)
    with pytest.raises(LoginError):
        sign_in_by_link(database, token, hours=1)
    with database.transaction() as session:
        people.set_password(session, COMMAND_LINE, session.get_one(Person, person.id), GOOD + "2")
    with pytest.raises(LoginError):
        sign_in_by_link(database, old, hours=1)
    with database.transaction() as session:
        late = make_link(session, COMMAND_LINE, person, minutes=0)
    with pytest.raises(LoginError):
        sign_in_by_link(database, late, hours=1)
    assert other != old


def test_two_who_use_a_link_at_once(database: Database) -> None:
    """One gets in."""
    person = make(database)
    with database.transaction() as session:
        token = make_link(session, COMMAND_LINE, person)

    def use(_: int) -> bool:
        try:
            return bool(sign_in_by_link(database, token, hours=1))
        except LoginError:
            return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(use, range(4))) == 1


def test_a_form_token_fits_its_session_only() -> None:
    """Another session's, another installation's and none at all are refused."""
    token = csrf_token(SECRET, "mine")
    assert is_csrf_token(token, SECRET, "mine")
    assert not is_csrf_token(token, SECRET, "yours")
    assert not is_csrf_token(token, b"o" * 32, "mine")
    assert not is_csrf_token(None, SECRET, "mine")
    assert not is_csrf_token("ż", SECRET, "mine")

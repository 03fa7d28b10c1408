"""Signing in, with a password or a link, and how often it may be tried."""

from __future__ import annotations

import math
from datetime import timedelta

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from sedno.serving.people import passwords
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.people import normal
from sedno.serving.people.sessions import as_actor, start
from sedno.serving.people.tokens import hash_of, new_token, subject_of
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.people import LoginAttempt, LoginLink, Person

WINDOW = timedelta(minutes=15)
"""Time over which failed logins are counted."""

TRIES_A_LOGIN = 5
"""Failed logins for one name before it has to wait."""

TRIES_AN_ADDRESS = 30
"""Failed logins from one network address before it has to wait."""

LINK_MINUTES = 15
"""How long a link signs in."""


class LoginError(Exception):
    """Login and password do not fit; says no more than that on purpose."""


class ThrottledError(Exception):
    """Too many failed logins.

    Attributes:
        retry_after: Seconds until the next one is looked at.
    """

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"too many failed logins; try again in {retry_after} s")
        self.retry_after = retry_after


def sign_in(
    database: Database, login: str, password: str, *, address: str, secret: bytes, hours: float
) -> str:
    """Signs in and gives the token of the new session. Takes some 0.1 s.

    A try counts as failed until it has succeeded, so that many at once gain nothing.

    Args:
        database: Where people are kept.
        login: As typed.
        password: As typed.
        address: The network address it comes from.
        secret: The installation's key.
        hours: Time without use after which the session ends.

    Raises:
        LoginError: They do not fit, or the person is disabled.
        ThrottledError: It was tried too often.
    """
    login = normal(login)
    by_login = subject_of(secret, "login", login)
    by_address = subject_of(secret, "address", address)
    attempts = _begin(database, by_login, by_address)
    with database.session() as session:
        person = session.scalar(select(Person).where(Person.login == login))
    kept = person.password_hash if person is not None and person.active else None
    if not passwords.is_right(password, kept) or person is None or kept is None:
        if person is not None:
            with database.transaction() as session:
                record(session, as_actor(person), "person.login_failed", Subject("person", login))
        raise LoginError("Login and password do not fit.")
    with database.transaction() as session:
        session.execute(
            delete(LoginAttempt).where(
                (LoginAttempt.subject == by_login) | LoginAttempt.id.in_(attempts)
            )
        )
        # Read again: it may have been disabled while the hash was computed.
        person = session.get_one(Person, person.id)
        if not person.active or person.password_hash != kept:
            raise LoginError("Login and password do not fit.")
        if passwords.is_outdated(kept):
            person.password_hash = passwords.hash_of(password)
        return _let_in(session, person, hours=hours, by="password")


def make_link(
    session: Session, actor: Actor, person: Person, *, minutes: float = LINK_MINUTES
) -> str:
    """Makes the token of a link that signs a person in once."""
    token = new_token()
    at = now()
    session.execute(delete(LoginLink).where(LoginLink.expires_at < at))
    session.add(
        LoginLink(
            token_hash=hash_of(token),
            person_id=person.id,
            expires_at=at + timedelta(minutes=minutes),
            used_at=None,
        )
    )
    record(session, actor, "person.link_made", Subject("person", person.login), minutes=minutes)
    return token


def link_of(address: str, token: str) -> str:
    """The link to send to someone.

    Args:
        address: Of the server, as browsers find it.
        token: As :func:`make_link` gave it.
    """
    return f"{address}/desk/login/link?token={token}"


def sign_in_by_link(database: Database, token: str, *, hours: float) -> str:
    """Signs in by a link, which works once, and gives the token of the new session.

    Raises:
        LoginError: It is none, has been used, or is too old; or the person is disabled.
    """
    with database.transaction() as session:
        used = session.execute(
            update(LoginLink)
            .where(
                LoginLink.token_hash == hash_of(token),
                LoginLink.used_at.is_(None),
                LoginLink.expires_at > now(),
            )
            .values(used_at=now())
            .returning(LoginLink.person_id)
        ).scalar()
        person = session.get(Person, used) if used is not None else None
        if person is None or not person.active:
            raise LoginError("This link has been used or is too old. Ask for a new one.")
        return _let_in(session, person, hours=hours, by="link")


def _let_in(session: Session, person: Person, *, hours: float, by: str) -> str:
    token = start(session, person, hours=hours)
    record(session, as_actor(person), "person.signed_in", Subject("person", person.login), by=by)
    return token


def _begin(database: Database, by_login: bytes, by_address: bytes) -> list[int]:
    """Counts a try before it is made; gives the numbers of its rows."""
    at = now()
    with database.transaction() as session:
        if not database.is_sqlite:
            # One try after the other for a name: else many at once would all see few before.
            for subject in (by_login, by_address):
                number = int.from_bytes(subject[:8], "big", signed=True)
                session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
        session.execute(delete(LoginAttempt).where(LoginAttempt.at < at - WINDOW))
        for subject, most in ((by_login, TRIES_A_LOGIN), (by_address, TRIES_AN_ADDRESS)):
            count, first = session.execute(
                select(func.count(), func.min(LoginAttempt.at)).where(
                    LoginAttempt.subject == subject
                )
            ).one()
            if count >= most:
                raise ThrottledError(math.ceil((first + WINDOW - at).total_seconds()) or 1)
        rows = [LoginAttempt(subject=subject, at=at) for subject in (by_login, by_address)]
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]

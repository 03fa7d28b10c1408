"""People: made, listed, changed, disabled; never deleted, since decisions name them."""

from __future__ import annotations

import re

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from sedno.serving.people import passwords
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.roles import ROLES_OF_PEOPLE, Role
from sedno.serving.store.base import now
from sedno.serving.store.tables.people import (
    MAX_LOGIN_CHARS,
    MAX_NAME_CHARS,
    LoginLink,
    Person,
    WebSession,
)

LANGUAGES = ("pl", "en")
_LOGIN = re.compile(rf"[\w.+@-]{{2,{MAX_LOGIN_CHARS}}}")


class PersonError(ValueError):
    """Something about a person cannot be done; the message names the value and the remedy."""


class UnknownPersonError(PersonError):
    """There is no such person."""


def create(
    session: Session,
    actor: Actor,
    login: str,
    role: Role,
    *,
    display_name: str | None = None,
    password: str | None = None,
    language: str | None = None,
) -> Person:
    """Makes a person.

    Args:
        session: The transaction.
        actor: Who makes it.
        login: What they sign in with: an e-mail address or a name.
        role: What they are here to do.
        display_name: What others see; the login where it is not given.
        password: Where there is none, they come in by a link and set one.
        language: Of the desk's pages.

    Raises:
        PersonError: The login is no login or taken, or the role or language is none.
        PasswordError: The password cannot be taken.
    """
    login = normal(login)
    if not _LOGIN.fullmatch(login):
        raise PersonError(
            f"login {login[:60]!r}: 2 to {MAX_LOGIN_CHARS} letters, digits and . + @ - _ without "
            "blanks; an e-mail address is a good one"
        )
    if role not in ROLES_OF_PEOPLE:
        raise PersonError(f"role {role!r}: a person is one of {', '.join(ROLES_OF_PEOPLE)}")
    if session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise PersonError(f"login {login!r} is taken; 'sedno users list' shows by whom")
    if password is not None:
        passwords.check(password, login=login)
    at = now()
    person = Person(
        login=login,
        display_name=_name(display_name or login),
        role=role,
        password_hash=passwords.hash_of(password) if password is not None else None,
        active=True,
        language=_language(language),
        created_at=at,
        updated_at=at,
    )
    session.add(person)
    session.flush()
    record(session, actor, "person.created", Subject("person", login), role=role)
    return person


def find(session: Session, login: str) -> Person:
    """The person with a login.

    Raises:
        UnknownPersonError: There is none.
    """
    person = session.scalar(select(Person).where(Person.login == normal(login)))
    if person is None:
        raise UnknownPersonError(
            f"login {login[:60]!r}: there is no such person; see 'sedno users list'"
        )
    return person


def every(session: Session) -> list[Person]:
    """All people, by login."""
    return list(session.scalars(select(Person).order_by(Person.login)))


def change(
    session: Session,
    actor: Actor,
    person: Person,
    *,
    role: Role | None = None,
    active: bool | None = None,
    display_name: str | None = None,
    language: str | None = None,
) -> None:
    """Changes what is given. Whoever is disabled or gets another role is signed out.

    Raises:
        PersonError: It would leave nobody to administer, or a value is none.
    """
    changed: dict[str, str | bool] = {}
    if role is not None and role != person.role:
        if role not in ROLES_OF_PEOPLE:
            raise PersonError(f"role {role!r}: a person is one of {', '.join(ROLES_OF_PEOPLE)}")
        changed["role"] = role
    if active is not None and active != person.active:
        changed["active"] = active
    if (
        person.role == Role.ADMIN
        and person.active
        and (changed.get("active") is False or "role" in changed)
    ):
        _keep_an_admin(session, person)
    if display_name is not None and _name(display_name) != person.display_name:
        changed["display_name"] = _name(display_name)
    if language is not None and _language(language) != person.language:
        changed["language"] = language
    if not changed:
        return
    for name, value in changed.items():
        setattr(person, name, value)
    person.updated_at = now()
    if "role" in changed or "active" in changed:
        sign_out_everywhere(session, person)
    session.flush()
    record(session, actor, "person.changed", Subject("person", person.login), **changed)


def set_password(
    session: Session,
    actor: Actor,
    person: Person,
    password: str | None,
    *,
    but: int | None = None,
) -> None:
    """Sets a password, or takes it away, and signs the person out everywhere.

    Args:
        session: The transaction.
        actor: Who does it.
        person: Whose.
        password: The new one; ``None`` for none.
        but: The session that goes on: the one in which people set their own.

    Raises:
        PasswordError: It cannot be taken.
    """
    if password is not None:
        passwords.check(password, login=person.login)
    person.password_hash = passwords.hash_of(password) if password is not None else None
    person.updated_at = now()
    sign_out_everywhere(session, person, but=but)
    record(session, actor, "person.password_set", Subject("person", person.login))


def sign_out_everywhere(session: Session, person: Person, *, but: int | None = None) -> None:
    """Ends all sessions of a person but one, and the links that would sign them in."""
    ended = delete(WebSession).where(WebSession.person_id == person.id)
    session.execute(ended if but is None else ended.where(WebSession.id != but))
    session.execute(delete(LoginLink).where(LoginLink.person_id == person.id))


def normal(login: str) -> str:
    """A login as it is kept: in small letters, without blanks around it."""
    return login.strip().casefold()


def _keep_an_admin(session: Session, leaving: Person) -> None:
    others = session.scalar(
        select(func.count())
        .select_from(Person)
        .where(Person.role == Role.ADMIN, Person.active.is_(True), Person.id != leaving.id)
    )
    if not others:
        raise PersonError(
            f"{leaving.login!r} is the last active admin; make another one first: "
            "sedno users create LOGIN --role admin"
        )


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise PersonError(f"name {name[:60]!r}: 1 to {MAX_NAME_CHARS} characters that can be shown")
    return name


def _language(language: str | None) -> str | None:
    if language is not None and language not in LANGUAGES:
        raise PersonError(f"language {language!r}: the desk speaks {' and '.join(LANGUAGES)}")
    return language

"""Web sessions: a browser that has signed in, until it is not used for long enough."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import hash_of, new_token
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.people import Person, WebSession

LONGEST = timedelta(days=30)
"""However busy it is, a session ends after this time."""

# A session that is looked at all the time need not be written all the time.
_NOTE_EVERY = timedelta(minutes=5)


def start(session: Session, person: Person, *, hours: float) -> str:
    """Starts a session and gives the token for the cookie.

    Args:
        session: The transaction.
        person: Who has signed in.
        hours: Time without use after which it ends.
    """
    at = now()
    token = new_token()
    session.execute(delete(WebSession).where(WebSession.expires_at < at))
    session.add(
        WebSession(
            token_hash=hash_of(token),
            person_id=person.id,
            created_at=at,
            seen_at=at,
            expires_at=at + timedelta(hours=hours),
        )
    )
    return token


def actor_of(database: Database, token: str, *, hours: float) -> Actor | None:
    """Who has a session; ``None`` where it is none, is over, or the person was disabled."""
    at = now()
    with database.session() as session:
        found = session.execute(
            select(WebSession, Person)
            .join(Person, Person.id == WebSession.person_id)
            .where(WebSession.token_hash == hash_of(token))
        ).one_or_none()
    if found is None:
        return None
    kept, person = found
    if kept.expires_at <= at or kept.created_at + LONGEST <= at or not person.active:
        return None
    if at - kept.seen_at > _NOTE_EVERY:
        with database.transaction() as session:
            again = session.get(WebSession, kept.id)
            if again is not None:
                again.seen_at = at
                again.expires_at = at + timedelta(hours=hours)
    return as_actor(person, session_id=kept.id)


def as_actor(person: Person, *, session_id: int | None = None) -> Actor:
    """A person as the one who does something."""
    return Actor(
        "person",
        person.id,
        person.login,
        Role(person.role),
        session_id=session_id,
        language=person.language,
    )


def end(session: Session, actor: Actor) -> None:
    """Ends the session by which a person came."""
    session.execute(delete(WebSession).where(WebSession.id == actor.session_id))
    record(session, actor, "person.signed_out", Subject("person", actor.name))

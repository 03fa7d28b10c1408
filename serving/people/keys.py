"""Keys of programs: made, rotated, ended. A key is shown once; only a hash of it is kept."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.roles import Role, Scope
from sedno.serving.people.tokens import hash_of
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.people import MAX_NAME_CHARS, ApiKey

PREFIX = "sedno_"
"""What keys begin with, so that scanners find those that were published by mistake."""

_NOTE_EVERY = timedelta(minutes=5)
_HANDLE_BYTES = 6
_SECRET_BYTES = 24


class KeyProblemError(ValueError):
    """Something about a key cannot be done; the message names the value and the remedy."""


class UnknownKeyError(KeyProblemError):
    """There is no such key."""


def create(
    session: Session,
    actor: Actor,
    name: str,
    scopes: Iterable[Scope],
    *,
    expires_at: datetime | None = None,
) -> tuple[ApiKey, str]:
    """Makes a key.

    Args:
        session: The transaction.
        actor: Who makes it.
        name: What to call it.
        scopes: What it may do.
        expires_at: When it ends.

    Returns:
        What is kept, and the key itself, which nobody can show again.

    Raises:
        KeyProblemError: The name is none or taken, there is no scope, or the end has passed.
    """
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME_CHARS or not name.isprintable():
        raise KeyProblemError(f"name {name[:60]!r}: 1 to {MAX_NAME_CHARS} characters")
    if session.scalar(select(ApiKey.id).where(ApiKey.name == name)) is not None:
        raise KeyProblemError(
            f"name {name!r} is taken, perhaps by a key that was revoked; take another, or give "
            f"the key a new secret: sedno keys rotate {name!r}"
        )
    wanted = sorted(set(scopes))
    if not wanted:
        raise KeyProblemError(f"a key needs a scope: {', '.join(Scope)}")
    at = now()
    if expires_at is not None and expires_at <= at:
        raise KeyProblemError(f"the end {expires_at.isoformat()} has passed; name a later one")
    handle, secret = secrets.token_hex(_HANDLE_BYTES), secrets.token_hex(_SECRET_BYTES)
    key = ApiKey(
        name=name,
        handle=handle,
        secret_hash=hash_of(secret),
        scopes=[str(scope) for scope in wanted],
        created_at=at,
        expires_at=expires_at,
    )
    session.add(key)
    session.flush()
    record(session, actor, "key.created", Subject("key", name), scopes=key.scopes)
    return key, f"{PREFIX}{handle}_{secret}"


def every(session: Session) -> list[ApiKey]:
    """All keys, by name."""
    return list(session.scalars(select(ApiKey).order_by(ApiKey.name)))


def find(session: Session, name: str) -> ApiKey:
    """The key with a name.

    Raises:
        UnknownKeyError: There is none.
    """
    key = session.scalar(select(ApiKey).where(ApiKey.name == name))
    if key is None:
        raise UnknownKeyError(f"key {name[:60]!r}: there is none; see 'sedno keys list'")
    return key


def rotate(session: Session, actor: Actor, key: ApiKey, *, grace: timedelta) -> str:
    """Gives a key a new secret and gives the new key; the old one is taken for a while.

    Args:
        session: The transaction.
        actor: Who does it.
        key: The key.
        grace: How long the old secret is still taken: time to bring the new one out.

    Raises:
        KeyProblemError: The key was revoked.
    """
    if key.revoked_at is not None:
        raise KeyProblemError(f"key {key.name!r} was revoked; make another with another name")
    secret = secrets.token_hex(_SECRET_BYTES)
    key.previous_hash = key.secret_hash if grace > timedelta(0) else None
    key.previous_until = now() + grace if grace > timedelta(0) else None
    key.secret_hash = hash_of(secret)
    record(session, actor, "key.rotated", Subject("key", key.name), grace_s=grace.total_seconds())
    return f"{PREFIX}{key.handle}_{secret}"


def revoke(session: Session, actor: Actor, key: ApiKey) -> None:
    """Ends a key at once."""
    if key.revoked_at is None:
        key.revoked_at = now()
        record(session, actor, "key.revoked", Subject("key", key.name))


def state_of(key: ApiKey) -> str:
    """``active``, ``expired`` or ``revoked``."""
    if key.revoked_at is not None:
        return "revoked"
    if key.expires_at is not None and key.expires_at <= now():
        return "expired"
    return "active"


def fields(key: ApiKey) -> dict[str, Any]:
    """A key as JSON values, without its secret."""
    return {
        "name": key.name,
        "state": state_of(key),
        "scopes": key.scopes,
        "created_at": key.created_at.isoformat(),
        "expires_at": key.expires_at.isoformat() if key.expires_at else None,
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
    }


def actor_of(database: Database, shown: str) -> Actor | None:
    """Who has a key; ``None`` where it is none, has expired or was revoked."""
    handle, _, secret = shown.removeprefix(PREFIX).partition("_")
    with database.session() as session:
        key = session.scalar(select(ApiKey).where(ApiKey.handle == handle))
    if key is None or state_of(key) != "active" or not _is_secret(key, secret):
        return None
    at = now()
    if key.last_used_at is None or at - key.last_used_at > _NOTE_EVERY:
        with database.transaction() as session:
            session.get_one(ApiKey, key.id).last_used_at = at
    scopes = frozenset(Scope(scope) for scope in key.scopes if scope in set(Scope))
    return Actor("key", key.id, key.name, Role.PIPELINE, scopes)


def _is_secret(key: ApiKey, secret: str) -> bool:
    given = hash_of(secret)
    if hmac.compare_digest(given, key.secret_hash):
        return True
    return (
        key.previous_hash is not None
        and key.previous_until is not None
        and key.previous_until > now()
        and hmac.compare_digest(given, key.previous_hash)
    )

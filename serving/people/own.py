"""What people do about their own account."""

from __future__ import annotations

from sedno.serving.people import passwords
from sedno.serving.people.actor import Actor
from sedno.serving.people.passwords import PasswordError
from sedno.serving.people.people import find, set_password
from sedno.serving.store.database import Database


def set_own(database: Database, actor: Actor, *, current: str | None, new: str) -> None:
    """Sets one's own password, and ends all other sessions.

    Args:
        database: Where people are kept.
        actor: Who it is.
        current: The present password; not looked at where there is none yet.
        new: The new one.

    Raises:
        PasswordError: The present one is wrong, or the new one cannot be taken.
    """
    passwords.check(new, login=actor.name)
    with database.session() as session:
        kept = find(session, actor.name).password_hash
    if kept is not None and not passwords.is_right(current or "", kept):
        raise PasswordError("wrong", "the present password is wrong")
    with database.transaction() as session:
        set_password(session, actor, find(session, actor.name), new, but=actor.session_id)


def has_password(database: Database, actor: Actor) -> bool:
    """Whether somebody has a password, and did not only come by a link."""
    with database.session() as session:
        return find(session, actor.name).password_hash is not None

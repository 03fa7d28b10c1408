"""Who has which comment open: a lease, so that two people never get the same one.

The primary key of the table does the keeping apart; a lease that ran out may be taken over. Each
view of a page that takes a comment has a name of its own: a page that is loaded again goes only
after its successor has come, and must not give back what that one has.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sedno.serving.store.base import now
from sedno.serving.store.tables.review import Claim

MAX_VIEW_CHARS: Final = 32
"""Longest name of a view."""


def take(
    session: Session,
    comment_id: int,
    person_id: int,
    *,
    lease: timedelta,
    queued: bool = False,
    view: str | None = None,
) -> str | None:
    """Takes a comment, or takes over one that the person has in another view.

    Args:
        session: A session that writes.
        comment_id: Which.
        person_id: For whom.
        lease: How long, unless renewed.
        queued: Whether the queue gives it.
        view: The view that has it from now on; a new one for ``None``.

    Returns:
        The view; ``None`` where somebody else has the comment.
    """
    at = now()
    view = view or secrets.token_urlsafe(12)
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Claim).values(
        comment_id=comment_id,
        person_id=person_id,
        claimed_at=at,
        expires_at=at + lease,
        view=view,
        queued=queued,
    )
    fresh = {
        "person_id": statement.excluded.person_id,
        "claimed_at": statement.excluded.claimed_at,
        "expires_at": statement.excluded.expires_at,
        "view": statement.excluded.view,
        "queued": statement.excluded.queued,
    }
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=[Claim.comment_id],
            set_=fresh,
            where=(Claim.expires_at <= at) | (Claim.person_id == person_id),
        ).returning(Claim.comment_id)
    ).first()
    return None if taken is None else view


def renew(session: Session, comment_id: int, person_id: int, *, lease: timedelta) -> bool:
    """Makes a lease longer; tells whether the person still had the comment."""
    renewed = session.execute(
        update(Claim)
        .where(Claim.comment_id == comment_id, Claim.person_id == person_id)
        .values(expires_at=now() + lease)
        .returning(Claim.comment_id)
    ).first()
    return renewed is not None


def release(session: Session, person_id: int, comment_id: int, *, view: str) -> None:
    """Gives back a comment when a view of it is left; does nothing if a later view has it."""
    session.execute(
        delete(Claim).where(
            Claim.comment_id == comment_id, Claim.person_id == person_id, Claim.view == view
        )
    )


def release_queued(session: Session, person_id: int) -> None:
    """Gives back what the person has from the queue, in whichever view."""
    session.execute(delete(Claim).where(Claim.person_id == person_id, Claim.queued.is_(True)))


def queued_of(session: Session, person_id: int) -> list[int]:
    """The comments that a person has from the queue, the latest first."""
    return list(
        session.scalars(
            select(Claim.comment_id)
            .where(Claim.person_id == person_id, Claim.queued.is_(True), Claim.expires_at > now())
            .order_by(Claim.claimed_at.desc())
        )
    )


def has(session: Session, comment_id: int, person_id: int) -> bool:
    """Whether the person has the comment open, the lease not having run out."""
    claim = _live(session, comment_id)
    return claim is not None and claim.person_id == person_id


def taken_by_another(session: Session, comment_id: int, person_id: int) -> bool:
    """Whether somebody else has the comment open."""
    claim = _live(session, comment_id)
    return claim is not None and claim.person_id != person_id


def expires(session: Session, comment_id: int) -> datetime | None:
    """Until when a comment is taken."""
    claim = _live(session, comment_id)
    return None if claim is None else claim.expires_at


def _live(session: Session, comment_id: int) -> Claim | None:
    return session.scalars(
        select(Claim).where(Claim.comment_id == comment_id, Claim.expires_at > now())
    ).first()

"""Who has which comment open: a lease, so that two people never get the same one.

The primary key of the table does the keeping apart; a lease that ran out may be taken over.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sedno.serving.store.base import now
from sedno.serving.store.tables.review import Claim


def take(session: Session, comment_id: int, person_id: int, *, lease: timedelta) -> bool:
    """Takes a comment, or renews the lease of one that the person has.

    Args:
        session: A session that writes.
        comment_id: Which.
        person_id: For whom.
        lease: How long, unless renewed.

    Returns:
        Whether the person has it now.
    """
    at = now()
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Claim).values(
        comment_id=comment_id, person_id=person_id, claimed_at=at, expires_at=at + lease
    )
    fresh = {
        "person_id": statement.excluded.person_id,
        "claimed_at": statement.excluded.claimed_at,
        "expires_at": statement.excluded.expires_at,
    }
    taken = session.execute(
        statement.on_conflict_do_update(
            index_elements=[Claim.comment_id],
            set_=fresh,
            where=(Claim.expires_at <= at) | (Claim.person_id == person_id),
        ).returning(Claim.comment_id)
    ).first()
    return taken is not None


def renew(session: Session, comment_id: int, person_id: int, *, lease: timedelta) -> bool:
    """Makes a lease longer; tells whether the person still had the comment."""
    renewed = session.execute(
        update(Claim)
        .where(Claim.comment_id == comment_id, Claim.person_id == person_id)
        .values(expires_at=now() + lease)
        .returning(Claim.comment_id)
    ).first()
    return renewed is not None


def release(session: Session, person_id: int, comment_id: int | None = None) -> None:
    """Gives back one comment, or all that the person has."""
    given_back = delete(Claim).where(Claim.person_id == person_id)
    if comment_id is not None:
        given_back = given_back.where(Claim.comment_id == comment_id)
    session.execute(given_back)


def held_by(session: Session, person_id: int) -> list[int]:
    """The comments that a person has open, the latest first."""
    return list(
        session.scalars(
            select(Claim.comment_id)
            .where(Claim.person_id == person_id, Claim.expires_at > now())
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

"""What a second person must not see: the first decision, while theirs is open.

A comment that waits for a second opinion looks to everybody but the one who decided first as if
nobody had looked at it, wherever it is shown. Files for programs and of the command line hold all.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, not_, or_, select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.review.states import State, Verdict
from sedno.serving.store.filters import Filters
from sedno.serving.store.tables.audit import AuditEntry
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision, SecondOpinion


def waits_for_second(session: Session, comment_id: int, me: int) -> bool:
    """Whether a comment waits for somebody who is not the one who decided first."""
    asked = session.get(SecondOpinion, comment_id)
    return asked is not None and asked.first_person_id != me


def states_for(
    session: Session, actor: Actor, comments: Collection[StoredComment]
) -> dict[int, str]:
    """Where comments stand, by id, as this actor may know it."""
    states = {comment.id: comment.review_state for comment in comments}
    hidden = _hidden(session, actor, states)
    return states | {comment_id: str(State.OPEN) for comment_id in hidden}


def veil(session: Session, actor: Actor, shown: Collection[dict[str, Any]]) -> None:
    """Makes ``review_state`` of comments, as they are given away, what this actor may know.

    Args:
        session: A session that reads.
        actor: Who gets them.
        shown: Each with ``id`` and ``review_state``; changed in place.
    """
    hidden = set(_hidden(session, actor, [one["id"] for one in shown]))
    for one in shown:
        if one["id"] in hidden:
            one["review_state"] = str(State.OPEN)


def filters_for(actor: Actor, filters: Filters) -> Filters:
    """Filters that find comments where this actor may know them to stand."""
    return replace(filters, hidden_from=actor.id) if actor.is_person else filters


def _hidden(session: Session, actor: Actor, ids: Collection[int]) -> Sequence[int]:
    if not actor.is_person:
        return ()
    return session.scalars(
        select(SecondOpinion.comment_id).where(
            SecondOpinion.comment_id.in_(ids), SecondOpinion.first_person_id != actor.id
        )
    ).all()


def decisions_for(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on decisions: those that this actor may see."""
    if not actor.is_person:
        return []
    waiting = select(SecondOpinion.comment_id).where(SecondOpinion.first_person_id != actor.id)
    return [or_(Decision.person_id == actor.id, Decision.comment_id.not_in(waiting))]


def entries_for(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on entries of the audit log: those that this actor may see."""
    if not actor.is_person:
        return []
    waiting = select(cast(SecondOpinion.comment_id, String)).where(
        SecondOpinion.first_person_id != actor.id
    )
    decided = and_(
        AuditEntry.subject_kind == "comment",
        AuditEntry.action.in_([f"comment.{verdict}" for verdict in Verdict]),
        AuditEntry.subject.in_(waiting),
    )
    # Entries of no person have no number to compare.
    mine = and_(AuditEntry.actor_kind == "person", AuditEntry.actor_id == actor.id)
    return [or_(mine, not_(decided))]

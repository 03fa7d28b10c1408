"""Brings a comment in line with its history: state, escalation, second opinion."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sedno.serving.review.states import Standing, State, standing
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision, Escalation, SecondOpinion

_AT_ONCE = 500

Row = TypeVar("Row", Escalation, SecondOpinion)


def lock_many(session: Session, ids: Collection[int]) -> dict[int, StoredComment]:
    """The comments by id, kept from other writers until the transaction ends.

    Always in the order of their ids, so that two writers cannot wait for each other.
    """
    found: dict[int, StoredComment] = {}
    ordered = sorted(ids)
    for at in range(0, len(ordered), _AT_ONCE):
        rows = session.scalars(
            select(StoredComment)
            .where(StoredComment.id.in_(ordered[at : at + _AT_ONCE]))
            .order_by(StoredComment.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        found.update((row.id, row) for row in rows)
    return found


def content_changed(session: Session, ids: Sequence[int]) -> None:
    """Ends what waits for people because of an earlier text; the decisions themselves stay.

    Args:
        session: A session that writes.
        ids: Comments with a new text.
    """
    for at in range(0, len(ids), _AT_ONCE):
        part = ids[at : at + _AT_ONCE]
        session.execute(delete(Escalation).where(Escalation.comment_id.in_(part)))
        session.execute(delete(SecondOpinion).where(SecondOpinion.comment_id.in_(part)))


def settled_before(session: Session, ids: Sequence[int]) -> set[int]:
    """Those comments that people did something to, be it to an earlier text."""
    found: set[int] = set()
    for at in range(0, len(ids), _AT_ONCE):
        part = ids[at : at + _AT_ONCE]
        found.update(
            session.scalars(select(Decision.comment_id).where(Decision.comment_id.in_(part)))
        )
    return found


def settle(session: Session, comment: StoredComment) -> Standing:
    """Brings the comment's state, escalation and second opinion in line with its history."""
    session.flush()
    history = session.scalars(
        select(Decision)
        .where(Decision.comment_id == comment.id, Decision.comment_version == comment.version)
        .order_by(Decision.id)
    ).all()
    if not history:
        return Standing(State(comment.review_state))
    reached = standing([d for d in history if d.undone_at is None], history[0].base_state)
    if comment.review_state != reached.state:
        comment.review_state = reached.state
    _settle_escalation(session, comment, reached)
    _settle_second(session, comment, reached)
    return reached


def _settle_escalation(session: Session, comment: StoredComment, reached: Standing) -> None:
    cause = reached.escalated_by
    there = _row(session, Escalation, comment, wanted=cause is not None)
    if there is None or cause is None:
        return
    there.decision_id = cause.id
    there.reason = "disagreement" if reached.disagreement else "asked"
    there.note = cause.note
    there.by = cause.by
    there.opened_at = cause.decided_at
    session.flush()


def _settle_second(session: Session, comment: StoredComment, reached: Standing) -> None:
    first = reached.second_after
    there = _row(session, SecondOpinion, comment, wanted=first is not None)
    if there is None or first is None:
        return
    there.first_person_id = first.person_id
    there.priority = comment.priority
    there.asked_at = first.decided_at
    session.flush()


def _row(session: Session, table: type[Row], comment: StoredComment, *, wanted: bool) -> Row | None:
    """The comment's row of ``table``: made where it is wanted, removed where it is not."""
    there = session.get(table, comment.id)
    if wanted and there is None:
        there = table(comment_id=comment.id)
        session.add(there)
    elif there is not None and not wanted:
        session.delete(there)
        there = None
    return there

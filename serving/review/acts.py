"""What people do to a comment: decide, skip, escalate, and take it back.

Every function works within the caller's transaction: all of it happens, or none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASK_BY_NAME, TASKS
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.roles import May
from sedno.serving.review.blind import waits_for_second
from sedno.serving.review.claims import has, taken_by_another
from sedno.serving.review.counted import counted, proposal_of
from sedno.serving.review.errors import (
    BadLabelsError,
    ChangedError,
    NothingToUndoError,
    TakenError,
    UnknownCommentError,
)
from sedno.serving.review.reviewer import person_id
from sedno.serving.review.sampling import falls_into
from sedno.serving.review.settle import lock_many, settle
from sedno.serving.review.states import State, Verdict
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import (
    BulkBatch,
    Claim,
    Decision,
)

MAX_NOTE_CHARS: Final = 2_000
"""Longest note; the rest of a longer one is cut off."""


@dataclass(frozen=True, slots=True)
class Undone:
    """What was taken back.

    Attributes:
        decisions: The decisions, the oldest first; several where it was one stroke.
        batch_id: That stroke.
    """

    decisions: tuple[Decision, ...]
    batch_id: int | None = None


def check_labels(labels: Mapping[str, str]) -> dict[str, str]:
    """The labels in the order of the taxonomy, one a task.

    Raises:
        BadLabelsError: A task is missing or unknown, or a label is none of its own.
    """
    unknown = [name for name in labels if name not in TASK_BY_NAME]
    if unknown:
        raise BadLabelsError(
            f"labels: there is no task {unknown[0]!r}; use {', '.join(TASK_BY_NAME)}"
        )
    for task in TASKS:
        if labels.get(task.name) not in task.labels:
            raise BadLabelsError(
                f"labels.{task.name} is {labels.get(task.name)!r}; use one of "
                f"{', '.join(task.labels)}"
            )
    return {task.name: labels[task.name] for task in TASKS}


def decide(
    session: Session,
    actor: Actor,
    comment_id: int,
    labels: Mapping[str, str],
    *,
    version: int,
    model: str | None = None,
    note: str | None = None,
    second_share: float = 0.0,
) -> Decision:
    """Keeps what a person says of a comment.

    Args:
        session: A session that writes.
        actor: The person.
        comment_id: The comment.
        labels: A label for each task.
        version: Of which content, as it was shown.
        model: Whose proposal was shown; ``None`` skips the check.
        note: A remark.
        second_share: Share of decisions that a second person takes without seeing the first.

    Raises:
        UnknownCommentError: There is no such comment.
        ChangedError: Its text or answer is no longer the one that was shown.
        TakenError: Another person has it open, or settled it.
        BadLabelsError: The labels do not fit the taxonomy.
    """
    checked = check_labels(labels)
    comment = _lock(session, comment_id)
    _check_shown(comment, version, model)
    _check_free(session, actor, comment)
    proposal = proposal_of(comment.answer)
    same = all(proposal.get(task, {}).get("label") == label for task, label in checked.items())
    return _keep(
        session,
        actor,
        comment,
        Verdict.ACCEPTED if same else Verdict.CORRECTED,
        labels=checked,
        note=note,
        second_wanted=falls_into(second_share, "second", comment.id, comment.version),
    )


def skip(session: Session, actor: Actor, comment_id: int, *, version: int) -> Decision:
    """Passes a comment on: it leaves the queue until somebody looks at the skipped ones.

    Raises:
        UnknownCommentError: There is no such comment.
        ChangedError: Its text is no longer the one that was shown.
        TakenError: Another person has it open, or settled it.
    """
    comment = _lock(session, comment_id)
    _check_shown(comment, version, None)
    _check_free(session, actor, comment)
    return _keep(session, actor, comment, Verdict.SKIPPED)


def escalate(
    session: Session, actor: Actor, comment_id: int, *, version: int, note: str | None
) -> Decision:
    """Hands a comment to the editors.

    Raises:
        UnknownCommentError: There is no such comment.
        ChangedError: Its text is no longer the one that was shown.
        TakenError: Another person has it open, or settled it.
    """
    comment = _lock(session, comment_id)
    _check_shown(comment, version, None)
    _check_free(session, actor, comment)
    return _keep(session, actor, comment, Verdict.ESCALATED, note=note)


def undo(session: Session, actor: Actor, decision_id: int | None = None) -> Undone:
    """Takes back one stroke: a decision, or all of a batch.

    Args:
        session: A session that writes.
        actor: Who takes it back.
        decision_id: What; ``None`` for the last that this person did and did not take back.

    Raises:
        NothingToUndoError: There is nothing, it is another's, or it is taken back already.
    """
    found = _to_undo(session, actor, decision_id)
    if found is None:
        raise NothingToUndoError("There is nothing to undo.")
    if found.batch_id is not None:
        return undo_batch(session, actor, found.batch_id)
    comment = _lock(session, found.comment_id)
    session.refresh(found)
    if found.undone_at is not None:
        raise NothingToUndoError("This is undone already.")
    _take_back(session, actor, found)
    settle(session, comment)
    record(
        session, actor, "decision.undone", Subject("comment", str(comment.id)), decision=found.id
    )
    return Undone((found,))


def undo_batch(session: Session, actor: Actor, batch_id: int) -> Undone:
    """Takes back all that one stroke did, also while it is under way.

    Raises:
        NothingToUndoError: There is no such batch, it is another's, or undone already.
    """
    batch = session.get(BulkBatch, batch_id, with_for_update=True)
    if batch is None or not _may_undo(actor, batch.person_id):
        raise NothingToUndoError(f"There is no batch {batch_id} that you could undo.")
    if batch.undone_at is not None:
        raise NothingToUndoError("This batch is undone already.")
    decisions = session.scalars(
        select(Decision)
        .where(Decision.batch_id == batch_id, Decision.undone_at.is_(None))
        .order_by(Decision.id)
    ).all()
    comments = lock_many(session, [decision.comment_id for decision in decisions])
    for decision in decisions:
        _take_back(session, actor, decision)
    for comment in comments.values():
        settle(session, comment)
    batch.state = "undone"
    batch.undone_at = now()
    record(session, actor, "batch.undone", Subject("batch", str(batch_id)), comments=len(decisions))
    return Undone(tuple(decisions), batch_id)


def keep_in_batch(
    session: Session,
    actor: Actor,
    comment: StoredComment,
    batch: BulkBatch,
) -> Decision:
    """Keeps the labels of a batch for one of its members, which the caller has locked."""
    proposal = proposal_of(comment.answer)
    same = all(proposal.get(task, {}).get("label") == said for task, said in batch.labels.items())
    verdict = Verdict.ACCEPTED if same else Verdict.CORRECTED
    return _keep(
        session,
        actor,
        comment,
        verdict,
        labels=batch.labels,
        batch_id=batch.id,
        audited=False,
        looked=comment.id == batch.source_comment_id,
    )


def _lock(session: Session, comment_id: int) -> StoredComment:
    comment = lock_many(session, [comment_id]).get(comment_id)
    if comment is None:
        raise UnknownCommentError(
            f"There is no comment {comment_id}: it was erased, or its time to be kept is over."
        )
    return comment


def _check_shown(comment: StoredComment, version: int, model: str | None) -> None:
    if comment.version != version or (model is not None and (comment.model or "") != model):
        raise ChangedError(
            "The comment has changed since it was shown. Look at it again, then decide."
        )


def _check_free(session: Session, actor: Actor, comment: StoredComment) -> None:
    me = person_id(actor)
    if taken_by_another(session, comment.id, me):
        raise TakenError("Another person has this comment open. Go on with the next one.")
    if comment.review_state == State.ESCALATED and not actor.may(May.RESOLVE_ESCALATIONS):
        raise TakenError("The comment is with the editors now. Go on with the next one.")
    if has(session, comment.id, me):
        return
    # Without a claim (it ran out) one may still decide what nobody settled meanwhile.
    if comment.review_state == State.DECIDED and not waits_for_second(session, comment.id, me):
        raise TakenError("Somebody has settled this comment meanwhile. Go on with the next one.")


def _keep(
    session: Session,
    actor: Actor,
    comment: StoredComment,
    verdict: Verdict,
    *,
    labels: Mapping[str, str] | None = None,
    note: str | None = None,
    batch_id: int | None = None,
    second_wanted: bool = False,
    audited: bool = True,
    looked: bool = True,
) -> Decision:
    before = session.execute(
        select(Decision.base_state, Decision.undone_at)
        .where(Decision.comment_id == comment.id, Decision.comment_version == comment.version)
        .order_by(Decision.id)
    ).all()
    base_state = before[0].base_state if before else comment.review_state
    decision = Decision(
        comment_id=comment.id,
        comment_version=comment.version,
        verdict=str(verdict),
        model=comment.model,
        proposal=proposal_of(comment.answer),
        labels=dict(labels) if labels is not None else None,
        note=(note or "").strip()[:MAX_NOTE_CHARS] or None,
        person_id=person_id(actor),
        by=actor.name,
        decided_at=now(),
        batch_id=batch_id,
        base_state=base_state,
        second_wanted=second_wanted,
        from_queue=base_state == State.OPEN and all(done.undone_at for done in before),
        **counted(comment, labels, looked=looked),
    )
    session.add(decision)
    session.execute(
        delete(Claim).where(Claim.comment_id == comment.id, Claim.person_id == person_id(actor))
    )
    settle(session, comment)
    if audited:
        record(
            session,
            actor,
            f"comment.{verdict}",
            Subject("comment", str(comment.id)),
            decision=decision.id,
            version=comment.version,
            model=comment.model,
        )
    return decision


def _to_undo(session: Session, actor: Actor, decision_id: int | None) -> Decision | None:
    if decision_id is not None:
        found = session.get(Decision, decision_id)
        return found if found is not None and _may_undo(actor, found.person_id) else None
    return session.scalars(
        select(Decision)
        .where(Decision.person_id == person_id(actor), Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(1)
    ).first()


def _may_undo(actor: Actor, whose: int) -> bool:
    return actor.id == whose or actor.may(May.RESOLVE_ESCALATIONS)


def _take_back(session: Session, actor: Actor, decision: Decision) -> None:
    decision.undone_at = now()
    decision.undone_by = actor.name
    session.flush()

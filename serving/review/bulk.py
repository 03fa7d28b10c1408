"""One stroke over many alike comments: counted first, then done in steps, undone at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.review.acts import check_labels, keep_in_batch
from sedno.serving.review.alike import alike
from sedno.serving.review.blind import waits_for_second
from sedno.serving.review.errors import NothingToUndoError, UnknownCommentError
from sedno.serving.review.reviewer import person_id
from sedno.serving.review.settle import lock_many
from sedno.serving.review.states import State
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Claim

STEP: Final = 100
"""So many comments are decided in one transaction."""

SHOWN: Final = 5
"""So many examples are shown before anything happens: the least alike ones."""

WAITING: Final = (State.OPEN, State.SKIPPED)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a stroke would change.

    Attributes:
        batch: Its members are exactly those that will be changed, unless they change before.
        examples: The least alike of them, since those are the ones to doubt.
    """

    batch: BulkBatch
    examples: tuple[StoredComment, ...]


def count(session: Session, actor: Actor, comment_id: int, labels: Mapping[str, str]) -> Counted:
    """Finds the waiting comments that say the same, without changing any.

    Args:
        session: A session that writes.
        actor: Who asks.
        comment_id: To which they are alike.
        labels: What would be decided on each.

    Raises:
        UnknownCommentError: There is no such comment.
        BadLabelsError: The labels do not fit the taxonomy.
    """
    checked = check_labels(labels)
    comment = session.get(StoredComment, comment_id)
    if comment is None:
        raise UnknownCommentError(f"There is no comment {comment_id}.")
    near = alike(session, comment, [str(state) for state in WAITING])
    batch = BulkBatch(
        source_comment_id=comment.id,
        person_id=person_id(actor),
        by=actor.name,
        labels=checked,
        # The comment itself is decided in the same stroke, so that one key takes it all back.
        members=[[comment.id, comment.version], *([item.id, item.version] for item in near)],
        state="counted",
        at=0,
        applied=0,
        created_at=now(),
    )
    session.add(batch)
    session.flush()
    return Counted(batch, tuple(examples(session, batch)))


def examples(session: Session, batch: BulkBatch) -> list[StoredComment]:
    """The least alike members of a batch, since those are the ones to doubt."""
    last = [comment_id for comment_id, _ in batch.members[1:]][::-1][:SHOWN]
    found = [session.get(StoredComment, comment_id) for comment_id in last]
    return [example for example in found if example is not None]


def step(session: Session, actor: Actor, batch_id: int, *, size: int = STEP) -> BulkBatch:
    """Decides the next members of a batch; call it again until ``state`` is ``done``.

    A member that has changed, was settled, or is open with somebody else since it was counted
    is passed over. A stroke that was broken off goes on where it stood.

    Raises:
        NothingToUndoError: There is no such batch of this person.
    """
    me = person_id(actor)
    batch = session.get(BulkBatch, batch_id, with_for_update=True, populate_existing=True)
    if batch is None or batch.person_id != me:
        raise NothingToUndoError(f"There is no batch {batch_id} of yours.")
    if batch.state in ("done", "undone"):
        return batch
    part = batch.members[batch.at : batch.at + size]
    comments = lock_many(session, [comment_id for comment_id, _ in part])
    others = set(
        session.scalars(
            select(Claim.comment_id).where(
                Claim.comment_id.in_(list(comments)),
                Claim.person_id != me,
                Claim.expires_at > now(),
            )
        )
    )
    for comment_id, version in part:
        comment = comments.get(comment_id)
        if comment is None or comment.version != version or comment_id in others:
            continue
        # The comment that the stroke began at may wait for a second look.
        if comment.review_state in WAITING or waits_for_second(session, comment.id, me):
            keep_in_batch(session, actor, comment, batch)
            batch.applied += 1
    batch.at += len(part)
    batch.state = "done" if batch.at >= len(batch.members) else "running"
    if batch.state == "done":
        record(
            session,
            actor,
            "batch.applied",
            Subject("batch", str(batch.id)),
            source=batch.source_comment_id,
            counted=len(batch.members),
            applied=batch.applied,
        )
    session.flush()
    return batch

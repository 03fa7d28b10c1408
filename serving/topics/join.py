"""The job that lets new questions join the topics there are; it founds none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session, defer

from sedno.models.topics import engine, projection
from sedno.models.topics.records import Asked, Found
from sedno.serving.ingest.classify import Label
from sedno.serving.jobs import board
from sedno.serving.jobs.board import Hold
from sedno.serving.people.actor import system
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import TopicWaiting
from sedno.serving.store.transact import transact
from sedno.serving.topics import reading, stored, taking
from sedno.serving.topics.stored import MadeOf, TopicsChangedError

PORTION: Final = 5_000
"""Comments of one step: topics are described once for all of them."""

_AT_ONCE: Final = 400
_ACTOR = system("sedno")


def run(database: Database, held: Hold, label: Label, model: str) -> bool:
    """Lets the questions that have waited longest join.

    Killed at any moment it has written nothing or all. A comment that is in topics already, in
    its present wording, is passed over. What another model has answered cannot be compared with
    the topics and is left to the next run, which reads everything.

    Args:
        database: Where.
        held: The worker's hold on the job.
        label: Asks the model.
        model: ``name@version`` of what answers.

    Returns:
        Whether there may be more to do.

    Raises:
        LostJobError: Another has the job now.
    """
    with database.session() as session:
        read_at = stored.revision(session)
        counted = stored.stale(session)
        waiting = _waiting(session)
        found = stored.load(session) if waiting or counted else None
        rows = _comments(session, [number for number, _ in waiting])
        made_of = stored.made_of(session)
        asking = _asking(session, rows, found.model, made_of) if found is not None else []
    if not waiting and not counted:
        return False
    versions: dict[int, int] = {}
    before, outcome = found, Counter[str]()
    if found is not None:
        there = {int(member.comment) for member in found.members}
        comparable = [row for row in rows if row.model == found.model == model]
        fresh = [row for row in asking if row.id not in there and row.model == model]
        versions = {row.id: row.version for row in fresh}
        asks = {row.id for row in asking}
        gone = [str(row.id) for row in comparable if row.id in there and row.id not in asks]
        reworded = {
            taking.scope_of(row, made_of.apart)
            for row in comparable
            if row.version > 1 and row.id not in there
        }
        every = {topic.scope for topic in found.topics} if counted else set()
        asked = _asked(fresh, label, made_of)
        found = engine.update(found, asked, without=gone, recount=reworded | every)
        found = projection.joined(found)
        outcome = _outcome(found, asked)
        outcome["other model"] = len(rows) - len(comparable)

    def write(session: Session) -> None:
        job = board.get(session, held.job_id)
        done = job.position + len(waiting)
        counts = Counter(job.counts) + outcome
        board.hold(session, held, total=done, position=done, counts=dict(counts), model=model)
        if found is not None and (counted or found is not before):
            stored.save(
                session, _ACTOR, found, read_at=read_at, action=None, versions=versions,
                counted=counted,
            )  # fmt: skip
        _forget(session, waiting)

    try:
        transact(database, write)
    except TopicsChangedError:
        return True  # an editor was faster; from what is there now
    return True


def _waiting(session: Session) -> list[tuple[int, datetime]]:
    rows = session.execute(
        select(TopicWaiting.comment_id, TopicWaiting.since)
        .order_by(TopicWaiting.since, TopicWaiting.comment_id)
        .limit(PORTION)
    )
    return [(row.comment_id, row.since) for row in rows]


def _comments(session: Session, ids: Sequence[int]) -> list[StoredComment]:
    found: list[StoredComment] = []
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        query = select(StoredComment).where(StoredComment.id.in_(part))
        found += session.scalars(query.options(defer(StoredComment.answer)))
    return found


def _asking(
    session: Session, rows: Sequence[StoredComment], model: str, made_of: MadeOf
) -> list[StoredComment]:
    ids: set[int] = set()
    for start in range(0, len(rows), _AT_ONCE):
        part = [row.id for row in rows[start : start + _AT_ONCE]]
        ids.update(
            session.scalars(
                select(StoredComment.id).where(
                    StoredComment.id.in_(part), *taking.taken(model, made_of.reach)
                )
            )
        )
    return [row for row in rows if row.id in ids]


def _asked(rows: Sequence[StoredComment], label: Label, made_of: MadeOf) -> list[Asked]:
    out: list[Asked] = []
    for start in range(0, len(rows), _AT_ONCE):
        out += reading.cut_out(
            rows[start : start + _AT_ONCE], label, reach=made_of.reach, apart=made_of.apart
        )
    return out


def _outcome(found: Found, asked: Sequence[Asked]) -> Counter[str]:
    new = {one.id for one in asked}
    joined = {member.comment for member in found.members if member.comment in new and member.topic}
    return Counter({"joined": len(joined), "single": len(new) - len(joined)})


def _forget(session: Session, waiting: Sequence[tuple[int, datetime]]) -> None:
    """Those that were answered again meanwhile keep waiting."""
    if waiting:
        session.connection().execute(
            delete(TopicWaiting).where(
                TopicWaiting.comment_id == bindparam("of_id"),
                TopicWaiting.since == bindparam("of_since"),
            ),
            [{"of_id": number, "of_since": since} for number, since in waiting],
        )

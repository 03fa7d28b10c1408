"""The job that finds the topics of stored questions, of all or of a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from sedno.models.topics import engine, projection
from sedno.models.topics.records import Asked, Found, Options
from sedno.serving.ingest.classify import Label
from sedno.serving.jobs import board
from sedno.serving.jobs.board import CancelledError, Hold, ImpossibleError
from sedno.serving.people.actor import system
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact
from sedno.serving.topics import reading, stored, taking
from sedno.serving.topics.choice import Choice, Selection, reach_after
from sedno.serving.topics.progress import CUTTING, Reporter
from sedno.serving.topics.stored import MadeOf


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """What a run goes on from.

    Attributes:
        read_at: Number of the last change.
        counted: How often questions were erased by then.
        previous: The topics of before.
        reads: Selections that are read.
        kept: Comments that are in topics and are not read.
        after: What topics are made of after the run.
        comments: How many comments are read.
    """

    read_at: int
    counted: int
    previous: Found | None
    reads: tuple[Selection, ...]
    kept: frozenset[str]
    after: MadeOf
    comments: int


def run(
    database: Database, held: Hold, label: Label, model: str, choice: Choice, *, seed: int = 0
) -> None:
    """Finds topics anew; ids, names and edits of the run before survive.

    Questions of comments that are not chosen stay in their topics. Killed or cancelled at any
    moment it has written nothing of the topics, or all.

    Args:
        database: Where.
        held: The worker's hold on the job.
        label: Asks the model.
        model: ``name@version`` of what answers.
        choice: Which comments are read, and what keeps topics apart.
        seed: Seed of all chance.

    Raises:
        CancelledError: Somebody has cancelled the job.
        ImpossibleError: The choice does not go with the topics there are.
        LostJobError: Another has the job now.
        TopicsChangedError: An editor changed them meanwhile; the job is tried again.
    """
    with database.session() as session:
        start = _start(session, choice, model)
    report = Reporter(database, held)
    report.begin(start.comments)
    versions: dict[int, int] = {}
    report.reached(CUTTING, 0.0)
    asked = list(
        reading.read_asked(
            database, label, model, versions, reach=start.reads, apart=start.after.apart,
            read=lambda count: report.reached(CUTTING, min(1.0, count / max(1, start.comments))),
        )
    )  # fmt: skip
    previous = start.previous
    if previous is not None and previous.model != model:
        previous = embedded_anew(previous, asked, model)
    found = engine.fit(
        asked, Options(seed=seed), previous=previous, model=model, kept=start.kept,
        reached=report.reached,
    )  # fmt: skip
    found = projection.drawn(found, seed=seed)

    def write(session: Session) -> bool:
        if board.end_if_cancelled(session, held):
            return False
        board.hold(
            session, held, total=report.end, position=report.end, cursor=1, step=None,
            counts={"questions": len(asked), "topics": len(found.topics)}, model=model,
        )  # fmt: skip
        job = board.get(session, held.job_id)
        actor = system(job.created_by or "sedno")
        stored.save(
            session, actor, found, read_at=start.read_at, action="topics.found",
            versions=versions, counted=start.counted, made_of=start.after,
            **({"choice": chosen} if (chosen := choice.to_dict()) else {}),
        )  # fmt: skip
        return True

    if not transact(database, write):
        raise CancelledError(held.job_id)


def _start(session: Session, choice: Choice, model: str) -> _Start:
    now = stored.made_of(session)
    selection = choice.selection
    apart = choice.apart or now.apart
    kept = taking.outside(session, selection) if selection is not None else frozenset()
    previous = stored.load(session)
    if kept and apart != now.apart:
        raise ImpossibleError(taking.cannot_part(now.apart, apart))
    if kept and previous is not None and previous.model != model:
        raise ImpossibleError(
            f"selection: leaves out {len(kept):,} comments of the topics, which were found with "
            f"{previous.model}; {model} is in service now, and their vectors cannot be compared. "
            "Find the topics of all comments anew once, without a choice"
        )
    reads = now.reach if selection is None else (selection,)
    after = now.reach if now.before else ()
    return _Start(
        read_at=stored.revision(session),
        counted=stored.stale(session),
        previous=previous,
        reads=reads,
        kept=kept,
        after=MadeOf(
            reads if selection is None else reach_after(after, selection), apart, before=True
        ),
        comments=reading.count(session, model, reads),
    )


def embedded_anew(previous: Found, asked: Sequence[Asked], model: str) -> Found:
    """The run before with the vectors of another model, so that ids and edits survive it.

    Questions that the other model does not cut out alike tell nothing any more and are left out.
    """
    vectors = {
        (one.id, number): unit.vector for one in asked for number, unit in enumerate(one.units)
    }
    kept = [member for member in previous.members if (member.comment, member.unit) in vectors]
    if not kept:
        return replace(previous, members=(), vectors=np.zeros((0, 0), np.float32), model=model)
    matrix = np.stack([vectors[(member.comment, member.unit)] for member in kept])
    return replace(previous, members=tuple(kept), vectors=matrix, model=model)

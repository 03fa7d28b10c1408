"""The job that finds the topics of all stored questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from sqlalchemy.orm import Session

from sedno.models.topics import engine, projection
from sedno.models.topics.records import Asked, Found, Options
from sedno.serving.ingest.classify import Label
from sedno.serving.jobs import board
from sedno.serving.jobs.board import Hold
from sedno.serving.people.actor import system
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact
from sedno.serving.topics import stored


def run(database: Database, held: Hold, label: Label, model: str, *, seed: int = 0) -> None:
    """Finds topics anew; ids, names and edits of the run before survive.

    Killed at any moment it has written nothing or all.

    Args:
        database: Where.
        held: The worker's hold on the job.
        label: Asks the model.
        model: ``name@version`` of what answers.
        seed: Seed of all chance.

    Raises:
        TopicsChangedError: An editor changed them meanwhile; the job is tried again.
        LostJobError: Another has the job now.
    """
    with database.session() as session:
        read_at = stored.revision(session)
        counted = stored.stale(session)
        previous = stored.load(session)
    versions: dict[int, int] = {}
    asked = list(stored.read_asked(database, label, model, versions))
    if previous is not None and previous.model != model:
        previous = embedded_anew(previous, asked, model)
    found = engine.fit(asked, Options(seed=seed), previous=previous, model=model)
    found = projection.drawn(found, seed=seed)

    def write(session: Session) -> None:
        board.hold(
            session, held, total=len(asked), position=len(asked),
            counts={"questions": len(asked), "topics": len(found.topics)}, model=model,
        )  # fmt: skip
        job = board.get(session, held.job_id)
        actor = system(job.created_by or "sedno")
        stored.save(
            session, actor, found, read_at=read_at, action="topics.found", versions=versions,
            counted=counted,
        )  # fmt: skip

    transact(database, write)


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

"""Rows of jobs that have not had their turn: those of someone are found and taken out."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.jobs.board import FILE, rows_of
from sedno.serving.privacy.target import Target
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job, JobChunk
from sedno.serving.store.transact import transact

TAKEN_OUT = {"reason": "erased: taken out of the file, as its author or the operator asked"}
"""What stands in the place of a row that was taken out: the others keep their numbers."""


def waiting_rows(database: Database, target: Target) -> Iterator[tuple[int, dict[str, Any]]]:
    """Their rows, each with the number of its job."""
    for place in _places(database):
        with database.session() as session:
            chunk = session.get(JobChunk, place)
            rows = rows_of(chunk) if chunk is not None else []
        for row in rows:
            if _is_theirs(row, target):
                yield place[0], row["item"]


def drop_waiting(database: Database, target: Target) -> int:
    """Takes their rows out; gives how many there were."""
    return sum(
        transact(database, lambda session, place=place: _drop(session, place, target))  # type: ignore[misc]
        for place in _places(database)
    )


def _places(database: Database) -> list[tuple[int, int]]:
    """Keys of all chunks of files; other jobs name stored comments only."""
    with database.session() as session:
        query = (
            select(JobChunk.job_id, JobChunk.number)
            .join(Job, Job.id == JobChunk.job_id)
            .where(Job.kind == FILE)
            .order_by(JobChunk.job_id, JobChunk.number)
        )
        return [(job, number) for job, number in session.execute(query)]


def _drop(session: Session, place: tuple[int, int], target: Target) -> int:
    job = session.get(Job, place[0], with_for_update=True)
    chunk = session.get(JobChunk, place, with_for_update=True)
    if job is None or chunk is None:
        return 0  # a worker has done it meanwhile
    rows = rows_of(chunk)
    left = [TAKEN_OUT if _is_theirs(row, target) else row for row in rows]
    count = sum(row is TAKEN_OUT for row in left)
    if count:
        chunk.data = zlib.compress(orjson.dumps(left), 1)
        if job.state == "running":
            # A worker may have read the rows already: it loses the job, and with it what it was
            # about to write; the next one begins with what is left.
            job.fence += 1
            job.attempts -= 1
            job.lease_until = None
    return count


def _is_theirs(row: Any, target: Target) -> bool:
    item = row.get("item") if isinstance(row, dict) else None
    return item is not None and target.fits(
        source=item["source"], external_id=item["external_id"], author=item.get("author")
    )

"""Keeps the comments of a request and answers them, part by part.

One part is read in and stored while the model reads the one before.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy.orm import Session

from sedno.models.prediction import Prediction
from sedno.serving.api.bodies import BadLine
from sedno.serving.batcher import BatcherClosedError, QueueFullError
from sedno.serving.engine import DeadlineError, Engine, NotReadyError
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import Taken, save, take, to_answer
from sedno.serving.jobs import board
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact

PART = 500
"""Comments stored in one transaction, and answered at once."""


@dataclass(slots=True)
class Kept:
    """What came of a request.

    Attributes:
        taken: What came of each record.
        answers: Answers that were given, by number of the comment.
        job: The job that answers what still waits.
    """

    taken: list[Taken] = field(default_factory=list)
    answers: dict[int, Prediction] = field(default_factory=dict)
    job: int | None = None

    def outcomes(self) -> list[Any]:
        """In plain JSON types, without ids: for a repeat, which brings them along.

        The last of each are the warnings, and the wording that was answered, where one was.
        """
        return [
            [
                *(one.outcome, one.source, one.reason, one.comment_id, self._state(one)),
                *(one.warnings, one.version if one.comment_id in self.answers else None),
            ]
            for one in self.taken
        ]

    def shapes(self) -> dict[tuple[int, int], Mapping[str, Any]]:
        """The answers in the published shape, by number of the comment and wording."""
        return {
            (one.comment_id, one.version): self.answers[one.comment_id].to_dict()
            for one in self.taken
            if one.comment_id is not None and one.comment_id in self.answers
        }

    def _state(self, one: Taken) -> str | None:
        if one.comment_id is None:
            return None
        if not one.waiting:
            return "classified"
        answer = self.answers.get(one.comment_id)
        if answer is None:
            return "waiting"
        return "classified" if answer.error is None else "failed"


class Keeping:
    """Keeps the comments of requests."""

    def __init__(self, database: Database, engine: Engine, preparer: Preparer) -> None:
        self._database = database
        self._engine = engine
        self._preparer = preparer

    async def keep(
        self, records: Sequence[object], *, at_once: bool, created_by: str | None
    ) -> Kept:
        """Keeps all that can be kept; what cannot be answered now is left to a job.

        Args:
            records: As parsed.
            at_once: Whether to answer before returning.
            created_by: Who sends them.
        """
        records = [
            ValueError(f"malformed-json: {record.detail}")
            if isinstance(record, BadLine)
            else record
            for record in records
        ]
        out = Kept()
        saving: asyncio.Task[None] | None = None
        parts = [records[start : start + PART] for start in range(0, len(records), PART)]
        coming = self._store(parts[0]) if parts else None
        number = 0
        try:
            while coming is not None:
                taken = await coming
                number += 1
                coming = self._store(parts[number]) if number < len(parts) else None
                out.taken += taken
                asked = to_answer(taken) if at_once else []
                predictions = await self._answer(asked) if asked else []
                if predictions is None:
                    at_once = False
                    continue
                if saving is not None:
                    await saving
                saving = asyncio.create_task(self._save(asked, predictions, out))
        finally:
            # Nothing that was begun is left to run on its own, whatever happened.
            for task in (saving, coming):
                if task is not None:
                    await asyncio.gather(task, return_exceptions=True)
        if saving is not None:
            saving.result()
        left = [one for one in to_answer(out.taken) if one.comment_id not in out.answers]
        if left:
            out.job = await asyncio.to_thread(self._leave, left, created_by)
        return out

    def _store(self, part: Sequence[object]) -> asyncio.Task[list[Taken]]:
        return asyncio.create_task(
            asyncio.to_thread(take, self._database, self._preparer, part), name="sedno-store"
        )

    async def _answer(self, asked: Sequence[Taken]) -> list[Prediction] | None:
        comments = [comment_of(one.item) for one in asked if one.item is not None]
        gone = asyncio.get_running_loop().create_future()
        try:
            return await self._engine.predict(
                comments,
                self._engine.estimate(comments, explain=False),
                explain=False,
                embeddings=True,
                gone=gone,
            )
        except (NotReadyError, QueueFullError, DeadlineError, BatcherClosedError):
            return None

    async def _save(
        self, asked: Sequence[Taken], predictions: Sequence[Prediction], out: Kept
    ) -> None:
        out.answers |= await asyncio.to_thread(save, self._database, asked, predictions)

    def _leave(self, left: Sequence[Taken], created_by: str | None) -> int:
        rows = [(one.comment_id, one.version) for one in left if one.comment_id is not None]
        queue = JobQueue(self._database)

        def make(session: Session) -> int:
            job = board.create_listed(session, rows, created_by=created_by, size=PART)
            queue.put(session, job.id)
            return job.id

        return transact(self._database, make)


def told(
    outcomes: Sequence[Sequence[Any]],
    ids: Sequence[str | None],
    *,
    model: str | None,
    job: int | None,
    answers: Mapping[tuple[int, int], Mapping[str, Any]] | None = None,
) -> bytes:
    """The answer to a request as JSON.

    Args:
        outcomes: As :meth:`Kept.outcomes` gives them.
        ids: External id of each record.
        model: ``name@version`` of the model in service.
        job: The job that answers what still waits.
        answers: Answers to give along in the published shape, by number of the comment and
            wording.
    """
    counts = dict.fromkeys(("stored", "unchanged", "updated", "rejected"), 0)
    results: list[dict[str, Any]] = []
    for place, kept in enumerate(outcomes):
        outcome, source, reason, comment_id, state, warnings, answered = kept
        counts[outcome] += 1
        result: dict[str, Any] = {"id": ids[place], "outcome": outcome}
        if reason is not None:
            result["reason"] = reason
        if comment_id is not None:
            result |= {"source": source, "comment": comment_id, "state": state}
        if warnings:
            result["warnings"] = list(warnings)
        answer = (answers or {}).get((comment_id, answered))
        if answer is not None:
            result["answer"] = answer
        results.append(result)
    body = {"counts": counts, "job": job, "model": model or None, "results": results}
    return orjson.dumps(body)

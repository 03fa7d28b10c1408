"""The steps of a job: each deals with some rows and writes all that follows in one transaction.

A worker killed at any moment leaves either none or all of a step, so that whoever goes on with
the job neither loses a row nor does one twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, not_, select, tuple_
from sqlalchemy.orm import Session

from sedno.models.behaviour.observe import has_context, with_behaviour
from sedno.models.prediction import Prediction
from sedno.serving.ingest.classify import Label, comment_of
from sedno.serving.ingest.incoming import Incoming
from sedno.serving.ingest.keep import keep
from sedno.serving.jobs import board
from sedno.serving.jobs.board import Hold
from sedno.serving.store import comments
from sedno.serving.store.answers import Answered, save_answers
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import FAILED, WAITING, StoredComment
from sedno.serving.store.tables.jobs import Job, JobChunk, JobItem
from sedno.serving.store.transact import transact
from sedno.serving.topics import extra
from sedno.serving.topics.choice import Choice

SELECTED = 500
"""Stored comments of one step."""

_KEYS = 400


class Steps:
    """Works on one job, step by step."""

    def __init__(self, database: Database, held: Hold, label: Label, model: str) -> None:
        """Prepares.

        Args:
            database: Where.
            held: The worker's hold on the job.
            label: Asks the model.
            model: ``name@version`` of what answers.
        """
        self._database = database
        self._held = held
        self._label = label
        self._model = model

    def step(self) -> bool:
        """Deals with the next rows; ``False`` where there are none left.

        Raises:
            LostJobError: Another has the job now; nothing was written.
        """
        with self._database.session() as session:
            job = board.get(session, self._held.job_id)
            if job.kind == board.TOPICS:
                return self._topics(job)
            if job.kind == board.JOIN:
                return self._join()
            if job.kind == board.SELECTION:
                return self._selection(job)
            chunk = session.scalars(
                select(JobChunk).where(JobChunk.job_id == job.id).order_by(JobChunk.number).limit(1)
            ).first()
        if chunk is None:
            return False
        rows = board.rows_of(chunk)
        if job.kind == board.FILE:
            self._file(chunk, rows)
        else:
            self._listed(chunk, rows)
        return True

    def _topics(self, job: Job) -> bool:
        if job.cursor:
            return False
        # Here, because its libraries come with an extra and only this kind of job needs them.
        with extra.needed("finding topics"):
            from sedno.serving.topics.job import run  # noqa: PLC0415

        run(self._database, self._held, self._label, self._model, Choice.from_dict(job.options))
        return True

    def _join(self) -> bool:
        with extra.needed("letting questions join topics"):
            from sedno.serving.topics.join import run  # noqa: PLC0415

        return run(self._database, self._held, self._label, self._model)

    def _file(self, chunk: JobChunk, rows: Sequence[Mapping[str, Any]]) -> None:
        items = [Incoming.from_dict(row["item"]) for row in rows if "item" in row]
        with self._database.session() as session:
            unanswered = _unanswered(session, items)
        asked = {
            item.key: item for item in items if (item.key, item.text, item.context) in unanswered
        }
        answers = dict(zip(asked, self._ask([*asked.values()]), strict=True))

        def write(session: Session) -> None:
            kept = keep(session, items)
            save_answers(
                session,
                [
                    Answered(one.comment_id, one.version, answers[item.key])
                    for item, one in zip(items, kept, strict=True)
                    if one.waiting and item is asked.get(item.key)
                ],
            )
            left = iter(kept)
            results: list[dict[str, Any]] = []
            for row in rows:
                if "item" in row:
                    one = next(left)
                    results.append({"comment_id": one.comment_id, "outcome": one.outcome.value})
                else:
                    results.append({"outcome": "rejected", "reason": row["reason"]})
            self._note(session, results)
            session.delete(session.get_one(JobChunk, (chunk.job_id, chunk.number)))

        transact(self._database, write)

    def _listed(self, chunk: JobChunk, rows: Sequence[Sequence[int]]) -> None:
        wanted: dict[int, int] = dict(rows)  # type: ignore[arg-type]
        with self._database.session() as session:
            found = session.scalars(
                select(StoredComment).where(
                    StoredComment.id.in_(list(wanted)), StoredComment.state == WAITING
                )
            ).all()
        asked = [comment for comment in found if wanted[comment.id] == comment.version]
        predictions = self._ask(asked)

        def write(session: Session) -> None:
            outcomes = self._answered(session, asked, predictions)
            there = set(
                session.scalars(select(StoredComment.id).where(StoredComment.id.in_(list(wanted))))
            )
            self._note(
                session,
                [
                    {
                        "comment_id": number if number in there else None,
                        "outcome": outcomes.get(number, "unchanged"),
                    }
                    for number in wanted
                ],
            )
            session.delete(session.get_one(JobChunk, (chunk.job_id, chunk.number)))

        transact(self._database, write)

    def _selection(self, job: Job) -> bool:
        filters = Filters.from_dict(job.options["filters"])
        with self._database.session() as session:
            query, number = comments.selected(session, filters)
            if not job.options.get("again"):
                # Failed ones too: the model would say the same again.
                query = query.where(
                    not_(
                        (func.coalesce(StoredComment.model, "") == self._model)
                        & (StoredComment.state != WAITING)
                    )
                )
            last = job.options.get("last")
            if last is None:
                ids = query.with_only_columns(StoredComment.id).subquery()
                total, last = session.execute(
                    select(func.count(), func.max(ids.c.id)).select_from(ids)
                ).one()
                job_options = {**job.options, "last": last or 0}
            else:
                total, job_options = job.total, job.options
            found = session.scalars(
                query.where(number > job.cursor, number <= (last or 0))
                .order_by(number)
                .limit(SELECTED)
            ).all()
        if not found:
            if job.total is None:
                transact(self._database, lambda s: board.hold(s, self._held, total=0))
            return False
        predictions = self._ask(found)

        def write(session: Session) -> None:
            outcomes = self._answered(session, found, predictions)
            results = [
                {"comment_id": one.id, "outcome": outcomes[one.id]}
                for one in found
                if one.id in outcomes
            ]
            self._note(session, results, cursor=found[-1].id, total=total, options=job_options)

        transact(self._database, write)
        return True

    def _ask(self, items: Sequence[Incoming] | Sequence[StoredComment]) -> list[Prediction]:
        asked = [comment_of(item) for item in items]
        if not asked:
            return []
        predictions = self._label(asked)
        if any(map(has_context, asked)):
            predictions = with_behaviour(predictions, asked)
        return predictions

    def _answered(
        self,
        session: Session,
        asked: Sequence[StoredComment],
        predictions: Sequence[Prediction],
    ) -> dict[int, str]:
        """Writes answers; what came of each comment that is still there, by its number."""
        answers = [
            Answered(comment.id, comment.version, prediction)
            for comment, prediction in zip(asked, predictions, strict=True)
        ]
        written = save_answers(session, answers)
        there = set(
            session.scalars(
                select(StoredComment.id).where(StoredComment.id.in_([one.id for one in asked]))
            )
        )
        return {
            answer.comment_id: (FAILED if answer.prediction.error else "classified")
            if done
            else "unchanged"
            for answer, done in zip(answers, written, strict=True)
            if answer.comment_id in there
        }

    def _note(self, session: Session, results: Sequence[dict[str, Any]], **values: Any) -> None:
        """Writes what came of the rows, and that they are done; fails where the job is lost."""
        job = session.get_one(Job, self._held.job_id, with_for_update=True)
        counts = Counter(job.counts)
        counts.update(result["outcome"] for result in results)
        position = job.position
        board.hold(
            session,
            self._held,
            position=position + len(results),
            counts=dict(counts),
            model=self._model,
            **values,
        )
        if results:
            session.execute(
                insert(JobItem),
                [
                    {
                        "job_id": self._held.job_id,
                        "position": position + place,
                        "comment_id": None,
                        "reason": None,
                        **result,
                    }
                    for place, result in enumerate(results)
                ],
            )


def _unanswered(
    session: Session, items: Sequence[Incoming]
) -> set[tuple[tuple[str, str], str, str | None]]:
    """Key and wording of those that are new, changed or still wait for an answer."""
    wanted = {(item.key, item.text, item.context) for item in items}
    keys = sorted({item.key for item in items})
    table = StoredComment
    for start in range(0, len(keys), _KEYS):
        rows = session.execute(
            select(table.source, table.external_id, table.text, table.context, table.state).where(
                tuple_(table.source, table.external_id).in_(keys[start : start + _KEYS])
            )
        )
        for row in rows:
            if row.state != WAITING:
                wanted.discard(((row.source, row.external_id), row.text, row.context))
    return wanted

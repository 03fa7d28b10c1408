"""What a model answers, as the columns of a comment; and how it is written to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import bindparam, case, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASKS
from sedno.serving.review.priority import priority
from sedno.serving.review.sampling import lot
from sedno.serving.review.settle import settled_before
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signature
from sedno.serving.store.tables.comments import (
    CLASSIFIED,
    FAILED,
    StoredComment,
    StoredPrediction,
)
from sedno.serving.topics import flow
from sedno.serving.topics.certainty import PERHAPS

_AT_ONCE = 500
"""Keys in one query: far below the number of parameters that any database takes."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to one wording of a stored comment."""

    comment_id: int
    version: int
    prediction: Prediction


def save_answers(session: Session, answers: Sequence[Answered]) -> list[bool]:
    """Writes answers to their comments, and keeps each as a prediction of its model.

    An answer to a wording that is no longer there is not written, nor one to a comment that
    was erased while the model looked at it. Decisions of people stay as they are.

    Returns:
        For each answer, whether it was written.
    """
    held = _lock(session, [answer.comment_id for answer in answers])
    moment = now()
    written: list[bool] = []
    columns: list[dict[str, Any]] = []
    kept: list[dict[str, Any]] = []
    # Only a comment with a second wording can have been settled in an earlier one.
    settled = settled_before(session, [a.comment_id for a in answers if a.version > 1])
    for answer in answers:
        row = held.get(answer.comment_id)
        fits = row is not None and row[0] == answer.version
        written.append(fits)
        if row is None or not fits:
            continue
        shape = answer.prediction.to_dict()
        told = columns_of(answer.prediction, shape, reach=row[1])
        failed = answer.prediction.error is not None
        # Where there is no answer, there is none to be right or wrong.
        told["sample"] = None if failed else lot(answer.comment_id, answer.version)
        if answer.comment_id in settled or told["sample"] is not None:
            told["fresh_review"] = "open"
        columns.append({"of_id": answer.comment_id, **told, "updated_at": moment})
        if answer.prediction.error is None:
            kept.append(
                {
                    "comment_id": answer.comment_id,
                    "version": answer.version,
                    "model": answer.prediction.model,
                    "created_at": moment,
                    "answer": shape,
                }
            )
    if columns:
        session.connection().execute(_update(columns[0]), columns)
    if kept:
        _keep(session, kept)
    flow.note(
        session,
        [
            answer.comment_id
            for answer, fits in zip(answers, written, strict=True)
            # Of a comment that was reworded, an earlier question may have to go.
            if fits and (answer.version > 1 or _may_ask(answer.prediction))
        ],
    )
    return written


def answers_given(
    database: Database, outcomes: Sequence[Sequence[Any]], model: str | None
) -> dict[tuple[int, int], Mapping[str, Any]]:
    """The answers that a request was given, out of what is stored; not those erased since.

    Args:
        database: Where.
        outcomes: What came of each comment; number and answered wording stand fourth and last.
        model: Which model answered.

    Returns:
        Answers in the published shape, by number of the comment and wording.
    """
    wanted = {(one[3], one[-1]) for one in outcomes if one[-1] is not None}
    ids = sorted({number for number, _ in wanted})
    found: dict[tuple[int, int], Mapping[str, Any]] = {}
    with database.session() as session:
        for start in range(0, len(ids), _AT_ONCE):
            part = ids[start : start + _AT_ONCE]
            # A failed answer is no prediction: it stands with the comment alone.
            comments = session.execute(
                select(StoredComment.id, StoredComment.version, StoredComment.answer).where(
                    StoredComment.id.in_(part), StoredComment.answer.is_not(None)
                )
            )
            found.update({(row.id, row.version): row.answer for row in comments})
            predictions = session.execute(
                select(
                    StoredPrediction.comment_id, StoredPrediction.version, StoredPrediction.answer
                ).where(StoredPrediction.comment_id.in_(part), StoredPrediction.model == model)
            )
            found.update({(row.comment_id, row.version): row.answer for row in predictions})
    return {key: answer for key, answer in found.items() if key in wanted}


def columns_of(
    prediction: Prediction, shape: Mapping[str, Any], *, reach: int | None
) -> dict[str, Any]:
    """The columns of a comment that follow from its answer.

    Args:
        prediction: The answer.
        shape: The same in the published shape.
        reach: How many people see the comment, where known.
    """
    worth = priority(shape, reach)
    columns: dict[str, Any] = {
        "state": CLASSIFIED if prediction.error is None else FAILED,
        "model": prediction.model,
        "answer": dict(shape),
        "needs_review": prediction.needs_review,
        "doubt": worth.doubt,
        "priority": worth.value,
        "fresh_review": "open" if prediction.needs_review else "none",
        "language": prediction.language,
        "embedding": None
        if prediction.embedding is None
        else prediction.embedding.astype(np.float16).tobytes(),
    }
    for task in TASKS:
        answer = prediction.labels.get(task.name)
        columns[task.name] = None if answer is None else answer.label
        columns[f"{task.name}_score"] = None if answer is None else answer.confidence
    columns["signature"] = signature(
        {name: answer.label for name, answer in prediction.labels.items()}
    )
    for column, task_name, label in (
        ("spam_probability", "authenticity", "spam"),
        ("toxic_probability", "toxicity", "toxic"),
    ):
        answer = prediction.labels.get(task_name)
        columns[column] = None if answer is None else answer.scores.get(label)
    return columns


def _may_ask(prediction: Prediction) -> bool:
    asked = prediction.labels.get("question")
    return asked is not None and asked.scores.get("question", 0.0) >= PERHAPS


def _lock(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int | None]]:
    held: dict[int, tuple[int, int | None]] = {}
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), _AT_ONCE):
        found = session.execute(
            select(StoredComment.id, StoredComment.version, StoredComment.reach)
            .where(StoredComment.id.in_(ordered[start : start + _AT_ONCE]))
            .order_by(StoredComment.id)
            .with_for_update()
        )
        held.update({row.id: (row.version, row.reach) for row in found})
    return held


def _update(columns: Mapping[str, Any]) -> Any:
    table = StoredComment.__table__
    values: dict[str, Any] = {
        name: bindparam(name) for name in columns if name not in {"of_id", "fresh_review"}
    }
    # What people have decided of this wording is not for a model to open again.
    values["review_state"] = case(
        (
            or_(table.c.review_state == "none", table.c.review_state == "open"),
            bindparam("fresh_review"),
        ),
        else_=table.c.review_state,
    )
    return update(StoredComment).where(StoredComment.id == bindparam("of_id")).values(values)


def _keep(session: Session, rows: list[dict[str, Any]]) -> None:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if is_sqlite else postgresql.insert
    statement = insert(StoredPrediction)
    fresh = {name: statement.excluded[name] for name in ("created_at", "answer")}
    # Asked again, a model says the same, unless another target error was set meanwhile.
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["comment_id", "version", "model"], set_=fresh
        ),
        rows,
    )

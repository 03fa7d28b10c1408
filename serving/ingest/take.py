"""Takes a request's records in: checks each, keeps the good ones, says what came of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from sedno.datasets.comment import CommentError
from sedno.models.behaviour.observe import has_context, with_behaviour
from sedno.models.prediction import Prediction
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Incoming, Preparer
from sedno.serving.ingest.keep import Outcome, keep
from sedno.serving.store.answers import Answered, save_answers
from sedno.serving.store.database import Database
from sedno.serving.store.transact import transact


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of one record.

    Attributes:
        id: Its external id, where one can be told.
        source: Where it comes from; ``None`` for those rejected.
        outcome: What was done.
        reason: Why it was rejected: a stable code, a colon, what to do.
        comment_id: Its number; ``None`` for those rejected.
        version: Its wording.
        waiting: Whether the wording waits for an answer.
        item: The comment as it was kept.
    """

    id: str | None
    source: str | None
    outcome: Outcome
    reason: str | None = None
    comment_id: int | None = None
    version: int = 0
    waiting: bool = False
    item: Incoming | None = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What was not valid and left out."""
        return self.item.warnings if self.item else ()


def take(database: Database, preparer: Preparer, records: Sequence[object]) -> list[Taken]:
    """Keeps those records that are comments, in one transaction.

    Args:
        database: Where.
        preparer: Makes comments of them.
        records: As parsed; what is no mapping is rejected, an exception with its text.
    """
    out = [_prepare(preparer, record) for record in records]
    good = [place for place, taken in enumerate(out) if taken.item is not None]
    items = [item for place in good if (item := out[place].item) is not None]

    def work(session: Session) -> Any:
        return keep(session, items)

    for place, kept in zip(good, transact(database, work) if items else [], strict=True):
        out[place] = replace(
            out[place],
            outcome=kept.outcome,
            comment_id=kept.comment_id,
            version=kept.version,
            waiting=kept.waiting,
        )
    return out


def to_answer(taken: Sequence[Taken]) -> list[Taken]:
    """Those that wait for an answer, each comment once, in its last wording."""
    last = {one.comment_id: one for one in taken if one.waiting}
    return [one for one in last.values() if one.item is not None]


def save(
    database: Database, asked: Sequence[Taken], predictions: Sequence[Prediction]
) -> dict[int, Prediction]:
    """Writes the answers to comments that were just kept.

    Returns:
        The answers that were written, by number of the comment.
    """
    comments = [comment_of(one.item) for one in asked if one.item is not None]
    if any(map(has_context, comments)):
        predictions = with_behaviour(list(predictions), comments)
    answers = [
        Answered(one.comment_id, one.version, prediction)
        for one, prediction in zip(asked, predictions, strict=True)
        if one.comment_id is not None
    ]
    written = transact(database, lambda session: save_answers(session, answers))
    return {
        answer.comment_id: answer.prediction
        for answer, done in zip(answers, written, strict=True)
        if done
    }


def _prepare(preparer: Preparer, record: object) -> Taken:
    if isinstance(record, BaseException):
        return Taken(None, None, Outcome.REJECTED, str(record))
    if not isinstance(record, Mapping):
        detail = "wrong_type: the comment is no object; give an object with id and text"
        return Taken(None, None, Outcome.REJECTED, detail)
    try:
        item = preparer.prepare(record)
    except CommentError as error:
        reason = f"{error.code}: {error.field} {error.detail}"
        return Taken(_id_of(record), None, Outcome.REJECTED, reason)
    return Taken(item.external_id, item.source, Outcome.STORED, item=item)


def _id_of(record: Mapping[Any, Any]) -> str | None:
    given = record.get("id")
    if isinstance(given, bool) or not isinstance(given, str | int):
        return None
    # A lone surrogate cannot be written as JSON, nor a number of thousands of digits as text.
    try:
        return str(given)[:256].encode("utf-8", "replace").decode()
    except ValueError:
        return None

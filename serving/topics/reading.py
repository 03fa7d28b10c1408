"""Reads stored comments for the engine, with the questions cut out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.datasets.comment import make_comment
from sedno.models.topics.cutting import candidates
from sedno.models.topics.records import Asked, Unit, Vector
from sedno.serving.ingest.classify import Label
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import TopicState, TopicUnit
from sedno.serving.topics import taking
from sedno.serving.topics.certainty import SURE
from sedno.serving.topics.choice import WHOLE, Selection
from sedno.serving.topics.intake import units_of

_PORTION: Final = 500

Known = Mapping[int, Sequence[Unit]]


def count(session: Session, model: str, reach: Sequence[Selection]) -> int:
    """How many comments :func:`read_asked` would read."""
    query = select(func.count()).select_from(StoredComment)
    return session.scalar(query.where(*taking.taken(model, reach))) or 0


def read_asked(
    database: Database,
    label: Label,
    model: str,
    versions: dict[int, int],
    *,
    reach: Sequence[Selection] = (WHOLE,),
    apart: str = "source",
    read: Callable[[int], None] = lambda _: None,
) -> Iterator[Asked]:
    """Stored comments that topics are made of, with their questions.

    Nothing is encoded twice: the embedding of the comment is the one that was stored with its
    answer, and a question that was cut out of the same wording by an earlier run, or when it
    joined, is taken as it was stored, while the model is the same.

    Args:
        database: Where.
        label: Asks the model.
        model: ``name@version``; answers of other models cannot be compared and are left out.
        versions: Is told the wording of each comment that was read.
        reach: Selections, one of which a comment has to be of.
        apart: What keeps topics apart.
        read: Is told how many comments are read, after each portion.
    """
    last = 0
    while True:
        with database.session() as session:
            rows = session.scalars(
                select(StoredComment)
                .where(StoredComment.id > last, *taking.taken(model, reach))
                .order_by(StoredComment.id)
                .limit(_PORTION)
            ).all()
            known = _known(session, rows, model)
        if not rows:
            return
        versions.update((row.id, row.version) for row in rows)
        yield from cut_out(rows, label, reach=reach, apart=apart, known=known)
        last = rows[-1].id
        read(len(versions))


def cut_out(
    rows: Sequence[StoredComment],
    label: Label,
    *,
    reach: Sequence[Selection] = (WHOLE,),
    apart: str = "source",
    known: Known | None = None,
) -> Iterator[Asked]:
    """The questions of comments, cut out of them.

    Args:
        rows: The comments.
        label: Asks the model about what is cut out and not known.
        reach: What topics are made of.
        apart: What keeps topics apart.
        known: Questions of comments, by number, that were cut out of their present wording.
    """
    stored = known or {}
    cuts = {row.id: candidates(row.text) for row in rows if row.id not in stored}
    fresh = list(
        dict.fromkeys(
            text for row in rows for text in cuts.get(row.id, ()) if text != row.text
        )
    )  # fmt: skip
    answers = (
        label([make_comment({"text": text}, default_id=at) for at, text in enumerate(fresh)])
        if fresh
        else []
    )
    pieces = dict(zip(fresh, answers, strict=True))
    for row in rows:
        if row.id in stored:
            units = tuple(stored[row.id])
        else:
            whole = np.frombuffer(row.embedding or b"", dtype=np.float16).astype(np.float32)
            cut = units_of(row.text, whole, cuts[row.id], pieces)
            units = tuple(Unit(unit.text, _as_stored(unit.vector)) for unit in cut)
        asks = row.question == "question" and (row.question_score or 0.0) >= SURE
        yield Asked(
            id=str(row.id),
            units=units,
            scope=taking.scope_of(row, apart),
            sure=asks or any(one.everything and one.holds(row) for one in reach),
            author=row.author,
            when=row.posted_at or row.at,
            language=row.language,
            sentiment=row.sentiment,
            product=row.product,
        )


def _known(session: Session, rows: Sequence[StoredComment], model: str) -> Known:
    """Questions that are stored of comments in their present wording, by the same model."""
    if session.scalar(select(TopicState.model)) != model:
        return {}
    version = {row.id: row.version for row in rows}
    found = session.execute(
        select(TopicUnit.comment_id, TopicUnit.version, TopicUnit.text, TopicUnit.vector)
        .where(TopicUnit.comment_id.in_(list(version)))
        .order_by(TopicUnit.comment_id, TopicUnit.unit)
    )
    units: dict[int, list[Unit]] = defaultdict(list)
    for number, of_version, text, vector in found:
        if version[number] == of_version:
            units[number].append(Unit(text, _vector(vector)))
    return units


def _vector(stored: bytes) -> Vector:
    return np.frombuffer(stored, dtype=np.float16).astype(np.float32)


def _as_stored(vector: Vector) -> Vector:
    """Rounded as it will be stored, so that the next run finds the same with what is stored."""
    return vector.astype(np.float16).astype(np.float32)

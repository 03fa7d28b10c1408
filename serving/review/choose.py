"""Which stored comments to have labelled next, so that the next model learns most from them."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from sedno.models.doubt import against_usual, descending, entropy
from sedno.models.taxonomy import TASKS
from sedno.serving.review.states import State
from sedno.serving.store.tables.comments import CLASSIFIED, StoredComment

_CHUNK: Final = 2_000


def choose(session: Session, count: int, *, source: str | None = None) -> Iterator[dict[str, Any]]:
    """Classified comments that nobody decided on, those of the most unusual doubt first.

    Copies of a text count once. Memory grows by 48 bytes a comment looked at.

    Args:
        session: Of one moment of the database.
        count: Most comments given.
        source: Only comments of this source.

    Yields:
        Rows with number, source, id, the masked text, the proposed labels with their
        probabilities, and ``doubt``: how many times the usual, 1 being usual.
    """
    numbers, doubts = array("q"), [array("d") for _ in TASKS]
    wanted = _open(source).with_only_columns(StoredComment.id, StoredComment.answer)
    for number, answer in session.execute(wanted.execution_options(yield_per=_CHUNK)):
        labels = (answer or {}).get("labels") or {}
        if any(task.name not in labels for task in TASKS):
            continue
        numbers.append(number)
        for task, into in zip(TASKS, doubts, strict=True):
            scores = np.array([list(labels[task.name]["scores"].values())], dtype=np.float64)
            into.append(float(entropy(scores)[0]))
    if not numbers:
        return
    multiples = [against_usual(np.frombuffer(of, dtype=np.float64)) for of in doubts]
    total = np.mean(multiples, axis=0)
    seen: set[str] = set()
    for at in descending(total):
        found = session.get(StoredComment, numbers[int(at)])
        if found is None or found.text in seen:
            continue
        seen.add(found.text)
        yield {
            "number": found.id,
            "source": found.source,
            "id": found.external_id,
            "text": found.text,
            "labels": found.answer["labels"] if found.answer else {},
            "doubt": round(float(total[at]), 3),
        }
        if len(seen) == count:
            return


def _open(source: str | None) -> Select[Any]:
    query = (
        select(StoredComment)
        .where(
            StoredComment.state == CLASSIFIED,
            StoredComment.review_state.in_((State.OPEN.value, State.NONE.value)),
        )
        .order_by(StoredComment.id)
    )
    return query if source is None else query.where(StoredComment.source == source)

"""Comments that say the same: by the same text, or by embeddings that nearly agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.comments import StoredComment

SAME: Final = 0.97
"""Cosine from which two comments count as alike enough to share a decision."""

SIMILAR: Final = 0.76
"""Cosine from which a comment is worth showing beside another. Seven of ten such pairs of questions
ask the same on the dev streams of topics."""

SEARCHED: Final = 20_000
"""So many comments, the newest first, are compared by their embeddings."""

MOST: Final = 2_000
"""Most comments in one stroke."""

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Near:
    """A comment beside another.

    Attributes:
        id: Which.
        version: Of which content.
        similarity: Cosine of the embeddings; 1 where the texts are the same.
    """

    id: int
    version: int
    similarity: float


def alike(
    session: Session, comment: StoredComment, states: Sequence[str], *, least: float = SAME
) -> list[Near]:
    """The comments that say the same, the most alike first; at most :data:`MOST`.

    Args:
        session: A session that reads.
        comment: To which.
        states: Only comments that stand there in the review.
        least: Least cosine.
    """
    # What was drawn is looked at one by one: it would be no sample of what is seldom alike.
    single = StoredComment.sample.is_(None)
    in_states = and_(StoredComment.review_state.in_(states), single)
    same = session.execute(
        select(StoredComment.id, StoredComment.version)
        .where(
            StoredComment.text_key == comment.text_key,
            StoredComment.id != comment.id,
            in_states,
        )
        .order_by(StoredComment.id)
        .limit(MOST)
    )
    found = {row.id: Near(row.id, row.version, 1.0) for row in same}
    for state in states:
        # One after the other: only so are the newest read off an index.
        among = and_(StoredComment.review_state == state, single)
        for near in _by_embedding(session, comment, among, least):
            found.setdefault(near.id, near)
    ranked = sorted(found.values(), key=lambda near: (-near.similarity, near.id))
    return ranked[:MOST]


def similar(
    session: Session, comment: StoredComment, *, limit: int = 5, least: float = SIMILAR
) -> list[Near]:
    """The nearest comments of the same source, whatever was decided on them.

    One a text: twenty copies of a slogan would say no more than one.
    """
    nearest = _by_embedding(session, comment, StoredComment.source == comment.source, least)
    ranked = sorted(nearest, key=lambda near: (-near.similarity, near.id))
    keys: set[str] = {comment.text_key}
    out: list[Near] = []
    for near in ranked:
        key = session.scalar(select(StoredComment.text_key).where(StoredComment.id == near.id))
        if key is not None and key not in keys:
            keys.add(key)
            out.append(near)
        if len(out) == limit:
            break
    return out


def _by_embedding(
    session: Session,
    comment: StoredComment,
    among: ColumnElement[bool],
    least: float,
) -> Iterator[Near]:
    own = _vector(comment.embedding)
    if own is None:
        return
    rows = session.execute(
        select(StoredComment.id, StoredComment.version, StoredComment.embedding)
        .where(
            StoredComment.embedding.is_not(None),
            StoredComment.id != comment.id,
            among,
        )
        .order_by(StoredComment.at.desc(), StoredComment.id.desc())
        .limit(SEARCHED)
        .execution_options(yield_per=_CHUNK)
    )
    for chunk in rows.partitions(_CHUNK):
        yield from _near(own, chunk, least)


def _near(own: NDArray[np.float32], rows: Sequence[Any], least: float) -> Iterator[Near]:
    # Another model may have embeddings of another length: they cannot be compared.
    kept = [row for row in rows if len(row.embedding) == 2 * len(own)]
    if not kept:
        return
    matrix = np.frombuffer(b"".join(row.embedding for row in kept), np.float16)
    matrix = matrix.reshape(len(kept), len(own)).astype(np.float32)
    lengths = np.maximum(np.linalg.norm(matrix, axis=1), 1e-6)
    cosines = matrix @ own / lengths
    for at in np.flatnonzero(cosines >= least):
        yield Near(kept[at].id, kept[at].version, float(cosines[at]))


def _vector(stored: bytes | None) -> NDArray[np.float32] | None:
    if not stored:
        return None
    vector = np.frombuffer(stored, np.float16).astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else None

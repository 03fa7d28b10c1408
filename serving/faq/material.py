"""What an answer can be made of: how the question is asked, and who has answered it already.

Nothing is written here: questions and answers are those of comments that are stored.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from sedno.serving.faq.brand import Brand
from sedno.serving.faq.entries import ASKED, sources_of
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry

MOST_QUESTIONS: Final = 500
MOST_CANDIDATES: Final = 12

_MOST_REPLIES = 2_000
_SENTENCE = re.compile(r"[^.!?…\n]*[.!?…]*", re.UNICODE)
_FEWEST_LETTERS = 8


@dataclass(frozen=True, slots=True)
class Variant:
    """A way in which the question is asked.

    Attributes:
        comment: A comment that asks so.
        count: How many comments have this text.
    """

    comment: StoredComment
    count: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A comment that may answer.

    Attributes:
        comment: It.
        by_brand: Whether the brand itself wrote it.
        in_thread: Whether it replies in a thread of the question, not only under the same post.
        likeness: Cosine to the questions; 0 where it cannot be had.
    """

    comment: StoredComment
    by_brand: bool
    in_thread: bool
    likeness: float


@dataclass(frozen=True, slots=True)
class Material:
    """All of it.

    Attributes:
        question: The comment that asks best; ``None`` where none is left.
        variants: The most frequent first.
        candidates: The brand's own first, then those of the same thread, then the nearest.
    """

    question: StoredComment | None
    variants: list[Variant]
    candidates: list[Candidate]

    @property
    def comments(self) -> set[int]:
        """Numbers of all comments in it."""
        found = {one.comment.id for one in self.variants}
        found |= {one.comment.id for one in self.candidates}
        return found if self.question is None else found | {self.question.id}


def gather(session: Session, comment_ids: Collection[int], brand: Brand) -> Material:
    """Gathers what there is to comments that ask the same.

    Args:
        session: Where.
        comment_ids: The comments; at most :data:`MOST_QUESTIONS` of them are looked at.
        brand: The brand's own authors.
    """
    wanted = sorted(set(comment_ids))[:MOST_QUESTIONS]
    questions = list(
        session.scalars(
            select(StoredComment).where(StoredComment.id.in_(wanted)).order_by(StoredComment.id)
        )
    )
    if not questions:
        return Material(None, [], [])
    return Material(
        _best(questions), _variants(session, questions), _candidates(session, questions, brand)
    )


def material_of(session: Session, entry: FaqEntry, brand: Brand) -> Material:
    """What the answer of an entry can be made of: of the comments that it was made from."""
    asked = [
        source.comment_id
        for source in sources_of(session, entry.id, entry.version)
        if source.kind == ASKED and source.comment_id is not None
    ]
    return gather(session, asked, brand)


def question_in(text: str) -> str:
    """The question of a comment: its sentences that end so, else its first sentence."""
    sentences: list[str] = [part.strip() for part in _SENTENCE.findall(text) if part.strip()]
    asking = [part for part in sentences if part.rstrip("!…").endswith("?")]
    for part in asking:
        if sum(map(str.isalpha, part)) >= _FEWEST_LETTERS:
            return part
    return asking[0] if asking else (sentences[0] if sentences else text.strip())


def _best(questions: Sequence[StoredComment]) -> StoredComment:
    """The one nearest to all others; of those as near, the shortest that is a question."""
    vectors = [vector_of(comment) for comment in questions]
    known = [vector for vector in vectors if vector is not None]
    middle = np.mean(known, axis=0) if known else None

    def worth(at: int) -> tuple[float, bool, int, int]:
        vector = vectors[at]
        near = 0.0 if vector is None or middle is None else float(vector @ middle)
        text = questions[at].text
        return (round(near, 3), "?" in text, -len(text), -at)

    return questions[max(range(len(questions)), key=worth)]


def _variants(session: Session, questions: Sequence[StoredComment]) -> list[Variant]:
    keys = {comment.text_key for comment in questions}
    rows = session.execute(
        select(StoredComment.text_key, func.count())
        .where(StoredComment.text_key.in_(keys))
        .group_by(StoredComment.text_key)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    first: dict[str, StoredComment] = {}
    for comment in questions:
        first.setdefault(comment.text_key, comment)
    found = [Variant(comment, counts[key]) for key, comment in first.items()]
    return sorted(found, key=lambda variant: (-variant.count, variant.comment.id))


def _candidates(
    session: Session, questions: Sequence[StoredComment], brand: Brand
) -> list[Candidate]:
    posts = {(one.source, one.post_id) for one in questions if one.post_id is not None}
    threads = {
        (one.source, thread)
        for one in questions
        for thread in (one.thread_id, one.external_id)
        if thread is not None
    }
    asked_at: dict[tuple[str, str], Any] = {}
    for one in questions:
        for key in ((one.source, one.thread_id), (one.source, one.external_id),
                    (one.source, one.post_id)):  # fmt: skip
            if key[1] is not None and (key not in asked_at or one.at < asked_at[key]):
                asked_at[(one.source, key[1])] = one.at
    own = brand.pseudonyms_at({one.source for one in questions})
    askers = {one.author for one in questions if one.author is not None} - own
    rows = session.scalars(
        select(StoredComment)
        .where(
            or_(*(_same_place(source, post_id=post) for source, post in posts),
                *(_same_place(source, thread_id=thread) for source, thread in threads)),
            StoredComment.id.not_in([one.id for one in questions]),
            or_(StoredComment.author.in_(own), _answers()),
        )
        .order_by(StoredComment.at, StoredComment.id)
        .limit(_MOST_REPLIES)
    )  # fmt: skip
    known = [vector for vector in map(vector_of, questions) if vector is not None]
    middle = np.mean(known, axis=0) if known else None
    best: dict[str, Candidate] = {}
    for comment in rows:
        in_thread = (comment.source, comment.thread_id) in threads
        place = comment.thread_id if in_thread else comment.post_id
        since = asked_at.get((comment.source, place or ""))
        if comment.author in askers or (since is not None and comment.at < since):
            continue
        vector = vector_of(comment)
        near = 0.0 if vector is None or middle is None else float(vector @ middle)
        found = Candidate(comment, comment.author in own, in_thread, round(near, 3))
        before = best.get(comment.text_key)
        if before is None or _order(found) < _order(before):
            best[comment.text_key] = found
    return sorted(best.values(), key=_order)[:MOST_CANDIDATES]


def _order(one: Candidate) -> tuple[bool, bool, float, int]:
    return (not one.by_brand, not one.in_thread, -one.likeness, one.comment.id)


def _same_place(source: str, **place: str | None) -> Any:
    (name, value) = next(iter(place.items()))
    return (StoredComment.source == source) & (getattr(StoredComment, name) == value)


def _answers() -> Any:
    """What the model calls substantive, real, civil and no question."""
    return (
        (StoredComment.substance == "substantive")
        & (StoredComment.authenticity == "real")
        & (StoredComment.toxicity == "ok")
        & (StoredComment.question == "none")
    )


def vector_of(comment: StoredComment) -> NDArray[np.float32] | None:
    """The embedding, of length 1."""
    return unit_of(comment.embedding)


def unit_of(embedding: bytes | None) -> NDArray[np.float32] | None:
    """A stored embedding, of length 1; ``None`` where there is none."""
    if not embedding:
        return None
    vector = np.frombuffer(embedding, dtype=np.float16).astype(np.float32)
    length = float(np.linalg.norm(vector))
    return vector / length if length else None

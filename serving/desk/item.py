"""What the page of one comment shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASKS, Task
from sedno.serving.desk import words
from sedno.serving.review.priority import Priority, priority
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision


@dataclass(frozen=True, slots=True)
class Proposed:
    """What the model says of one task.

    Attributes:
        task: The task.
        label: Its label; ``None`` where there is no answer.
        score: Its calibrated probability.
        word: The same as a word.
        review: Whether it is less certain than the accepted error allows.
    """

    task: Task
    label: str | None
    score: float
    word: str
    review: bool


@dataclass(frozen=True, slots=True)
class Author:
    """What is known of a pseudonymous author.

    Attributes:
        name: A short form of the pseudonym.
        comments: How many comments are kept.
        spam: How many the model called spam.
        toxic: How many the model called toxic.
        alike: How many say the same as this one.
        posts: Under how many posts.
    """

    name: str
    comments: int
    spam: int
    toxic: int
    alike: int
    posts: int


def proposed(answer: Mapping[str, Any] | None) -> list[Proposed]:
    """What the model says, in the order of the tasks."""
    labels = (answer or {}).get("labels") or {}
    out = []
    for task in TASKS:
        said = labels.get(task.name)
        score = float(said["scores"][said["label"]]) if said else 0.0
        out.append(
            Proposed(
                task,
                said["label"] if said else None,
                score,
                words.confidence(score) if said else words.N_("no answer"),
                bool(said and said.get("review")),
            )
        )
    return out


def doubtful_task(answer: Mapping[str, Any] | None) -> str:
    """The task whose answer is the least certain: its words are marked first."""
    said = [item for item in proposed(answer) if item.label is not None]
    return min(said, key=lambda item: item.score).task.name if said else TASKS[0].name


def worth(comment: StoredComment) -> Priority:
    """Why the comment stands where it does in the queue."""
    return priority(comment.answer, comment.reach)


def author_of(session: Session, comment: StoredComment) -> Author | None:
    """What is known of the comment's author; ``None`` where no author is."""
    if comment.author is None:
        return None
    found = session.execute(
        select(
            func.count(),
            func.count().filter(StoredComment.authenticity == "spam"),
            func.count().filter(StoredComment.toxicity == "toxic"),
            func.count().filter(StoredComment.text_key == comment.text_key),
            func.count(func.distinct(StoredComment.post_id)),
        ).where(StoredComment.author == comment.author)
    ).one()
    comments, spam, toxic, alike, posts = (int(number) for number in found)
    return Author(comment.author[:10], comments, spam, toxic, alike - 1, posts)


def copies_of(session: Session, comment: StoredComment) -> int:
    """How many other comments have the same text."""
    same = select(func.count()).where(StoredComment.text_key == comment.text_key)
    return (session.scalar(same) or 1) - 1


def history_of(session: Session, comment_id: int) -> list[Decision]:
    """All that people did to a comment, the newest first."""
    return list(
        session.scalars(
            select(Decision).where(Decision.comment_id == comment_id).order_by(Decision.id.desc())
        )
    )

"""What the tests of the review share: comments with answers, and people."""

from __future__ import annotations

import hashlib
import itertools
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASKS, Task
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.review.priority import priority
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signature
from sedno.serving.store.tables.comments import StoredComment

_NUMBERS = itertools.count(1)

ANNA = Actor("person", 1, "anna", Role.MODERATOR)
PIOTR = Actor("person", 2, "piotr", Role.MODERATOR)
EWA = Actor("person", 3, "ewa", Role.EDITOR)

PROPOSED = {task.name: task.labels[0] for task in TASKS}
OTHER = {**PROPOSED, "sentiment": "mixed"}


def answer(score: float = 0.9, **labels: str) -> dict[str, Any]:
    """An answer in the published shape."""
    said = {**PROPOSED, **labels}

    def of(task: Task, label: str) -> float:
        return score if label == said[task.name] else (1 - score) / (len(task.labels) - 1)

    return {
        "labels": {
            task.name: {
                "label": said[task.name],
                "scores": {
                    label: score
                    if label == said[task.name]
                    else (1 - score) / (len(task.labels) - 1)
                    for label in task.labels
                },
                "review": score < 0.8,
            }
            for task in TASKS
        },
        "needs_review": score < 0.8,
        "model": "toy@1",
    }


@dataclass
class Desk:
    """A database with people who work on it."""

    database: Database
    anna: Actor = ANNA
    piotr: Actor = PIOTR
    ewa: Actor = EWA
    proposed: dict[str, str] = field(default_factory=lambda: dict(PROPOSED))
    other: dict[str, str] = field(default_factory=lambda: dict(OTHER))

    def add(
        self,
        text: str = "Kiedy drugi sezon?",
        *,
        score: float = 0.7,
        reach: int | None = None,
        state: str = "open",
        embedding: np.ndarray[Any, Any] | None = None,
        **fields: Any,
    ) -> int:
        """Stores a comment that waits for a look and gives its id."""
        said = fields.pop("answer", answer(score))
        worth = priority(said, reach)
        given = {
            "source": "instagram:@rosa.polna",
            "external_id": f"c-{next(_NUMBERS)}",
            "text": text,
            "text_key": hashlib.sha256(text.encode()).hexdigest()[:32],
            "folded": text.lower(),
            "language": "pl",
            "at": now(),
            "state": "classified",
            "model": "toy@1",
            "answer": said,
            "needs_review": said["needs_review"],
            "doubt": worth.doubt,
            "priority": worth.value,
            "reach": reach,
            "review_state": state,
            "embedding": None if embedding is None else embedding.astype(np.float16).tobytes(),
            **{name: task["label"] for name, task in said["labels"].items()},
            **fields,
        }
        labels = {task.name: given[task.name] for task in TASKS if given.get(task.name)}
        comment = StoredComment(**given, signature=signature(labels))
        with self.transaction() as session:
            session.add(comment)
            session.flush()
            return comment.id

    def said(self, score: float = 0.9, **labels: str) -> dict[str, Any]:
        """An answer in the published shape."""
        return answer(score, **labels)

    def transaction(self) -> AbstractContextManager[Session]:
        """A session that writes."""
        return self.database.transaction()

    def state(self, comment_id: int) -> str:
        """Where a comment stands."""
        with self.database.session() as session:
            return session.get_one(StoredComment, comment_id).review_state


@pytest.fixture
def desk(database: Database) -> Desk:
    """A desk on SQLite, then on PostgreSQL."""
    return Desk(database)


@pytest.fixture
def sqlite_desk(sqlite_database: Database) -> Desk:
    """A desk on SQLite, for what has nothing to do with the kind of database."""
    return Desk(sqlite_database)

"""Decisions as a training set: versioned, with where each label comes from.

The rows are those that ``sedno train`` reads from a file of labelled comments
(:mod:`sedno.datasets.corpora.files`), so a recipe can name the export as a corpus. They hold the
masked text and nothing else of the person who wrote it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.review.sampling import falls_into
from sedno.serving.review.states import State
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision

FORMAT: Final = 1
"""Version of the format of the rows."""

HELD_BACK: Final = 0.2
"""Share of texts that never train: a new model is compared with the old one on them."""

_CHUNK = 500


@dataclass(slots=True)
class Manifest:
    """What an export holds, told beside it.

    Attributes:
        created_at: When it was made.
        rows: How many comments.
        splits: How many of them are to be learned from, how many are held back.
        models: Models whose proposals people saw, with the number of comments.
        verdicts: How many were accepted, how many corrected.
        from_batches: How many were decided by one stroke over many.
        first_decision: Number of the oldest decision.
        last_decision: Number of the newest.
        sha256: Hash of the rows: the version of the set.
    """

    created_at: datetime
    rows: int = 0
    splits: dict[str, int] = field(default_factory=dict)
    models: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)
    from_batches: int = 0
    first_decision: int | None = None
    last_decision: int | None = None
    sha256: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The manifest as plain JSON types."""
        return {
            "format": FORMAT,
            "created_at": self.created_at.isoformat(),
            "rows": self.rows,
            "splits": self.splits,
            "models": self.models,
            "verdicts": self.verdicts,
            "from_batches": self.from_batches,
            "first_decision": self.first_decision,
            "last_decision": self.last_decision,
            "sha256": self.sha256,
        }


@contextmanager
def moment_of(database: Database) -> Iterator[Session]:
    """A session that sees the database as it is now, however long it reads."""
    with database.session() as session:
        if not database.is_sqlite:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session


class Export:
    """The decisions that count now, as lines of JSONL.

    Attributes:
        manifest: What was given so far; whole once the lines are.
    """

    def __init__(
        self,
        session: Session,
        *,
        since: datetime | None = None,
        note: Callable[[list[int]], None] | None = None,
    ) -> None:
        """Prepares.

        Args:
            session: A session that reads; one transaction, so that the set is of one moment.
            since: Only decisions from then on.
            note: Is told the numbers of the comments before their lines are given.
        """
        self._session = session
        self._note = note
        self._since = since
        self._hash = hashlib.sha256()
        self.manifest = Manifest(created_at=now())

    def lines(self) -> Iterator[bytes]:
        """The rows, in the order of the comments, each ending in a line break."""
        last = 0
        while True:
            comments = self._session.scalars(
                select(StoredComment)
                .where(
                    StoredComment.id > last,
                    StoredComment.id.in_(select(Decision.comment_id)),
                    # What two people differ on, or an editor has to settle, teaches nothing yet.
                    StoredComment.review_state == State.DECIDED,
                )
                .order_by(StoredComment.id)
                .limit(_CHUNK)
            ).all()
            if not comments:
                break
            decisions = self._final([comment.id for comment in comments])
            if self._note is not None:
                self._note([number for number, _ in decisions])
            for comment in comments:
                decision = decisions.get((comment.id, comment.version))
                if decision is not None:
                    yield self._line(comment, decision)
            last = comments[-1].id
            self._session.expunge_all()
        self.manifest.sha256 = self._hash.hexdigest()

    def _final(self, ids: list[int]) -> dict[tuple[int, int], Decision]:
        wanted = (
            select(Decision)
            .where(
                Decision.comment_id.in_(ids),
                Decision.labels.is_not(None),
                Decision.undone_at.is_(None),
            )
            .order_by(Decision.id)
        )
        if self._since is not None:
            wanted = wanted.where(Decision.decided_at >= self._since)
        # The latest counts; where a second opinion agreed, both hold the same labels.
        return {(d.comment_id, d.comment_version): d for d in self._session.scalars(wanted)}

    def _line(self, comment: StoredComment, decision: Decision) -> bytes:
        # Copies of one text fall on the same side, or the held-back part would be known.
        split = "test" if falls_into(HELD_BACK, "held back", comment.text_key) else "train"
        row = {
            "id": f"{comment.source}/{comment.external_id}",
            "text": comment.text,
            "labels": decision.labels,
            "language": comment.language,
            "source": comment.source,
            "group": comment.text_key,
            "thread": comment.post_id,
            "kind": "batch" if decision.batch_id is not None else str(decision.verdict),
            "split": split,
            "provenance": {
                "decision": decision.id,
                "decided_at": decision.decided_at.isoformat(),
                "by": f"person-{decision.person_id}",
                "verdict": decision.verdict,
                "batch": decision.batch_id,
                "model": decision.model,
                "proposal": decision.proposal,
                "comment_version": comment.version,
            },
        }
        line = orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
        self._hash.update(line)
        self._count(decision, split)
        return line

    def _count(self, decision: Decision, split: str) -> None:
        told = self.manifest
        told.rows += 1
        told.splits[split] = told.splits.get(split, 0) + 1
        model = decision.model or "none"
        told.models[model] = told.models.get(model, 0) + 1
        told.verdicts[decision.verdict] = told.verdicts.get(decision.verdict, 0) + 1
        told.from_batches += decision.batch_id is not None
        told.first_decision = min(told.first_decision or decision.id, decision.id)
        told.last_decision = max(told.last_decision or decision.id, decision.id)

"""Which comments are meant: what a caller may ask for, as conditions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from sedno.models.taxonomy import TASK_BY_NAME
from sedno.serving.store.signature import signatures
from sedno.serving.store.tables.comments import REVIEW_STATES, STATES, StoredComment
from sedno.serving.store.tables.review import SecondOpinion
from sedno.serving.store.words import fts5_query

Conditions = list[ColumnElement[bool]]


class FilterError(ValueError):
    """A filter that cannot be used.

    Attributes:
        field: Which.
        detail: What is wrong and what to do about it.
    """

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Scores:
    """From and to which probability the chosen label of a task may have."""

    least: float = 0.0
    most: float = 1.0


# The first leave the fewest, as a rule.
_COLUMNS = (
    *("external_id", "post_id", "author", "model", "product", "brand"),
    *("source", "language", "review_state", "state", "needs_review"),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which comments are meant; what is not said leaves all.

    Attributes:
        text: Words that all have to be in it, or beginnings of words.
        since: Posted at this time or later.
        until: Posted before this time.
        labels: Label by task.
        scores: Range of the chosen label's probability, by task.
        author: A pseudonym.
        hidden_from: A person who may yet have to give a second opinion: what others decided
            and they must not know of is open to them.
        only_hidden: Only those comments.
    """

    source: str | None = None
    post_id: str | None = None
    language: str | None = None
    author: str | None = None
    product: str | None = None
    brand: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, Scores] = field(default_factory=dict)
    state: str | None = None
    review_state: str | None = None
    needs_review: bool | None = None
    model: str | None = None
    text: str | None = None
    external_id: str | None = None
    hidden_from: int | None = None
    only_hidden: bool = False

    def __post_init__(self) -> None:
        """Checks them.

        Raises:
            FilterError: A value is none that there can be.
        """
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, str) and not _is_storable(value):
                raise FilterError(name, "has a character that nothing stored has; leave it out")
        for task, label in self.labels.items():
            known = TASK_BY_NAME.get(task)
            if known is None:
                raise FilterError(task, f"is no task; use one of {', '.join(TASK_BY_NAME)}")
            if label not in known.labels:
                raise FilterError(task, f"{label!r} is no label; use {', '.join(known.labels)}")
        for task in self.scores:
            if task not in TASK_BY_NAME:
                raise FilterError(task, f"is no task; use one of {', '.join(TASK_BY_NAME)}")
        if self.state is not None and self.state not in STATES:
            raise FilterError("state", f"{self.state!r} is none; use one of {', '.join(STATES)}")
        if self.review_state is not None and self.review_state not in REVIEW_STATES:
            raise FilterError(
                "review_state",
                f"{self.review_state!r} is none; use one of {', '.join(REVIEW_STATES)}",
            )
        if self.text is not None and fts5_query(self.text) is None:
            raise FilterError("text", "has no word to look for; give letters or digits")

    def parts(self) -> list[Conditions]:
        """The conditions of each filter that an index of its own begins with."""
        comment = StoredComment
        out: list[Conditions] = [[self._is_hidden()]] if self.only_hidden else []
        out += [
            self._standing(value) if name == "review_state" else [getattr(comment, name) == value]
            for name in _COLUMNS
            if (value := getattr(self, name)) is not None
        ]
        span: Conditions = []
        if self.since is not None:
            span.append(comment.at >= self.since)
        if self.until is not None:
            span.append(comment.at < self.until)
        if span:
            out.append(span)
        for task, label in self.labels.items():
            scores = self._within(task)
            named = getattr(comment, task)
            # With scores the index that begins with the score is meant, not that of the label.
            out.append([func.coalesce(named, "") == label if scores else named == label, *scores])
        return out

    def conditions(self) -> Conditions:
        """What has to hold for a comment, save for :attr:`text`."""
        comment = StoredComment
        parts = self.parts()
        out = [condition for part in parts[: len(parts) - len(self.labels)] for condition in part]
        out += [getattr(comment, task) == label for task, label in self.labels.items()]
        out += [condition for task in self.scores for condition in self._within(task)]
        if self.labels and len(parts) > 1:
            # Checked in the index of any other column, without a look at the comment.
            out.append(comment.signature.in_(signatures(self.labels)))
        return out

    def by_label(self) -> list[Filters]:
        """Filters that together mean the same, each of which an index holds in order.

        A range of scores without a label is one range for each label, and what is open to a person
        is what is open and what they may give a second opinion on.
        """
        if self.review_state == "open" and self.hidden_from is not None:
            theirs = replace(self, review_state=None, only_hidden=True)
            return [*replace(self, hidden_from=None).by_label(), *theirs.by_label()]
        task = next(
            (name for name in self.scores if name not in self.labels and self._within(name)), None
        )
        if task is None:
            return [self]
        labels = TASK_BY_NAME[task].labels
        return [replace(self, labels={**self.labels, task: label}) for label in labels]

    def _is_hidden(self) -> ColumnElement[bool]:
        waiting = select(SecondOpinion.comment_id)
        return StoredComment.id.in_(
            waiting.where(SecondOpinion.first_person_id != self.hidden_from)
        )

    def _standing(self, state: str) -> Conditions:
        known = StoredComment.review_state == state
        if self.hidden_from is None or state not in ("open", "decided"):
            return [known]
        hidden = self._is_hidden()
        return [or_(known, hidden)] if state == "open" else [known, ~hidden]

    def _within(self, task: str) -> Conditions:
        span = self.scores.get(task, Scores())
        score = getattr(StoredComment, f"{task}_score")
        out: Conditions = []
        if span.least > 0:
            out.append(score >= span.least)
        if span.most < 1:
            out.append(score <= span.most)
        return out

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types; :meth:`from_dict` reads it."""
        out: dict[str, Any] = {}
        for name in self.__slots__:
            value = getattr(self, name)
            if isinstance(value, datetime):
                value = value.isoformat()
            if name == "scores":
                value = {task: [span.least, span.most] for task, span in value.items()}
            if value is not None and value != {} and (name, value) != ("only_hidden", False):
                out[name] = dict(value) if isinstance(value, Mapping) else value
        return out

    def for_log(self) -> dict[str, Any]:
        """As plain JSON types without the words: who looks for a name would leave it in the log."""
        out = self.to_dict()
        out.pop("hidden_from", None)
        if self.text is not None:
            out["text_chars"] = len(out.pop("text"))
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Filters:
        """What :meth:`to_dict` gave."""
        values = dict(data)
        for name in ("since", "until"):
            if name in values:
                values[name] = datetime.fromisoformat(values[name])
        if "scores" in values:
            values["scores"] = {task: Scores(*span) for task, span in values["scores"].items()}
        return cls(**values)


def _is_storable(value: str) -> bool:
    try:
        return b"\x00" not in value.encode()
    except UnicodeEncodeError:  # half of a character
        return False

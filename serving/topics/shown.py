"""What lists, plots, reports and digests of topics show, wherever the topics are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sedno.serving.topics.history import Change
from sedno.serving.topics.wanted import ALL, Wanted

COLUMNS: Final = (
    *("id", "name", "question", "scope", "size", "authors", "share", "verdict", "p_value"),
    *("first_seen", "last_seen", "hidden", "pinned", "phrases", "answers", "published"),
    *("products", "related"),
)
"""Columns of a table of topics."""

MOST_WEEKS: Final = 26
"""Most weeks that plots and tables of weeks go back."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as somebody wrote it.

    Attributes:
        comment: Id of its comment.
        text: The question.
        when: When it was posted where known.
        language: ISO 639-1 code where known.
        sentiment: Label where known.
        product: What the comment is about where known.
        score: How near it is to its topic, from 0 to 1.
    """

    comment: str
    text: str
    when: datetime | None
    language: str | None
    sentiment: str | None
    product: str | None
    score: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "comment": self.comment,
            "text": self.text,
            "when": self.when.isoformat() if self.when else None,
            "language": self.language,
            "sentiment": self.sentiment,
            "product": self.product,
            "score": round(self.score, 4),
        }


@dataclass(frozen=True, slots=True)
class Shown:
    """A topic with what belongs to it.

    Attributes:
        data: As :meth:`sedno.models.topics.records.Topic.to_dict`.
        question: Its canonical question; ``None`` where the comment was erased.
        asked: Questions of it, the most typical first; not all of them.
        answers: Entries made from it; ``None`` where answers are not known.
        published: Those of them that are published.
        comment_id: Number of the comment that the canonical question is of, where it is stored.
    """

    data: Mapping[str, Any]
    question: str | None
    asked: tuple[Asked, ...] = ()
    answers: int | None = None
    published: int | None = None
    comment_id: int | None = None

    @property
    def id(self) -> str:
        """Its id."""
        return str(self.data["id"])

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.data["name"])

    @property
    def scope(self) -> str:
        """Its source."""
        return str(self.data["scope"])

    @property
    def size(self) -> int:
        """Comments that ask it."""
        return int(self.data["size"])

    @property
    def example(self) -> str | None:
        """Its canonical question, where that says more than its name."""
        said = _bare(self.question or "")
        return self.question if said and said != _bare(self.name) else None

    @property
    def verdict(self) -> str:
        """How its share changes, in one word."""
        return str(self.data["trend"]["verdict"])

    @property
    def weeks(self) -> Mapping[str, int]:
        """Comments by week, named by its Monday."""
        weeks: Mapping[str, int] = self.data["weeks"]
        return weeks

    def in_week(self, week: date) -> int:
        """Comments that asked it in the week of a Monday."""
        return self.weeks.get(week.isoformat(), 0)

    def fields(self) -> dict[str, Any]:
        """As JSON values."""
        own = {name: value for name, value in self.data.items() if name != "canonical"}
        return own | {
            "question": self.question,
            "answers": self.answers,
            "published": self.published,
        }

    def cells(self) -> dict[str, Any]:
        """As a row of a table, by :data:`COLUMNS`."""
        found = self.fields()
        trend = found["trend"]
        flat = found | {
            "verdict": trend["verdict"],
            "p_value": trend["p_value"],
            "phrases": "; ".join(found["phrases"]),
            # Topics of a run before there were products and neighbours have none.
            "products": "; ".join(found.get("products", ())),
            "related": "; ".join(found.get("related", ())),
        }
        return {name: flat[name] for name in COLUMNS}


@dataclass(frozen=True, slots=True)
class Dot:
    """A question on the map.

    Attributes:
        x: Its place, from 0 to 1.
        y: The same, downwards.
        topic: Id of its topic; ``""`` for a single question.
        comment: Id of its comment.
        text: The question.
    """

    x: float
    y: float
    topic: str
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """Topics of one run, or those of them that somebody chose.

    Attributes:
        topics: They, source by source the largest first.
        questions: Comments that ask something, of all topics and none.
        single: Questions that nobody else asks.
        run: Number of the run; 0 before the first.
        model: ``name@version`` of what embedded.
        at: When they last changed, where known.
        dots: Questions on the map.
        sampled: Whether there are more questions than the map shows.
        names: Names of all topics by id, for those that are named as related.
        events: What happened to ids.
        edits: What editors decided.
        history: Of a report of one topic: what happened to it, the newest first.
        wanted: Which questions topics are counted over.
        apart: What keeps topics apart: their scopes are values of it.
    """

    topics: tuple[Shown, ...]
    questions: int = 0
    single: int = 0
    run: int = 0
    model: str | None = None
    at: datetime | None = None
    dots: tuple[Dot, ...] = ()
    sampled: bool = False
    names: Mapping[str, str] | None = None
    events: tuple[Mapping[str, Any], ...] = ()
    edits: tuple[Mapping[str, Any], ...] = ()
    history: tuple[Change, ...] = ()
    wanted: Wanted = ALL
    apart: str = "source"

    def related(self, topic: Shown) -> list[tuple[str, str]]:
        """Id and name of topics that ask something near to one; hidden ones are left out."""
        names = self.names or {}
        return [(other, names[other]) for other in topic.data.get("related", ()) if other in names]

    def scopes(self) -> dict[str, list[Shown]]:
        """The topics by source."""
        found: dict[str, list[Shown]] = {}
        for topic in self.topics:
            found.setdefault(topic.scope, []).append(topic)
        return found

    def by_size(self) -> list[Shown]:
        """The topics, the largest first."""
        return sorted(self.topics, key=lambda topic: -topic.size)

    def mondays(self, most: int = MOST_WEEKS) -> list[date]:
        """The last weeks, those without a question included; none where no time is known."""
        named = [date.fromisoformat(week) for topic in self.topics for week in topic.weeks]
        if not named:
            return []
        last = max(named)
        count = min((last - min(named)).days // 7 + 1, most)
        return [last - timedelta(weeks=back) for back in reversed(range(count))]

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "run": self.run,
            "model": self.model,
            "updated_at": self.at.isoformat() if self.at else None,
            "questions": self.questions,
            "single": self.single,
            "filters": self.wanted.to_dict(),
            "topics": [
                topic.fields() | {"asked": [one.to_dict() for one in topic.asked]}
                for topic in self.topics
            ],
            "events": list(self.events),
            "edits": list(self.edits),
        }


def at_most(report: Sequence[Shown], most: int | None) -> list[Shown]:
    """The first topics of each source; all where ``None``."""
    seen: dict[str, int] = {}
    kept = []
    for topic in report:
        seen[topic.scope] = seen.get(topic.scope, 0) + 1
        if most is None or seen[topic.scope] <= most:
            kept.append(topic)
    return kept


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))

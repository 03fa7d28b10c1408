"""What goes into the engine and what comes out of it, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sedno.models.topics.identity import Event
from sedno.models.topics.weeks import NO_TREND, Trend, monday

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """One question, cut out of its comment.

    Attributes:
        text: The question.
        vector: ``(dim,)`` sentence embedding, L2-normalised.
    """

    text: str
    vector: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A comment that asks something.

    Attributes:
        id: Identifier of the comment, unique within the run.
        units: Its questions, one or more.
        scope: Topics are kept apart by it (the comment's source); ``""`` for all in one.
        sure: Whether the comment surely asks. One that is not sure founds no topic, but joins
            one that it is near to.
        author: Identifier of the author where known.
        when: Time of posting where known.
        language: ISO 639-1 code where known.
        sentiment: Label of the sentiment where known.
        product: What the comment is about where known.
    """

    id: str
    units: tuple[Unit, ...]
    scope: str = ""
    sure: bool = True
    author: str | None = None
    when: datetime | None = None
    language: str | None = None
    sentiment: str | None = None
    product: str | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """How topics are found.

    Attributes:
        min_size: Fewest comments of a topic; what is smaller is single questions.
        seed: Seed of all chance.
        examples: Most examples kept of a topic.
        phrases: Most key phrases of a topic.
    """

    min_size: int = 2
    seed: int = 0
    examples: int = 5
    phrases: int = 6

    def __post_init__(self) -> None:
        for name, least in (("min_size", 1), ("seed", 0), ("examples", 1), ("phrases", 1)):
            value = getattr(self, name)
            if value < least:
                raise ValueError(f"{name}: is {value}; give at least {least}")


@dataclass(frozen=True, slots=True)
class Topic:
    """A question that keeps coming back.

    Attributes:
        id: Stable from run to run.
        scope: Where it is asked.
        name: What it is called: the editor's name where there is one.
        found_name: What the engine would call it.
        phrases: Key phrases, the most telling first.
        canonical: A real question that says it best, cleaned.
        examples: Ids of comments that show it, the most typical first.
        size: Comments that ask it, copies counted.
        authors: Distinct authors; ``None`` where authors are not known.
        share: Its share of the scope's questions.
        sentiments: Comments by sentiment.
        languages: Comments by language.
        first_seen: First time where known.
        last_seen: Last time where known.
        weeks: Comments by week (ISO date of the Monday), weeks without any included.
        trend: How its share changes.
        hidden: Whether an editor hid it.
        pinned: Whether an editor pinned it, so that it stays although nobody asks.
        cohesion: How close its questions stand, from 0 to 1: the mean cosine of each with the half
            of them nearest to it (in a topic of thousands, with their centre).
        products: Comments by product, where products are known.
        related: Ids of topics that ask something near to it, the nearest first.
    """

    id: str
    scope: str
    name: str
    found_name: str
    phrases: tuple[str, ...]
    canonical: str
    examples: tuple[str, ...]
    size: int
    authors: int | None
    share: float
    sentiments: Mapping[str, int] = field(default_factory=dict)
    languages: Mapping[str, int] = field(default_factory=dict)
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    weeks: Mapping[str, int] = field(default_factory=dict)
    trend: Trend = NO_TREND
    hidden: bool = False
    pinned: bool = False
    cohesion: float = 0.0
    products: Mapping[str, int] = field(default_factory=dict)
    related: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The topic as plain JSON types."""
        return {
            "id": self.id,
            "scope": self.scope,
            "name": self.name,
            "found_name": self.found_name,
            "phrases": list(self.phrases),
            "canonical": self.canonical,
            "examples": list(self.examples),
            "size": self.size,
            "authors": self.authors,
            "share": round(self.share, 4),
            "sentiments": dict(self.sentiments),
            "languages": dict(self.languages),
            "first_seen": self.first_seen.isoformat() if self.first_seen else None,
            "last_seen": self.last_seen.isoformat() if self.last_seen else None,
            "weeks": dict(self.weeks),
            "trend": self.trend.to_dict(),
            "hidden": self.hidden,
            "pinned": self.pinned,
            "cohesion": round(self.cohesion, 3),
            "products": dict(self.products),
            "related": list(self.related),
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Topic:
        """The topic that :meth:`to_dict` wrote."""
        times = {
            name: datetime.fromisoformat(given[name]) if given[name] else None
            for name in ("first_seen", "last_seen")
        }
        # Topics that an earlier version wrote have no related ones.
        lists = {name: tuple(given.get(name, ())) for name in ("phrases", "examples", "related")}
        return cls(**{**given, **times, **lists, "trend": Trend(**given["trend"])})


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A unit that a state remembers.

    Attributes:
        comment: Id of its comment.
        unit: Its number within the comment, from 0.
        text: The question.
        scope: Scope of the comment.
        topic: Id of its topic as found, before edits; ``""`` for a single question.
        score: How near it is to its topic, from 0 to 1.
        sure: As in :class:`Asked`.
        author: As in :class:`Asked`.
        when: As in :class:`Asked`.
        language: As in :class:`Asked`.
        sentiment: As in :class:`Asked`.
        product: As in :class:`Asked`.
        x: Its place on the map, from 0 to 1; ``None`` where it is not drawn.
        y: The same, downwards.
    """

    comment: str
    unit: int
    text: str
    scope: str
    topic: str
    score: float
    sure: bool
    author: str | None
    when: datetime | None
    language: str | None
    sentiment: str | None
    product: str | None = None
    x: float | None = None
    y: float | None = None

    @property
    def week(self) -> date | None:
        """The Monday of the week in which it was asked, in UTC; ``None`` where unknown."""
        return None if self.when is None else monday(self.when)

    @property
    def key(self) -> str:
        """Names the unit across runs."""
        return f"{self.comment}\x1f{self.unit}"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """Topics of one run: all that the next run, a report or a page needs.

    Attributes:
        topics: The topics, largest first within each scope; hidden ones included.
        members: All units, those of no topic included.
        vectors: ``(members, dim)`` float32, the units' embeddings.
        events: What happened to ids, of this run and all before.
        edits: What editors decided, oldest first.
        run: Number of this run, from 1.
        next_id: Number of the next topic that needs an id.
        model: ``name@version`` of the model that embedded.
    """

    topics: tuple[Topic, ...]
    members: tuple[Member, ...]
    vectors: Matrix
    events: tuple[Event, ...]
    edits: tuple[Mapping[str, Any], ...]
    run: int
    next_id: int
    model: str

    def assignments(self) -> dict[str, tuple[str, ...]]:
        """Comment id -> ids of its topics, best first; empty where it has none."""
        from sedno.models.topics.edits import shown_topics  # noqa: PLC0415 - edits read records

        return shown_topics(self)

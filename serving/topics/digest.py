"""What a week brought: new topics, those asked more and more, and those that nobody answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sedno.serving.topics.shown import Report, Shown

MOST: Final = 10
"""Most topics of each part."""

PARTS: Final = ("new", "rising", "unanswered", "fading")
"""The parts of a digest, in order."""

_NO_LONGER: Final = frozenset({"fading", "gone"})


@dataclass(frozen=True, slots=True)
class Line:
    """A topic of a digest.

    Attributes:
        topic: It.
        now: Comments that asked it in the week.
        before: In the week before.
    """

    topic: Shown
    now: int
    before: int

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "id": self.topic.id,
            "name": self.topic.name,
            "question": self.topic.question,
            "scope": self.topic.scope,
            "verdict": self.topic.verdict,
            "size": self.topic.size,
            "week": self.now,
            "week_before": self.before,
            "answers": self.topic.answers,
            "published": self.topic.published,
        }


@dataclass(frozen=True, slots=True)
class Persisting:
    """A published answer to what is asked all the same.

    Attributes:
        entry: Its number.
        question: As it is published.
        language: BCP 47 code.
        topic: The topic that it was made from, where it was.
        weekly_before: Comments a week that asked it before publishing.
        weekly_after: After it.
        p_value: Probability of so great a difference if nothing had changed; small only where
            it is asked more.
    """

    entry: int
    question: str
    language: str
    topic: str | None
    weekly_before: float
    weekly_after: float
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "entry": self.entry,
            "question": self.question,
            "language": self.language,
            "topic": self.topic,
            "weekly_before": self.weekly_before,
            "weekly_after": self.weekly_after,
            "p_value": float(f"{self.p_value:.3g}"),
        }


@dataclass(frozen=True, slots=True)
class Digest:
    """The last week in which something was asked.

    Attributes:
        monday: Its first day; ``None`` where no question has a time.
        sunday: Its last day.
        asked: Comments of topics in the week; one that asks two things counts in both.
        before: The same in the week before.
        parts: Topics by part, as in :data:`PARTS`; ``unanswered`` is missing where answers are
            not known.
        counts: How many topics each part has in all.
        still: Answered, but still asked; ``None`` where answers are not known.
    """

    monday: date | None
    sunday: date | None
    asked: int
    before: int
    parts: dict[str, list[Line]]
    counts: dict[str, int]
    still: tuple[Persisting, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "from": self.monday.isoformat() if self.monday else None,
            "to": self.sunday.isoformat() if self.sunday else None,
            "asked": self.asked,
            "asked_before": self.before,
            "counts": dict(self.counts),
            **{name: [line.to_dict() for line in lines] for name, lines in self.parts.items()},
            "still_asked": None if self.still is None else [line.to_dict() for line in self.still],
        }


def digest_of(
    report: Report, *, most: int = MOST, still: Sequence[Persisting] | None = None
) -> Digest:
    """The digest of the last week that topics know of; hidden topics are left out.

    Args:
        report: The topics.
        most: Most topics of each part.
        still: Published answers to what is asked all the same, where answers are known.
    """
    topics = [topic for topic in report.topics if not topic.data["hidden"]]
    mondays = report.mondays(2)
    last = mondays[-1] if mondays else None
    lines = [_line(topic, last) for topic in topics]
    fresh = [line for line in lines if _of_the_week(line.topic, last)]
    found = {
        "new": _ranked(line for line in fresh if line.topic.verdict == "new"),
        "rising": _ranked(line for line in fresh if line.topic.verdict == "rising"),
        "unanswered": _ranked(line for line in lines if line.topic.size and
                              line.topic.published == 0),
        "fading": _ranked(line for line in fresh if line.topic.verdict in _NO_LONGER),
    }  # fmt: skip
    if topics and all(topic.published is None for topic in topics):
        del found["unanswered"]
    return Digest(
        monday=last,
        sunday=last + timedelta(days=6) if last else None,
        asked=sum(line.now for line in lines),
        before=sum(line.before for line in lines),
        parts={name: part[:most] for name, part in found.items()},
        counts={name: len(part) for name, part in found.items()},
        still=None if still is None else tuple(still),
    )


def _line(topic: Shown, last: date | None) -> Line:
    if last is None:
        return Line(topic, 0, 0)
    return Line(topic, topic.in_week(last), topic.in_week(last - timedelta(weeks=1)))


def _of_the_week(topic: Shown, last: date | None) -> bool:
    """Whether its verdict speaks of the week: weeks of a source end with its last question."""
    return last is not None and max(topic.weeks, default="") == last.isoformat()


def _ranked(lines: Iterable[Line]) -> list[Line]:
    return sorted(lines, key=lambda line: (-line.now, -line.topic.size, line.topic.id))

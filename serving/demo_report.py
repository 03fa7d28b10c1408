"""What the demonstration prints: each post, examples of each label, and what is to be reviewed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sedno.models.taxonomy import TASKS

_EXAMPLES = 2
_REVIEWED = 6
_QUOTE = 78
_EASY_TO_READ = range(12, 110)
_SHOWN: tuple[tuple[str, str], ...] = (
    ("substance", "substantive"),
    ("substance", "generic"),
    ("question", "question"),
    ("sentiment", "positive"),
    ("sentiment", "negative"),
    ("sentiment", "mixed"),
    ("authenticity", "spam"),
    ("toxicity", "toxic"),
)
_HEADING = ("comments", "substance", "questions", "liked", "disliked", "spam", "toxic", "to review")


@dataclass(frozen=True, slots=True)
class Answered:
    """A comment and what was answered about it, as it stands in the output.

    Attributes:
        post: The post it stands under.
        text: What it says.
        labels: By task, ``label``, ``scores`` and ``review``.
        needs_review: Whether a person should look.
    """

    post: str
    text: str
    labels: Mapping[str, Mapping[str, Any]]
    needs_review: bool

    def is_(self, task: str, label: str) -> bool:
        """Whether a task was answered with a label."""
        return task in self.labels and self.labels[task]["label"] == label

    def confidence(self, task: str) -> float:
        """Probability of the label that a task was answered with."""
        answer = self.labels[task]
        return float(answer["scores"][answer["label"]])


@dataclass(slots=True)
class _Told:
    """Texts that have been quoted, so that none is quoted twice."""

    texts: set[str] = field(default_factory=set)

    def first(self, ranked: Sequence[Answered], most: int) -> list[Answered]:
        chosen: list[Answered] = []
        for item in ranked:
            if len(chosen) == most:
                break
            if item.text not in self.texts:
                self.texts.add(item.text)
                chosen.append(item)
        return chosen


def posts(answered: Sequence[Answered]) -> Iterator[str]:
    """A table with one line a post, in the order of the comments."""
    by_post: dict[str, list[Answered]] = {}
    for item in answered:
        by_post.setdefault(item.post, []).append(item)
    width = max(map(len, by_post), default=0)
    yield f"  {'':<{width}}  {'  '.join(_HEADING)}"
    for post, items in by_post.items():
        counts = (
            len(items),
            _count(items, "substance", "substantive"),
            _count(items, "question", "question"),
            _count(items, "sentiment", "positive"),
            _count(items, "sentiment", "negative"),
            _count(items, "authenticity", "spam"),
            _count(items, "toxicity", "toxic"),
            sum(item.needs_review for item in items),
        )
        cells = (
            f"{number or '.':>{len(name)}}" for name, number in zip(_HEADING, counts, strict=True)
        )
        yield f"  {post:<{width}}  {'  '.join(cells)}"


def examples(answered: Sequence[Answered]) -> Iterator[str]:
    """The surest comments of each label, how sure, and what is to be reviewed and why."""
    told = _Told()
    for task, label in _SHOWN:
        found = [item for item in answered if item.is_(task, label)]
        found.sort(key=lambda item: _rank(item, task))
        yield f"  {label}" if found else f"  {label}: none found"
        for item in told.first(found, _EXAMPLES):
            yield f"    {_sure(item, task)}  {_quoted(item.text)}"


def reviews(answered: Sequence[Answered]) -> Iterator[str]:
    """The least certain answers, each with the label it would be."""
    told = _Told()
    doubts = [
        (item.confidence(task.name), at, task.name, item)
        for at, item in enumerate(answered)
        for task in TASKS
        if item.labels.get(task.name, {}).get("review")
    ]
    doubts.sort(key=lambda doubt: doubt[:3])
    shown = 0
    for _, _, task, item in doubts:
        if shown == _REVIEWED:
            return
        if told.first([item], 1):
            shown += 1
            label = item.labels[task]["label"]
            yield f"    {_sure(item, task)}  {f'{label}?':<13}{_quoted(item.text)}"


def _count(items: Sequence[Answered], task: str, label: str) -> int:
    return sum(item.is_(task, label) for item in items)


def _rank(item: Answered, task: str) -> tuple[bool, bool, float]:
    """Sure answers first, among them texts of a length that is easy to read."""
    return (
        bool(item.labels[task]["review"]),
        len(item.text) not in _EASY_TO_READ,
        -item.confidence(task),
    )


def _sure(item: Answered, task: str) -> str:
    # Never 100: no answer is certain, and rounding must not say so.
    return f"{min(99, round(100 * item.confidence(task))):>3}%"


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= _QUOTE else line[: _QUOTE - 1].rstrip() + '…'}”"

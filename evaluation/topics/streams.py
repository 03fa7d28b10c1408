"""The streams of comments with known questions, week by week."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.comment import Comment, make_comment
from sedno.datasets.io.rows import Row
from sedno.evaluation.topics.scores import NOWHERE, agree, kept_ids, majority, precision_recall
from sedno.models.topics.engine import fit
from sedno.models.topics.records import Asked, Found, Options

SETS: Final[dict[str, tuple[str, ...]]] = {
    "test": ("kajaki_drawa", "lodziarnia_kropka", "rowery_tura"),
    "dev": ("halny", "sowa", "zawrat"),
    "seen": (
        "balia_borowa", "iglowska", "kominki_zar", "pasieka_lipowa",
        "stajnia_wrzos", "sum_jeziorny", "talerzyk_box", "wilczy_stol",
    ),
}  # fmt: skip
"""The streams that nothing was made by; those looked at while the engine was made; and those that
were a test until their names were looked at, or whose niche has questions in training."""

WEEKS: Final = 6
_PARTS: Final = 60
"""Parts of a comment, so that halves, thirds and quarters add up exactly."""

_DISTRACTING: Final = frozenset(
    {
        "praise", "complaint", "rhetorical", "answer", "tag", "spam", "toxic", "statement",
        "distracting",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One comment of a stream with its gold.

    Attributes:
        comment: The comment.
        week: Its week, from 1.
        kind: What it is.
        intents: What it asks.
    """

    comment: Comment
    week: int
    kind: str
    intents: tuple[str, ...]

    @property
    def distracting(self) -> bool:
        """Whether it asks nothing, so that no topic should take it."""
        return self.kind in _DISTRACTING


def load(name: str) -> list[Line]:
    """Reads a stream, in the order of time."""
    lines = _read(name, "jsonl").splitlines()
    out = []
    for at, text in enumerate(lines):
        given = json.loads(text)
        comment = make_comment(given, default_id=at + 1)
        out.append(Line(comment, given["week"], given["kind"], tuple(given["intents"])))
    return out


def _read(name: str, kind: str) -> str:
    folder = resources.files("sedno.evaluation.topics").joinpath("written")
    inside = next(part for part, names in SETS.items() if name in names)
    return folder.joinpath(inside, f"{name}.{kind}").read_text(encoding="utf-8")


def rows(lines: Sequence[Line]) -> Iterator[Row]:
    """The comments as a reader would give them."""
    for at, line in enumerate(lines):
        yield Row(at + 1, at, line.comment, None, "", id=line.comment.id)


def measure(lines: Sequence[Line], topics: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Scores the topics of a whole stream.

    Args:
        lines: The stream.
        topics: Comment id -> ids of its topics, best first.

    Returns:
        V-measure and ARI on comments that ask one thing; shares of questions left out and of
        distracting comments taken in; for comments that ask several things the share of their
        intents that one of their topics stands for; the share of one-off questions taken in, where
        the stream tells them apart.
    """
    single = [line for line in lines if len(line.intents) == 1]
    truth = [line.intents[0] for line in single]
    found = [next(iter(topics.get(line.comment.id, ())), NOWHERE) for line in single]
    stands_for = majority(truth, found)
    wanted = met = 0
    for line in lines:
        if len(line.intents) > 1:
            have = {stands_for.get(topic) for topic in topics.get(line.comment.id, ())}
            wanted += len(line.intents)
            met += len(have & set(line.intents))
    asking = [line for line in lines if line.intents]
    away = [line for line in lines if line.distracting]
    once = [line for line in lines if line.kind == "single"]

    def taken(chosen: Sequence[Line]) -> float:
        return sum(bool(topics.get(line.comment.id)) for line in chosen) / max(len(chosen), 1)

    return {
        **agree(truth, found).to_dict(),
        "unassigned": 1.0 - taken(asking),
        "taken_in": taken(away),
        "one_off_taken_in": taken(once) if once else None,
        "several_found": met / max(wanted, 1),
        "questions": len(asking),
        "distracting": len(away),
    }


def weekly(lines: Sequence[Line], asked: Sequence[Asked], options: Options) -> dict[str, Any]:
    """Runs a stream week by week, each run over all comments so far, and follows the ids.

    Returns:
        Counts: new topics announced rightly, announced, intents noticed, intents new; survivors
        with the same id, survivors.
    """
    when = {line.comment.id: line.week for line in lines}
    intents = {line.comment.id: line.intents for line in lines}
    started: dict[str, int] = {}
    for line in lines:
        for intent in line.intents:
            started.setdefault(intent, line.week)
    counts = [0, 0, 0, 0, 0, 0]
    found: Found | None = None
    before: dict[str, str] = {}
    for week in range(1, WEEKS + 1):
        known = [one for one in asked if when[one.id] <= week]
        found = fit(known, options, previous=found)
        now = {comment: next(iter(ids), "") for comment, ids in found.assignments().items()}
        if week > 1:
            announced = [
                _intent(topic.id, now, intents)
                for topic in found.topics
                if topic.trend.verdict == "new"
            ]
            new = [intent for intent, first in started.items() if first == week]
            for at, value in enumerate(precision_recall(announced, new)):
                counts[at] += value
            kept, survivors = kept_ids(before, now)
            counts[4] += kept
            counts[5] += survivors
        before = now
    names = ("announced_rightly", "announced", "noticed", "new", "ids_kept", "survivors")
    return dict(zip(names, counts, strict=True))


def _intent(
    topic: str, topics: Mapping[str, str], intents: Mapping[str, Sequence[str]]
) -> str | None:
    asked = [
        (intents[comment][0] if intents[comment] else "", topic)
        for comment, found in topics.items()
        if found == topic
    ]
    stands_for = majority([intent for intent, _ in asked], [name for _, name in asked])
    return stands_for.get(topic) or None


def single_units(
    lines: Sequence[Line], asked: Sequence[Asked]
) -> tuple[list[str], NDArray[np.float32], list[str]]:
    """Texts, embeddings and intents of the comments that ask one thing and were found to ask."""
    intents = {line.comment.id: line.intents[0] for line in lines if len(line.intents) == 1}
    chosen = [one for one in asked if one.id in intents]
    return (
        [one.units[0].text for one in chosen],
        np.stack([one.units[0].vector for one in chosen]),
        [intents[one.id] for one in chosen],
    )


def names(name: str, lines: Sequence[Line], found: Found) -> list[dict[str, Any]]:
    """Each topic's name beside the true question of the intent that most of it asks.

    A comment that asks several things counts in parts for each, since nobody wrote down which
    of its sentences asks which. Where intents tie, all of their questions are given. There is
    none for a topic in which nothing asks any of the intents.
    """
    true = json.loads(_read(name, "intents.json"))["intents"]
    intents = {line.comment.id: line.intents for line in lines}
    inside: dict[str, list[str]] = {}
    for comment, topics in found.assignments().items():
        for topic in topics:
            inside.setdefault(topic, []).append(comment)
    out = []
    for one in found.topics:
        comments = inside[one.id]
        asked: Counter[str] = Counter()
        for comment in comments:
            for intent in intents[comment]:
                asked[intent] += _PARTS // len(intents[comment])
        most = max(asked.values(), default=0)
        out.append({
            "topic": one.id,
            "name": one.name,
            "canonical": one.canonical,
            "questions": [true[intent] for intent in sorted(asked) if asked[intent] == most],
            "size": one.size,
            "purity": most / _PARTS / len(comments),
        })  # fmt: skip
    return out

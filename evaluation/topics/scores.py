"""Figures for topics: agreement with intents, what is left over, what is taken in wrongly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from sedno.evaluation.studies.clustering import agreement

NOWHERE = ""
"""Stands for questions that got no topic: they count as one cluster of its own."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How topics agree with intents.

    Attributes:
        v_measure: V-measure, equal to NMI with the arithmetic mean; what got no topic counts as
            one cluster.
        ari: Adjusted Rand index, likewise.
        topics: Number of topics.
        intents: Number of intents.
        unassigned: Share of the questions without a topic.
    """

    v_measure: float
    ari: float
    topics: int
    intents: int
    unassigned: float

    def to_dict(self) -> dict[str, float]:
        """The figures by name."""
        return asdict(self)


def agree(truth: Sequence[str], found: Sequence[str]) -> Agreement:
    """Compares topics with intents, question by question.

    Args:
        truth: The intent of each question.
        found: Its topic, :data:`NOWHERE` for none.
    """
    rows = {name: at for at, name in enumerate(dict.fromkeys(truth))}
    columns = {name: at for at, name in enumerate(dict.fromkeys(found))}
    table = np.zeros((len(rows), len(columns)))
    for right, topic in zip(truth, found, strict=True):
        table[rows[right], columns[topic]] += 1
    v_measure, ari = agreement(table)
    return Agreement(
        v_measure=v_measure,
        ari=ari,
        topics=len(set(found) - {NOWHERE}),
        intents=len(rows),
        unassigned=sum(topic == NOWHERE for topic in found) / max(len(found), 1),
    )


def majority(truth: Sequence[str], found: Sequence[str]) -> dict[str, str]:
    """Topic -> the intent that most of its questions have."""
    inside: dict[str, Counter[str]] = {}
    for right, topic in zip(truth, found, strict=True):
        if topic != NOWHERE:
            inside.setdefault(topic, Counter())[right] += 1
    return {
        topic: max(sorted(intents), key=intents.__getitem__) for topic, intents in inside.items()
    }


def precision_recall(
    announced: Sequence[str | None], true: Sequence[str]
) -> tuple[int, int, int, int]:
    """Counts for the notice of new topics.

    Args:
        announced: The intent behind each announced topic; ``None`` where it has none.
        true: Intents that are new.

    Returns:
        Announced rightly, announced, noticed, new.
    """
    new = set(true)
    right = sum(intent in new for intent in announced)
    return right, len(announced), len(new & set(announced)), len(new)


def kept_ids(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[int, int]:
    """Counts surviving topics that kept their id.

    A topic survives where most of its comments of the week before still share one topic that
    holds more of it than of any other topic of that week.

    Args:
        before: Comment -> topic in the week before.
        after: Comment -> topic now; those of new comments may be there too.

    Returns:
        Survivors with the same id, survivors.
    """
    flows: dict[str, Counter[str]] = {}
    into: dict[str, Counter[str]] = {}
    sizes: Counter[str] = Counter(topic for topic in before.values() if topic)
    for comment, old in before.items():
        new = after.get(comment, "")
        if old and new:
            flows.setdefault(old, Counter())[new] += 1
            into.setdefault(new, Counter())[old] += 1
    kept = survivors = 0
    for old, targets in flows.items():
        target, shared = max(sorted(targets.items()), key=lambda pair: pair[1])
        rival = max(count for name, count in into[target].items() if name != old) if len(
            into[target]
        ) > 1 else 0  # fmt: skip
        if shared * 2 > sizes[old] and shared > rival:
            survivors += 1
            kept += target == old
    return kept, survivors

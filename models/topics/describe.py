"""What a topic is like: size, authors, sentiment, share, weeks, trend, name."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Final

import numpy as np

from sedno.models.topics.naming import Named, name_topics
from sedno.models.topics.records import Matrix, Member, Options, Topic
from sedno.models.topics.views import centred, normalised
from sedno.models.topics.weeks import NO_TREND, Trend, trends, weeks_between
from sedno.models.topics.words import content_words, plain

_RELATED: Final = 5
_NEAR: Final = 0.4
_NEAR_ELSEWHERE: Final = 0.55
_BLOCK: Final = 1_024
_CROWD: Final = 2_000
"""In a topic of more questions, the centre is what most are near to, and far cheaper."""


def describe(
    members: Sequence[Member],
    vectors: Matrix,
    shown: Sequence[str],
    *,
    known: Mapping[str, Topic],
    options: Options,
    scopes: Collection[str] | None = None,
    done: Callable[[float], None] = lambda _: None,
) -> list[Topic]:
    """Describes all topics that questions are in.

    Args:
        members: All questions.
        vectors: ``(members, dim)`` their embeddings.
        shown: Id of the topic of each, after edits; ``""`` where none.
        known: Topics of the run before by id: a topic keeps its name while that still fits.
        options: How many phrases and examples to keep.
        scopes: Only these; all where ``None``.
        done: Is told which share of the questions is dealt with, after each scope.

    Returns:
        The topics, scope by scope, the largest first.
    """
    rows: dict[str, list[int]] = defaultdict(list)
    for at, member in enumerate(members):
        if scopes is None or member.scope in scopes:
            rows[member.scope].append(at)
    out: list[Topic] = []
    ready, every = 0, sum(map(len, rows.values()))
    for scope in sorted(rows):
        out += _describe_scope(scope, rows[scope], members, vectors, shown, known, options)
        ready += len(rows[scope])
        done(ready / every)
    return out


def _describe_scope(
    scope: str,
    rows: Sequence[int],
    members: Sequence[Member],
    vectors: Matrix,
    shown: Sequence[str],
    known: Mapping[str, Topic],
    options: Options,
) -> list[Topic]:
    groups: dict[str, list[int]] = defaultdict(list)
    for at in rows:
        if shown[at]:
            groups[shown[at]].append(at)
    ids = sorted(groups)
    texts = [[members[at].text for at in groups[topic]] for topic in ids]
    near = [_nearness(vectors[groups[topic]]) for topic in ids]
    spoken = [[members[at].language for at in groups[topic]] for topic in ids]
    named = name_topics(texts, near, spoken, phrases=options.phrases)
    asked = {members[at].comment for at in rows}
    weeks, moves = _over_time([groups[topic] for topic in ids], rows, members)
    topics = [
        _topic(
            topic, scope, [members[at] for at in groups[topic]], name, closeness, len(asked),
            weeks[at], moves[at], known.get(topic), options,
        )
        for at, (topic, name, closeness) in enumerate(zip(ids, named, near, strict=True))
    ]  # fmt: skip
    return sorted(topics, key=lambda topic: (-topic.size, topic.id))


def related(
    members: Sequence[Member], vectors: Matrix, shown: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Topics that ask something near to each, the nearest first; of other sources too.

    Args:
        members: All questions.
        vectors: ``(members, dim)`` their embeddings.
        shown: Id of the topic of each, after edits; ``""`` where none.
    """
    scopes: dict[str, list[int]] = defaultdict(list)
    groups: dict[str, list[int]] = defaultdict(list)
    for at, (member, topic) in enumerate(zip(members, shown, strict=True)):
        scopes[member.scope].append(at)
        if topic:
            groups[topic].append(at)
    if len(groups) < 2:
        return {}
    apart = np.array(vectors, dtype=np.float32)
    for inside in scopes.values():
        apart[inside] = centred(apart[inside])
    ids = sorted(groups)
    sources = np.array([members[groups[topic][0]].scope for topic in ids])
    centres = np.stack([centre(apart[groups[topic]]) for topic in ids])
    out = {}
    for first in range(0, len(ids), _BLOCK):
        alike = centres[first : first + _BLOCK] @ centres.T
        for at, row in enumerate(alike, start=first):
            row[at] = -1.0
            least = np.where(sources == sources[at], _NEAR, _NEAR_ELSEWHERE)
            order = np.argsort(-row, kind="stable")
            near = order[row[order] >= least[order]][:_RELATED]
            out[ids[at]] = tuple(ids[other] for other in near)
    return out


def centre(vectors: Matrix) -> Matrix:
    """Mean direction of rows, ``(dim,)`` of unit length."""
    middle: Matrix = normalised(vectors.mean(axis=0, keepdims=True))[0]
    return middle


def _nearness(vectors: Matrix) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """How typical each question is: its mean cosine with the half of its topic nearest to it.

    The centre of a topic that strayed questions pull at may lie between its meanings; where most
    questions stand close together, one of them says it best.
    """
    if len(vectors) > _CROWD:
        return np.asarray(vectors @ centre(vectors), dtype=np.float64)
    alike = np.sort(vectors @ vectors.T, axis=1)
    half = math.ceil(len(vectors) / 2)
    return np.asarray(alike[:, -half:].mean(axis=1), dtype=np.float64)


def _topic(  # noqa: PLR0917 - what a topic is made of
    topic: str,
    scope: str,
    inside: Sequence[Member],
    named: Named,
    near: np.ndarray[tuple[int], np.dtype[np.float64]],
    asked: int,
    weeks: Mapping[str, int],
    trend: Trend,
    before: Topic | None,
    options: Options,
) -> Topic:
    comments: dict[str, Member] = {}
    for member in inside:
        comments.setdefault(member.comment, member)
    authors = {member.author for member in comments.values() if member.author is not None}
    times = sorted(member.when for member in comments.values() if member.when is not None)
    examples = tuple(dict.fromkeys(inside[at].comment for at in named.order))
    name = named.name
    if before is not None and _still_fits(before.found_name, named):
        name = before.found_name
    return Topic(
        id=topic,
        scope=scope,
        name=name,
        found_name=name,
        phrases=named.phrases,
        canonical=named.canonical,
        examples=examples[: options.examples],
        size=len(comments),
        authors=len(authors) if authors else None,
        share=len(comments) / asked if asked else 0.0,
        sentiments=_counted(member.sentiment for member in comments.values()),
        languages=_counted(member.language for member in comments.values()),
        first_seen=times[0] if times else None,
        last_seen=times[-1] if times else None,
        weeks=weeks,
        trend=trend,
        cohesion=float(np.clip(near.mean(), 0.0, 1.0)),
        products=_counted(member.product for member in comments.values()),
    )


def _counted(values: Iterable[str | None]) -> dict[str, int]:
    counts = Counter(value for value in values if value is not None)
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def _still_fits(name: str, named: Named) -> bool:
    """Whether a name still speaks of what the topic is about, so that it is kept."""
    said = {word[:5] for word in content_words(name)}
    telling = " ".join([*named.phrases, named.canonical, named.name])
    return bool(said & {plain(word)[:5] for word in content_words(telling)})


def _over_time(
    groups: Sequence[Sequence[int]], rows: Sequence[int], members: Sequence[Member]
) -> tuple[list[dict[str, int]], list[Trend]]:
    """Comments by week, and trends, of each group; empty where no comment has a time."""
    asked = {at: members[at].week for at in rows}
    when = {at: week for at, week in asked.items() if week is not None}
    if not when:
        return [{} for _ in groups], [NO_TREND for _ in groups]
    weeks = weeks_between(min(when.values()), max(when.values()))
    place = {week: at for at, week in enumerate(weeks)}

    def counted(chosen: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        seen = {(when[at], members[at].comment) for at in chosen if at in when}
        found = np.zeros(len(weeks), dtype=np.int64)
        for week, _ in seen:
            found[place[week]] += 1
        return found

    totals = counted(rows)
    if not groups:
        return [], []
    counts = np.stack([counted(group) for group in groups])
    by_week = [
        {week.isoformat(): int(count) for week, count in zip(weeks, row, strict=True)}
        for row in counts
    ]
    return by_week, trends(counts, totals)

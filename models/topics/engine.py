"""Finds the topics of many questions, again and again, and lets new questions join.

All functions are pure: records in, a new :class:`~sedno.models.topics.records.Found` out. What
happens with it (a file, a database) is the caller's affair.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from sedno.models.topics.before import Before, look_back
from sedno.models.topics.clustering import NONE, cluster
from sedno.models.topics.describe import centre
from sedno.models.topics.edits import described, overlay
from sedno.models.topics.identity import Event, Known, Matched, match
from sedno.models.topics.joining import join
from sedno.models.topics.records import Asked, Found, Matrix, Member, Options
from sedno.models.topics.views import letter_table

Tell = Callable[[str], None]
Reached = Callable[[str, float], None]
"""Is told which step is at work (:data:`GROUPING`, :data:`NAMING`) and its share that is done."""

GROUPING: Final = "grouping"
NAMING: Final = "naming"


def fit(
    asked: Sequence[Asked],
    options: Options = Options(),  # noqa: B008 - frozen
    *,
    previous: Found | None = None,
    model: str = "",
    kept: Collection[str] = (),
    tell: Tell = lambda _: None,
    reached: Reached = lambda _step, _share: None,
) -> Found:
    """Finds topics anew and keeps the ids, names and edits of the run before.

    Args:
        asked: Comments that ask something, with their questions.
        options: How topics are found.
        previous: The run before; ``None`` for the first.
        model: Name of the model that embedded.
        kept: Ids of comments of the run before that are not read anew and stay in their topics.
            Without them a comment that is not asked is gone.
        tell: Is told what is being done.
        reached: Is told how far it is.

    Raises:
        ValueError: The previous run was embedded by another model, or two comments have one id.
    """
    _check(asked, previous, model)
    before = look_back(previous, asked, kept)
    members, vectors = _members(asked)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for at, member in enumerate(members):
        rows_of[member.scope].append(at)
    topics = [""] * len(members)
    scores = [0.0] * len(members)
    run = previous.run + 1 if previous else 1
    next_id = previous.next_id if previous else 1
    events = list(previous.events) if previous else []
    guarded = overlay(previous.edits).guarded if previous else frozenset()
    done = 0
    reached(GROUPING, 0.0)
    for scope in sorted(rows_of):
        rows = rows_of[scope]
        tell(f"{scope or 'all'}: {len(rows):,} questions")
        clustering = cluster(
            [members[at].text for at in rows],
            vectors[rows],
            np.array([members[at].sure for at in rows]),
            min_size=options.min_size,
            seed=options.seed,
            owners=[members[at].comment for at in rows],
            weeks=[members[at].week for at in rows],
        )
        groups: list[list[int]] = [[] for _ in range(clustering.count)]
        for at, number in zip(rows, clustering.groups.tolist(), strict=True):
            if number != NONE:
                groups[number].append(at)
        topics_before = before.topics.get(scope, {})
        known = before.known.get(scope, ())
        groups = _carve(groups, members, vectors, topics_before, known, guarded)
        matched = match(
            known,
            topics_before,
            [[members[at].key for at in group] for group in groups],
            np.stack([centre(vectors[group]) for group in groups])
            if groups
            else np.zeros((0, vectors.shape[1] if vectors.ndim == 2 else 0), np.float32),
        )
        ids: list[str] = []
        for found in matched.ids:
            ids.append(found or f"t{next_id}")
            next_id += found is None
        events += _events(matched, ids, run, first=previous is None, alive=before.alive)
        for group, topic in zip(groups, ids, strict=True):
            for at in group:
                topics[at] = topic
        for at, score in zip(rows, clustering.scores.tolist(), strict=True):
            scores[at] = score if topics[at] else 0.0
        for at, topic, score in _joined(rows, members, vectors, topics, before):
            topics[at], scores[at] = topic, score
        done += len(rows)
        reached(GROUPING, done / len(members))
    members = [
        replace(member, topic=topic, score=round(score, 4))
        for member, topic, score in zip(members, topics, scores, strict=True)
    ]
    members += before.staying
    if before.vectors is not None:
        vectors = np.vstack([vectors, before.vectors]) if len(vectors) else before.vectors
    tell("naming topics")
    reached(NAMING, 0.0)
    edits = previous.edits if previous else ()
    return Found(
        topics=described(
            members,
            vectors,
            edits,
            known={topic.id: topic for topic in previous.topics} if previous else {},
            options=options,
            # Where nothing was read, all stays as it was, to the letter.
            scopes=set(rows_of) | before.left if before.staying else None,
            done=lambda share: reached(NAMING, share),
        ),
        members=tuple(members),
        vectors=vectors,
        events=tuple(events),
        edits=edits,
        run=run,
        next_id=next_id,
        model=model,
    )


def _joined(
    rows: Sequence[int],
    members: Sequence[Member],
    vectors: Matrix,
    topics: Sequence[str],
    before: Before,
) -> list[tuple[int, str, float]]:
    """Questions of a scope that no group has, but a topic of questions that stay takes in.

    Returns:
        Row, topic and score of each.
    """
    scope = members[rows[0]].scope
    there = [at for at, one in enumerate(before.staying) if one.scope == scope and one.topic]
    if before.vectors is None or not there:
        return []
    texts = [members[at].text for at in rows] + [before.staying[at].text for at in there]
    named = [topics[at] for at in rows] + [before.staying[at].topic for at in there]
    ids = sorted(set(named) - {""})
    number = {topic: at for at, topic in enumerate(ids)} | {"": NONE}
    single = np.array([not topic for topic in named])
    found = join(
        letter_table(texts),
        np.vstack([vectors[rows], before.vectors[there]]),
        np.array([number[topic] for topic in named]),
        single,
    )
    left = [at for at in rows if not topics[at]]
    return [
        (at, ids[best], float(np.clip(score, 0.0, 1.0)))
        for at, best, score, taken in zip(left, found.best, found.score, found.taken, strict=True)
        if taken
    ]


def update(
    found: Found,
    asked: Sequence[Asked],
    options: Options = Options(),  # noqa: B008 - frozen
    *,
    without: Collection[str] = (),
    recount: Collection[str] = (),
) -> Found:
    """Lets the questions of new comments join the topics there are; founds none.

    Comments that are known already (by id) are passed over.

    Args:
        found: The run so far.
        asked: New comments.
        options: How much is kept of topics.
        without: Ids of comments whose questions are taken out first.
        recount: Scopes that have lost questions since they were described.
    """
    touched = set(recount) | {one.scope for one in found.members if one.comment in set(without)}
    if without:
        found = _without(found, frozenset(without))
    known = {member.comment for member in found.members}
    fresh, fresh_vectors = _members([one for one in asked if one.id not in known])
    if not fresh and not touched:
        return found
    members = [*found.members, *fresh]
    vectors = found.vectors
    if fresh:
        vectors = np.vstack([vectors, fresh_vectors]) if found.members else fresh_vectors
    first_new = len(found.members)
    rows_of: dict[str, list[int]] = defaultdict(list)
    for at, member in enumerate(members):
        rows_of[member.scope].append(at)
    for scope in sorted({member.scope for member in fresh}):
        rows = np.array(rows_of[scope])
        ids = sorted({members[at].topic for at in rows if at < first_new} - {""})
        number = {topic: at for at, topic in enumerate(ids)}
        groups = np.array([number.get(members[at].topic, NONE) for at in rows])
        joined = join(
            letter_table([members[at].text for at in rows]),
            vectors[rows],
            groups,
            rows >= first_new,
        )
        for at, best, score, taken in zip(
            rows[rows >= first_new], joined.best, joined.score, joined.taken, strict=True
        ):
            if taken:
                members[at] = replace(
                    members[at], topic=ids[best], score=round(float(np.clip(score, 0.0, 1.0)), 4)
                )
    topics = described(
        members,
        vectors,
        found.edits,
        known={topic.id: topic for topic in found.topics},
        options=options,
        scopes=touched | {member.scope for member in fresh},
    )
    return replace(found, topics=topics, members=tuple(members), vectors=vectors)


def _without(found: Found, comments: frozenset[str]) -> Found:
    rows = [at for at, member in enumerate(found.members) if member.comment not in comments]
    members = tuple(found.members[at] for at in rows)
    return replace(found, members=members, vectors=found.vectors[rows])


def _check(asked: Sequence[Asked], previous: Found | None, model: str) -> None:
    ids = {one.id for one in asked}
    if len(ids) < len(asked):
        raise ValueError("asked: two comments have the same id; give each an id of its own")
    if previous is not None and previous.members and model != previous.model:
        raise ValueError(
            f"model: {model!r} embedded these comments, {previous.model!r} those of the run "
            "before; their vectors cannot be compared. Use that model, or begin anew without "
            "the earlier state"
        )


def _members(asked: Sequence[Asked]) -> tuple[list[Member], Matrix]:
    members = [
        Member(
            comment=one.id, unit=number, text=unit.text, scope=one.scope, topic="", score=0.0,
            sure=one.sure, author=one.author, when=one.when, language=one.language,
            sentiment=one.sentiment, product=one.product,
        )
        for one in asked
        for number, unit in enumerate(one.units)
    ]  # fmt: skip
    rows = [unit.vector for one in asked for unit in one.units]
    return members, np.stack(rows).astype(np.float32) if rows else np.zeros((0, 0), np.float32)


def _carve(
    groups: list[list[int]],
    members: Sequence[Member],
    vectors: Matrix,
    before: Mapping[str, Sequence[str]],
    known: Sequence[Known],
    guarded: frozenset[str],
) -> list[list[int]]:
    """Takes topics that editors worked on out of groups that swallowed them.

    A topic is swallowed where most of it lies in a group that holds more of another topic. Its
    questions come out again, and new ones of that group that are nearer to it go along.
    """
    centres = {topic.id: topic.centre for topic in known}
    for topic in sorted(guarded & set(centres)):
        inside = [
            [at for at in group if before.get(members[at].key) == (topic,)] for group in groups
        ]
        sizes = [len(rows) for rows in inside]
        if not sizes or max(sizes) == 0:
            continue
        host = int(np.argmax(sizes))
        others: dict[str, int] = defaultdict(int)
        for at in groups[host]:
            for other in before.get(members[at].key, ()):
                others[other] += 1
        if max(others, key=lambda name: (others[name], name)) == topic:
            continue
        rival = centre(vectors[[at for at in groups[host] if at not in set(inside[host])]])
        out = set(inside[host])
        out |= {
            at
            for at in groups[host]
            if members[at].key not in before
            and float(vectors[at] @ centres[topic]) > float(vectors[at] @ rival)
        }
        groups[host] = [at for at in groups[host] if at not in out]
        groups.append(sorted(out))
    return groups


def _events(
    matched: Matched, ids: Sequence[str], run: int, *, first: bool, alive: Collection[str]
) -> list[Event]:
    """What happened to ids; those with questions that were not read are still there."""
    if first:
        return []
    events = [
        Event("merged", topic, ids[column], matched.shares[topic], run)
        for topic, column in sorted(matched.merged.items())
        if topic not in alive
    ]
    for column, found in enumerate(matched.ids):
        if found is None and column in matched.split:
            share = matched.shares[column]
            events.append(Event("split", ids[column], matched.split[column], share, run))
        elif found is None:
            events.append(Event("born", ids[column], None, 1.0, run))
    gone = [topic for topic in matched.gone if topic not in alive]
    return events + [Event("gone", topic, None, 1.0, run) for topic in gone]

"""Looks at a batch of comments for repeats, shared texts, bursts and tours of many posts.

Known marks of campaigns: near-identical texts from several accounts (Gao et al. 2010, "Detecting
and Characterizing Social Spam Campaigns") and bursts in time (Fei et al. 2013, "Exploiting
Burstiness in Reviews for Review Spammer Detection"). What is fair, and how fast a score rises
from there, is set by judgement and not learned: there are no labelled batches to learn from.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from sedno.datasets.comment import Comment
from sedno.models.behaviour.rates import fullest
from sedno.models.behaviour.reasons import Behaviour, Name, Reason, counted, duration
from sedno.models.behaviour.texts import MAX_CHARS, group_texts
from sedno.models.prediction import Prediction

DAY: Final = 86_400.0

BURSTS: Final = ((60.0, 4), (600.0, 10), (3_600.0, 25))
"""Seconds, and how many comments an eager person may well write in them."""

TOURS: Final = ((600.0, 5), (3_600.0, 15))
"""Seconds, and under how many posts."""

_OWN_RAMP: Final = (8.0, 40.0)
"""Weights of a text between which repeating oneself goes from meaning nothing to all."""

_SHARED_RAMP: Final = (25.0, 55.0)
"""The same for authors who write alike. People do share whole phrases, and any number of people
do: here the weight bounds the score."""

_SLOW: Final = 0.75
"""How much copies count that are not known to lie within a day."""

_ONE_POST: Final = 0.5
"""How much copies by several authors count under one post, which may have asked for them."""

_Found = tuple[int, Reason]


def observe(comments: Sequence[Comment]) -> list[Behaviour | None]:
    """What the comments of a batch say about each other's authors; not what they say itself.

    The answer depends on the set of comments, not on their order. Times at midnight sharp are
    taken for dates without a time, and say nothing about pace.

    Args:
        comments: All that may be compared.

    Returns:
        By comment; ``None`` where it states neither author, nor post, nor time. Such comments
        do not count for the others either.
    """
    seen = [place for place, comment in enumerate(comments) if has_context(comment)]
    items = [_Item.of(comments[place]) for place in seen]
    reasons: dict[int, list[Reason]] = defaultdict(list)
    for look in (_alike, _fast):
        for place, reason in look(items):
            reasons[place].append(reason)
    found: list[Behaviour | None] = [None] * len(comments)
    for number, place in enumerate(seen):
        found[place] = Behaviour.of(reasons[number])
    return found


def with_behaviour(
    predictions: Sequence[Prediction], comments: Sequence[Comment]
) -> list[Prediction]:
    """The predictions with the behaviour around their comments, labels and all else untouched.

    Those with an error stay as they are.

    Args:
        predictions: One a comment.
        comments: The batch, in the same order.

    Raises:
        ValueError: There are not as many of the one as of the other.
    """
    if len(predictions) != len(comments):
        raise ValueError(
            f"predictions: are {len(predictions)} for {len(comments)} comments; give one a comment"
        )
    return [
        prediction
        if found is None or prediction.error is not None
        else replace(prediction, behaviour=found)
        for prediction, found in zip(predictions, observe(comments), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Item:
    """What is looked at of a comment: its post with the source, its time in seconds."""

    text: str
    author: str | None
    post: tuple[str, str] | None
    time: float | None

    @classmethod
    def of(cls, comment: Comment) -> _Item:
        post = None if comment.post_id is None else (comment.source or "", comment.post_id)
        return cls(comment.text, comment.author, post, _seconds(comment.posted_at))


def has_context(comment: Comment) -> bool:
    """Whether a comment states anything that behaviour can be seen from."""
    return not (comment.author is None and comment.post_id is None and comment.posted_at is None)


def _seconds(moment: datetime | None) -> float | None:
    if moment is None or not (moment.hour or moment.minute or moment.second or moment.microsecond):
        return None
    return moment.timestamp()


def _alike(items: Sequence[_Item]) -> Iterator[_Found]:
    """Reasons from texts that are equal or nearly equal."""
    texts = group_texts([item.text for item in items])
    groups: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(texts.groups):
        if group >= 0:
            groups[group].append(place)
    for group, places in groups.items():
        if len(places) > 1:
            by_author: dict[str | None, list[int]] = defaultdict(list)
            for place in places:
                by_author[items[place].author].append(place)
            yield from _copies(items, texts.keys, by_author, texts.weights[group])


def _copies(
    items: Sequence[_Item],
    keys: Sequence[str],
    by_author: dict[str | None, list[int]],
    weight: float,
) -> Iterator[_Found]:
    """Reasons from one text: who repeats it, how many share it."""
    own, shared = _ramp(weight, _OWN_RAMP), _ramp(weight, _SHARED_RAMP)
    nameless = by_author.pop(None, [])
    if len(nameless) > 1:
        ways = _Copies.of(items, keys, nameless)
        score = shared * ways.spread * _rise(ways.pace * (ways.count - 1) / 2)
        reason = Reason(Name.REPEATED_TEXT, score, ways.told("by authors not named"))
        yield from ((place, reason) for place in nameless)
    for places in by_author.values():
        if len(places) > 1:
            ways = _Copies.of(items, keys, places)
            # Sent twice by a slip of the finger, or the network's.
            slip = ways.posts == 1 and ways.all_posts
            score = _rise(own * ways.pace * (ways.count - 1 - slip) / 2)
            reason = Reason(Name.OWN_REPEATS, score, ways.told("by this author"))
            yield from ((place, reason) for place in places)
    if len(by_author) > 1:
        everyone = [place for places in by_author.values() for place in places]
        ways = _Copies.of(items, keys, everyone)
        score = shared * ways.spread * _rise(ways.pace * (len(by_author) - 1) / 2)
        who = f"by {counted(len(by_author), 'author')}"
        reason = Reason(Name.SHARED_TEXT, score, ways.told(who))
        yield from ((place, reason) for place in everyone)


@dataclass(frozen=True, slots=True)
class _Copies:
    """Copies of a text: how alike, how many, under how many posts, within which time."""

    alike: str
    count: int
    posts: int
    all_posts: bool
    seconds: float | None

    @classmethod
    def of(cls, items: Sequence[_Item], keys: Sequence[str], places: Sequence[int]) -> _Copies:
        wordings = {items[place].text for place in places}
        if len(wordings) == 1:
            alike = "the same text"
        elif len({keys[place] for place in places}) == 1 and max(map(len, wordings)) <= MAX_CHARS:
            alike = "the same text, apart from spelling, punctuation, links and emoji,"
        else:
            alike = "nearly the same text"
        posts = {items[place].post for place in places}
        times = [time for place in places if (time := items[place].time) is not None]
        return cls(
            alike,
            len(places),
            len(posts - {None}),
            None not in posts,
            max(times) - min(times) if len(times) == len(places) else None,
        )

    @property
    def pace(self) -> float:
        return 1.0 if self.seconds is not None and self.seconds <= DAY else _SLOW

    @property
    def spread(self) -> float:
        return _ONE_POST if self.posts == 1 and self.all_posts else 1.0

    def told(self, who: str) -> str:
        """The fact, as a phrase."""
        where = f" under {counted(self.posts, 'post')}" if self.all_posts else ""
        when = "" if self.seconds is None else f" within {duration(self.seconds)}"
        return f"{self.alike} {counted(self.count, 'time')} {who}{where}{when}"


def _fast(items: Sequence[_Item]) -> Iterator[_Found]:
    """Reasons from how much one author writes in a time, and under how many posts."""
    by_author: dict[str, list[int]] = defaultdict(list)
    for place, item in enumerate(items):
        if item.author is not None and item.time is not None:
            by_author[item.author].append(place)
    for places in by_author.values():
        yield from _rates(items, places, Name.BURST, BURSTS, "comment", lambda place: place)
        toured = [place for place in places if items[place].post is not None]
        yield from _rates(
            items, toured, Name.MANY_POSTS, TOURS, "post", lambda place: items[place].post
        )


def _rates(
    items: Sequence[_Item],
    places: Sequence[int],
    name: Name,
    limits: Sequence[tuple[float, int]],
    thing: str,
    counts: Callable[[int], Hashable],
) -> Iterator[_Found]:
    """By comment the strongest of the limits that its author passed around it."""
    timed = sorted((items[place].time or 0.0, place) for place in places)
    best: dict[int, Reason] = {}
    for window, fair in limits:
        stretches = fullest(
            [time for time, _ in timed],
            [counts(place) for _, place in timed],
            window=window,
            more_than=fair,
        )
        for (_, place), stretch in zip(timed, stretches, strict=True):
            if stretch is not None:
                score = _rise((stretch.count - fair) / fair)
                if place not in best or score > best[place].score:
                    many = counted(stretch.count, thing)
                    under = "under " if name is Name.MANY_POSTS else ""
                    within = duration(stretch.seconds)
                    best[place] = Reason(name, score, f"{under}{many} by this author in {within}")
    yield from best.items()


def _ramp(weight: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return min(1.0, max(0.0, (weight - low) / (high - low)))


def _rise(strength: float) -> float:
    """From 0 towards 1: every further copy adds less."""
    return 1.0 - math.exp(-strength)

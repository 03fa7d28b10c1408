"""How fast one author writes: the fullest stretch of time around each of the comments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """The fullest stretch that a comment lies in.

    Attributes:
        count: Distinct things in it.
        seconds: From its first comment to its last.
    """

    count: int
    seconds: float


def fullest(
    times: Sequence[float], things: Sequence[Hashable], *, window: float, more_than: int
) -> list[Stretch | None]:
    """The stretch of at most ``window`` seconds around each comment that holds most things.

    Args:
        times: Seconds, ascending.
        things: What is counted, each once a stretch: comments, or the posts they stand under.
        window: Longest stretch.
        more_than: Stretches with no more things are not looked at.

    Returns:
        By comment; ``None`` where no stretch around it holds so many.
    """
    stretches: list[tuple[int, float, int, int]] = []
    inside: Counter[Hashable] = Counter()
    first = 0
    for last, (time, thing) in enumerate(zip(times, things, strict=True)):
        inside[thing] += 1
        while time - times[first] > window:
            inside[things[first]] -= 1
            if not inside[things[first]]:
                del inside[things[first]]
            first += 1
        if len(inside) > more_than:
            stretches.append((-len(inside), time - times[first], first, last))
    found: list[Stretch | None] = [None] * len(times)
    # The fullest first, the shortest among equals; each place is filled once, and `after` leads
    # past what is filled.
    after = list(range(len(times) + 1))
    for count, seconds, start, last in sorted(stretches):
        place = _skip(after, start)
        while place <= last:
            found[place] = Stretch(-count, seconds)
            after[place] = place + 1
            place = _skip(after, place)
    return found


def _skip(after: list[int], place: int) -> int:
    while after[place] != place:
        after[place] = after[after[place]]
        place = after[place]
    return place

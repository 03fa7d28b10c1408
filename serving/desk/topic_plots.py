"""Geometry of the plots of topics: weeks in rows, and the map; ``plots.html`` draws it as SVG."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median
from typing import Final

from sedno.serving.topics.shown import MOST_WEEKS, Dot, Report, Shown

MOST_ROWS: Final = 12
"""Most topics of the plot of weeks."""

COLOURS: Final = 8
"""Topics of the map that have a colour of their own, the largest."""

SPARK: Final = (120, 26)
"""Width and height of a small line of weeks."""

_NAMES: Final = 330
_WEEKS: Final = 500
_SUMS: Final = 60
_ROW: Final = 36
_BAR: Final = 26
_LEAST: Final = 1.5
_GAP: Final = 0.2
_TICKS: Final = 6
_AXIS: Final = 26

_WIDTH: Final = 960
_HEIGHT: Final = 640
_MARGIN: Final = 24
_LABELS: Final = 24
_LABEL_CHARS: Final = 34
_LABEL_ROW: Final = 17
_CHAR: Final = 8.6
_AWAY: Final = 11
_STEPS: Final = (0, 18, 36)
_TEXT_CHARS: Final = 160


@dataclass(frozen=True, slots=True)
class WeekBar:
    """Comments of one week.

    Attributes:
        x: Its left edge.
        y: Its upper edge, from the upper edge of its row.
        width: Its width.
        height: Its height.
        week: The Monday.
        value: How many comments.
    """

    x: float
    y: float
    width: float
    height: float
    week: date
    value: int


@dataclass(frozen=True, slots=True)
class WeekRow:
    """A topic of the plot of weeks.

    Attributes:
        topic: It.
        y: The upper edge of its row.
        label: Its name, cut to fit.
        bars: One for each week with a comment.
        total: Comments in these weeks.
    """

    topic: Shown
    y: float
    label: str
    bars: list[WeekBar]
    total: int


@dataclass(frozen=True, slots=True)
class Weeks:
    """Topics over time: a row each, all rows of one scale.

    Attributes:
        rows: The rows, the topic with most comments first.
        mondays: The weeks, the oldest first.
        ticks: Place and Monday of what stands below.
        left: Where the weeks begin.
        right: Where they end.
        width: Width of it all.
        height: Height of it all.
        top: Comments of the tallest bar.
        left_out: Topics that there is no row for.
    """

    rows: list[WeekRow]
    mondays: list[date]
    ticks: list[tuple[float, date]]
    left: int
    right: int
    width: int
    height: int
    top: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Spot:
    """A question of the map."""

    x: float
    y: float
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """A topic of the map.

    Attributes:
        topic: It.
        colour: Number of its colour; ``None`` for the common one.
        spots: Its questions.
        label: Its name, cut to fit; ``None`` where there is no room.
        x: Where the label stands, its middle.
        y: Where the label stands, its base line.
    """

    topic: Shown
    colour: int | None
    spots: list[Spot]
    label: str | None
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Map:
    """The map of the questions.

    Attributes:
        clusters: Topics, the smallest first, so that what matters lies on top.
        single: Questions of no topic.
        width: Width of it all.
        height: Height of it all.
        drawn: Questions that are drawn.
    """

    clusters: list[Cluster]
    single: list[Spot]
    width: int
    height: int
    drawn: int


def weeks_of(report: Report, *, most: int = MOST_ROWS) -> Weeks | None:
    """The plot of the topics with most comments in the last weeks; ``None`` without times."""
    mondays = report.mondays()
    if not mondays:
        return None
    sums = [(sum(topic.in_week(week) for week in mondays), topic) for topic in report.topics]
    ranked = sorted((pair for pair in sums if pair[0]), key=lambda pair: -pair[0])
    chosen = ranked[:most]
    top = max((topic.in_week(week) for _, topic in chosen for week in mondays), default=1)
    step = _WEEKS / len(mondays)
    every = -(-len(mondays) // _TICKS)
    return Weeks(
        rows=[
            WeekRow(
                topic=topic,
                y=at * _ROW,
                label=cut(topic.name, 40),
                bars=list(_bars(topic, mondays, top)),
                total=total,
            )
            for at, (total, topic) in enumerate(chosen)
        ],
        mondays=mondays,
        ticks=[
            (round(_NAMES + (at + 0.5) * step, 2), week)
            for at, week in enumerate(mondays)
            # Counted from the right: the last week always stands there.
            if (len(mondays) - 1 - at) % every == 0
        ],
        left=_NAMES,
        right=_NAMES + _WEEKS,
        width=_NAMES + _WEEKS + _SUMS,
        height=len(chosen) * _ROW + _AXIS,
        top=top,
        left_out=len(report.topics) - len(chosen),
    )


def map_of(report: Report) -> Map | None:
    """The map; ``None`` where no question has a place yet."""
    if not report.dots:
        return None
    inside: dict[str, list[Dot]] = defaultdict(list)
    for dot in report.dots:
        inside[dot.topic].append(dot)
    place = _placer(report.dots)
    taken: list[tuple[float, float, float, float]] = []
    clusters = []
    drawn = [topic for topic in report.by_size() if topic.id in inside]
    for rank, topic in enumerate(drawn):
        spots = [_spot(dot, place) for dot in inside[topic.id]]
        label, x, y = _label(topic.name, spots, taken) if rank < _LABELS else (None, 0.0, 0.0)
        clusters.append(
            Cluster(topic, rank if rank < COLOURS else None, spots, label, round(x, 1), round(y, 1))
        )
    return Map(
        clusters=clusters[::-1],
        single=[_spot(dot, place) for dot in inside.get("", [])],
        width=_WIDTH,
        height=_HEIGHT,
        drawn=len(report.dots),
    )


def spark(weeks: Sequence[int]) -> str:
    """Points of a small line of the last weeks, as ``points`` of a polyline."""
    values = list(weeks)[-MOST_WEEKS:]
    if len(values) == 1:
        values *= 2  # one point would draw no line
    width, height = SPARK
    top = max(values, default=1) or 1
    step = width / max(len(values) - 1, 1)
    return " ".join(
        f"{round(at * step, 1)},{round(height - 2 - (height - 4) * value / top, 1)}"
        for at, value in enumerate(values)
    )


def cut(text: str, most: int) -> str:
    """A text on one line, of so many characters at most."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def _bars(topic: Shown, mondays: Sequence[date], top: int) -> Iterator[WeekBar]:
    step = _WEEKS / len(mondays)
    for at, week in enumerate(mondays):
        value = topic.in_week(week)
        if value:
            height = max(_BAR * value / top, _LEAST)
            yield WeekBar(
                x=round(_NAMES + (at + _GAP / 2) * step, 2),
                y=round(_ROW - 4 - height, 2),
                width=round(step * (1 - _GAP), 2),
                height=round(height, 2),
                week=week,
                value=value,
            )


class _Placer:
    """From the unit square to the drawing, filling it."""

    def __init__(self, dots: Sequence[Dot]) -> None:
        xs, ys = [dot.x for dot in dots], [dot.y for dot in dots]
        self._x, self._width = min(xs), max(max(xs) - min(xs), 1e-9)
        self._y, self._height = min(ys), max(max(ys) - min(ys), 1e-9)

    def __call__(self, dot: Dot) -> tuple[float, float]:
        """The place of a question; the middle where all are at one place."""
        flat = self._width < 1e-6  # noqa: PLR2004 - of rounded numbers
        low = self._height < 1e-6  # noqa: PLR2004
        x = 0.5 if flat else (dot.x - self._x) / self._width
        y = 0.5 if low else (dot.y - self._y) / self._height
        return (
            round(_MARGIN + x * (_WIDTH - 2 * _MARGIN), 1),
            round(_MARGIN + y * (_HEIGHT - 2 * _MARGIN), 1),
        )


def _placer(dots: Sequence[Dot]) -> _Placer:
    return _Placer(dots)


def _spot(dot: Dot, place: _Placer) -> Spot:
    x, y = place(dot)
    return Spot(x, y, dot.comment, cut(dot.text, _TEXT_CHARS))


def _label(
    name: str, spots: Sequence[Spot], taken: list[tuple[float, float, float, float]]
) -> tuple[str | None, float, float]:
    """A name beside its questions where no other name stands; ``None`` where there is no room."""
    text = cut(name, _LABEL_CHARS)
    half = len(text) * _CHAR / 2
    x = min(max(median(spot.x for spot in spots), half + 4), _WIDTH - half - 4)
    ys = sorted(spot.y for spot in spots)
    few = len(ys) // 10  # strays do not push the name away
    above, below = ys[few] - _AWAY, ys[-1 - few] + _AWAY + _LABEL_ROW - 4
    for y in (place for step in _STEPS for place in (above - step, below + step)):
        box = (x - half, y - _LABEL_ROW + 3, x + half, y + 4)
        if not 0 <= box[1] <= box[3] <= _HEIGHT:
            continue
        if not any(_overlap(box, other) for other in taken):
            taken.append(box)
            return text, x, y
    return None, 0.0, 0.0


def _overlap(
    one: tuple[float, float, float, float], other: tuple[float, float, float, float]
) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]

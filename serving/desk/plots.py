"""Geometry of the overview's plots; the templates draw it as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 560
"""Width of a plot, in the units of its view box."""

HEIGHT: Final = 120
"""Height of a plot."""

_GAP = 0.25
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its place and size."""

    x: float
    y: float
    width: float
    height: float
    value: int


@dataclass(frozen=True, slots=True)
class Bars:
    """A plot of numbers.

    Attributes:
        bars: One a number.
        top: The number at the upper edge.
    """

    bars: list[Bar]
    top: int


@dataclass(frozen=True, slots=True)
class Line:
    """A plot of shares over time.

    Attributes:
        points: Places of the shares that there are, from the left.
        path: The same as ``points`` of a polyline.
    """

    points: list[tuple[float, float]]
    path: str


def bars(values: Sequence[int]) -> Bars:
    """Bars from the lower edge up."""
    top = _round_up(max(values, default=0))
    step = WIDTH / max(len(values), 1)
    return Bars(
        [
            Bar(
                round(at * step + step * _GAP / 2, 2),
                round(HEIGHT * (1 - value / top), 2),
                round(step * (1 - _GAP), 2),
                round(HEIGHT * value / top, 2),
                value,
            )
            for at, value in enumerate(values)
        ],
        top,
    )


def line(shares: Sequence[float | None]) -> Line:
    """A line of shares: 1 is at the upper edge, 0 at the lower."""
    step = WIDTH / max(len(shares) - 1, 1)
    points = [
        (round(at * step, 2), round(HEIGHT * (1 - share), 2))
        for at, share in enumerate(shares)
        if share is not None
    ]
    return Line(points, " ".join(f"{x},{y}" for x, y in points))


def _round_up(value: int) -> int:
    """The next of 1, 2, 5, 10, 20, 50, ..."""
    power = 1
    while True:
        for step in _STEPS:
            if step * power >= value:
                return step * power
        power *= 10

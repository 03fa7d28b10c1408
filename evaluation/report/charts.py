"""Charts as inline SVG, drawn from figures alone: no script, no font, no network."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from sedno.evaluation.calibration_metrics import Bin
from sedno.evaluation.trust import RiskPoint

_SIZE: Final = 220
_LEFT: Final = 40
_TOP: Final = 12
_BOTTOM: Final = 34
_TICKS: Final = 5
_LEAST_RADIUS: Final = 2.0
_MOST_RADIUS: Final = 5.0
_WIDE: Final = 0.2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Axes:
    """A square plot whose x runs from ``x0`` to 1 and whose y from ``y0`` to ``y1``."""

    x0: float
    y0: float
    y1: float

    def at(self, x: float, y: float) -> Point:
        across = (x - self.x0) / (1.0 - self.x0)
        up = (y - self.y0) / (self.y1 - self.y0)
        return _LEFT + _SIZE * across, _TOP + _SIZE * (1.0 - up)

    def frame(self, x_name: str, y_name: str) -> Iterable[str]:
        bottom, right = _TOP + _SIZE, _LEFT + _SIZE
        places = 0 if self.y1 - self.y0 >= _WIDE else 1
        for step in range(_TICKS + 1):
            share = step / _TICKS
            x, y = self.x0 + share * (1.0 - self.x0), self.y0 + share * (self.y1 - self.y0)
            px, _ = self.at(x, self.y0)
            _, py = self.at(self.x0, y)
            yield f'<path class="grid" d="M{px:.1f} {_TOP}V{bottom}M{_LEFT} {py:.1f}H{right}"/>'
            yield f'<text x="{px:.1f}" y="{bottom + 14}" class="tick mid">{100 * x:.0f}</text>'
            shown = f"{100 * y:.{places}f}"
            yield f'<text x="{_LEFT - 5}" y="{py + 3:.1f}" class="tick end">{shown}</text>'
        middle = _LEFT + _SIZE / 2
        yield f'<text x="{middle}" y="{bottom + 29}" class="axis mid">{x_name}</text>'
        yield (
            f'<text transform="translate(11 {_TOP + _SIZE / 2}) rotate(-90)" '
            f'class="axis mid">{y_name}</text>'
        )


def reliability_chart(bins: Sequence[Bin], raw: Sequence[Bin]) -> Markup:
    """Share of right answers by confidence; on the diagonal, scores mean what they say.

    Args:
        bins: The curve after calibration, drawn full; larger dots hold more items.
        raw: The curve before calibration, drawn dashed; empty where it is not known.
    """
    lowest = min((min(part.confidence, part.accuracy) for part in (*bins, *raw)), default=0.0)
    start = max(0.0, int(lowest * 10) / 10)
    start = min(start, 0.8)
    axes = _Axes(start, start, 1.0)
    parts = list(axes.frame("confidence, %", "right, %"))
    parts.append(_line([(start, start), (1.0, 1.0)], axes, "ideal"))
    if raw:
        parts.append(_line([(part.confidence, part.accuracy) for part in raw], axes, "raw"))
    parts.append(_line([(part.confidence, part.accuracy) for part in bins], axes, "own"))
    most = max((part.items for part in bins), default=1)
    for part in bins:
        x, y = axes.at(part.confidence, part.accuracy)
        radius = _LEAST_RADIUS + (_MOST_RADIUS - _LEAST_RADIUS) * part.items / most
        parts.append(
            f'<circle class="own" cx="{x:.1f}" cy="{y:.1f}" r="{radius / 1.5:.1f}"><title>'
            f"confidence {part.confidence:.3f}, right {part.accuracy:.3f}, {part.items} items"
            "</title></circle>"
        )
    return _svg(parts, "Reliability curve")


def risk_chart(curve: Sequence[RiskPoint], targets: Sequence[float]) -> Markup:
    """Error rate by coverage: how many answers can go out alone at which error rate.

    Args:
        curve: The curve, in ascending order of coverage.
        targets: Error rates marked by a dashed line.
    """
    highest = max((point.error for point in curve), default=0.0)
    # A round top, so that the ticks are round too.
    top = math.ceil(max(0.05, highest * 1.05, *targets) * 20.0) / 20.0
    axes = _Axes(0.0, 0.0, top)
    parts = list(axes.frame("answered alone, %", "wrong, %"))
    parts += [_line([(0.0, target), (1.0, target)], axes, "ideal") for target in targets]
    parts.append(_line([(point.coverage, point.error) for point in curve], axes, "own"))
    return _svg(parts, "Coverage against error")


def _line(points: Sequence[Point], axes: _Axes, kind: str) -> str:
    placed = " ".join(f"{x:.1f},{y:.1f}" for x, y in (axes.at(*point) for point in points))
    return f'<polyline class="{kind}" points="{placed}"/>'


def _svg(parts: Iterable[str], title: str) -> Markup:
    width, height = _LEFT + _SIZE + 14, _TOP + _SIZE + _BOTTOM
    drawing = (
        f'<svg role="img" aria-label="{title}" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">{"".join(parts)}</svg>'
    )
    return Markup(drawing)  # noqa: S704 - made of figures and fixed words alone

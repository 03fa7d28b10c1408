"""The order of a list of topics."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, Literal

from sedno.serving.store.words import fold
from sedno.serving.topics.pages import Row

Sort = Literal["size", "trend", "newest", "name"]
Order = Literal["asc", "desc"]

SORTS: Final[tuple[Sort, ...]] = ("size", "trend", "newest", "name")
"""What a list can be ordered by."""

ORDERS: Final[tuple[Order, ...]] = ("asc", "desc")
"""Directions."""

NATURAL: Final[dict[Sort, Order]] = {
    "size": "desc",
    "trend": "desc",
    "newest": "desc",
    "name": "asc",
}
"""The direction where none is asked for: large, strong and new first, names from A."""

# From what grows to what went.
_STRENGTH: Final = {"new": 5, "rising": 4, "steady": 3, "unknown": 2, "fading": 1, "gone": 0}
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


def ordered(rows: Sequence[Row], sort: Sort, order: Order | None = None) -> list[Row]:
    """Topics in another order; of equal ones the larger stays first.

    Args:
        rows: The topics, the largest first.
        sort: By what.
        order: In which direction; the natural one where ``None``.
    """
    keys = {"size": _size, "trend": _trend, "newest": _first_seen, "name": _name}
    # Reversing keeps the order of equals.
    return sorted(rows, key=keys[sort], reverse=(order or NATURAL[sort]) == "desc")


def _size(row: Row) -> Any:
    return row.topic.size


def _trend(row: Row) -> Any:
    trend = row.topic.data["trend"]
    return _STRENGTH[trend["verdict"]], trend["statistic"]


def _first_seen(row: Row) -> Any:
    given = row.topic.data["first_seen"]
    return datetime.fromisoformat(given) if given else _NEVER


def _name(row: Row) -> Any:
    return fold(row.topic.name), row.topic.name

"""The numbers behind plots: questions by week, and the places of the map."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from sedno.serving.desk.tables import written
from sedno.serving.topics.shown import Report

WEEK_COLUMNS: Final = ("topic", "name", "scope", "week", "comments")
"""Columns of topics over time: a row a topic and week, the week named by its Monday."""

MAP_COLUMNS: Final = ("x", "y", "topic", "name", "scope", "comment", "text")
"""Columns of the map: a row a question; x and y from 0 to 1, y downwards."""

Row = dict[str, Any]


def week_rows(report: Report) -> list[Row]:
    """All topics in the weeks that the plot shows, weeks without a question included."""
    mondays = report.mondays()
    return [
        {
            "topic": topic.id,
            "name": topic.name,
            "scope": topic.scope,
            "week": week.isoformat(),
            "comments": topic.in_week(week),
        }
        for topic in report.by_size()
        for week in mondays
    ]


def map_rows(report: Report) -> list[Row]:
    """The questions of the map, those of the largest topic first, single ones last."""
    topics = {topic.id: (rank, topic) for rank, topic in enumerate(report.by_size())}
    last = len(topics)
    found = []
    for dot in sorted(report.dots, key=lambda dot: topics.get(dot.topic, (last, None))[0]):
        topic = topics.get(dot.topic, (last, None))[1]
        found.append({
            "x": dot.x,
            "y": dot.y,
            "topic": dot.topic or None,
            "name": topic.name if topic else None,
            "scope": topic.scope if topic else None,
            "comment": dot.comment,
            "text": dot.text,
        })  # fmt: skip
    return found


_OF: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Report], list[Row]]]]] = {
    "weeks": (WEEK_COLUMNS, week_rows),
    "map": (MAP_COLUMNS, map_rows),
}


def numbers_of(report: Report, kind: str, form: str) -> bytes | None:
    """The numbers of a plot as a file; ``None`` where there are none.

    Args:
        report: The topics.
        kind: ``weeks`` or ``map``.
        form: ``csv`` or ``json``.
    """
    columns, rows_of = _OF[kind]
    rows = rows_of(report)
    if not rows:
        return None
    if form == "csv":
        return written(columns, ([row[name] for name in columns] for row in rows))
    body = {"filters": report.wanted.to_dict(), kind: rows}
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()

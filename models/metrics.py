"""What an artefact's ``metrics.json`` says, in short."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

HELD_BACK = "held back"
_ITEM_BY_ITEM = "outcomes"


def without_items(metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The figures without the answers item by item, which only a comparison of models needs."""
    return {
        name: without_items(value) if isinstance(value, Mapping) else value
        for name, value in metrics.items()
        if name != _ITEM_BY_ITEM
    }


def macro_f1(metrics: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Macro-F1 by benchmark and task; first what training held back, where it is stored."""
    found: dict[str, dict[str, float]] = {}
    if held_back := metrics.get("held_back_macro_f1"):
        found[HELD_BACK] = dict(held_back)
    benchmarks = metrics.get("evaluation", {}).get("benchmarks", {})
    for name, tasks in benchmarks.items():
        found[name] = {task: figures["macro_f1"] for task, figures in tasks.items()}
    return found

"""What the shipped artefact must reach, and whether it does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sedno.evaluation.stored import Stored, StoredTask

FLOORS_FILE = Path(__file__).with_name("floors.toml")

Floors = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Benchmark -> task -> ``macro_f1``, ``accuracy`` (lowest allowed), ``ece`` (highest allowed),
``ahead_of`` (baselines whose macro-F1 must lie below the artefact's), ``missed_because`` (why the
artefact ships although it misses one of these)."""


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """One floor and what was measured.

    Attributes:
        benchmark: Name of the benchmark.
        task: Name of the task.
        asked: What is asked, in words and figures.
        measured: What was measured, in figures.
        reached: Whether it is reached.
        missed_because: Why a miss does not keep the artefact from shipping; empty otherwise.
    """

    benchmark: str
    task: str
    asked: str
    measured: str
    reached: bool
    missed_because: str = ""


def read_floors(path: Path = FLOORS_FILE) -> Floors:
    """Reads floors from a TOML file with one table ``[benchmark.task]`` each."""
    floors: Floors = tomllib.loads(path.read_text(encoding="utf-8"))
    return floors


def check_floors(stored: Stored, floors: Floors) -> Iterator[FloorCheck]:
    """Holds every floor against what was measured; what was not measured is not reached."""
    for benchmark, tasks in floors.items():
        for task, floor in tasks.items():
            figures = stored.get(benchmark, {}).get(task)
            reason = str(floor.get("missed_because", ""))
            for asked, measured, reached in _checks(figures, floor):
                yield FloorCheck(benchmark, task, asked, measured, reached, reason)


def _checks(
    figures: StoredTask | None, floor: Mapping[str, Any]
) -> Iterator[tuple[str, str, bool]]:
    if figures is None:
        yield "to be measured", "not measured", False
        return
    if figures.in_sample:
        yield "items it did not learn from", "items it may have learned from", False
    for name in ("macro_f1", "accuracy"):
        if name in floor:
            value, lowest = float(getattr(figures, name)), float(floor[name])
            yield f"{name} at least {lowest:.3f}", f"{value:.3f}", value >= lowest
    if "ece" in floor:
        error, highest = figures.ece, float(floor["ece"])
        measured = "not measured" if error is None else f"{error:.3f}"
        yield f"ece at most {highest:.3f}", measured, error is not None and error <= highest
    for rival in floor.get("ahead_of", ()):
        other = figures.baselines.get(rival)
        measured = "not measured" if other is None else f"{figures.macro_f1:.3f} to {other:.3f}"
        yield f"ahead of {rival}", measured, other is not None and figures.macro_f1 > other

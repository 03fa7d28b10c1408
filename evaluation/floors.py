"""What the shipped artefact must reach and should reach, and whether it does."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from sedno.evaluation.stored import Stored, StoredStudies, StoredTask
from sedno.models.taxonomy import TASK_BY_NAME

FLOORS_FILE = Path(__file__).with_name("floors.toml")

Level = Literal["floor", "goal"]

Table = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Benchmark -> task -> what is asked; or ``study/panel`` -> subject -> what is asked."""

LIMITS = ("at_least", "at_most")
"""How a figure of a study is limited."""

TASK_KEYS = frozenset(
    {"macro_f1", "accuracy", "positive_f1", "ece", "parts", "ahead_of", "clearly_ahead_of"}
)
"""What may be asked of a task."""


class FloorsError(ValueError):
    """A file of floors that cannot be right; the message names table, key and remedy."""


@dataclass(frozen=True, slots=True)
class Floors:
    """What is asked.

    Attributes:
        floors: What every artefact that ships must reach.
        goals: What it should reach; one that is missed needs a ``missed_because`` to ship.
    """

    floors: Table = field(default_factory=dict)
    goals: Table = field(default_factory=dict)

    def of(self, level: Level) -> Table:
        """The table of one level."""
        return self.floors if level == "floor" else self.goals

    def within(self, names: frozenset[str]) -> Floors:
        """Only what is asked of benchmarks and studies of these names."""

        def kept(table: Table) -> Table:
            return {key: asked for key, asked in table.items() if key.partition("/")[0] in names}

        return Floors(kept(self.floors), kept(self.goals))


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """One floor or goal and what was measured.

    Attributes:
        level: Whether it is a floor or a goal.
        benchmark: Name of the benchmark, or ``study/panel``.
        task: Name of the task, or the subject.
        asked: What is asked, in words and figures.
        measured: What was measured, in figures.
        reached: Whether it is reached.
        missed_because: Why a missed goal does not keep the artefact from shipping; else empty.
    """

    level: Level
    benchmark: str
    task: str
    asked: str
    measured: str
    reached: bool
    missed_because: str = ""


def read_floors(path: Path = FLOORS_FILE) -> Floors:
    """Reads a TOML file with tables ``[floor.benchmark.task]`` and ``[goal.benchmark.task]``.

    Raises:
        FloorsError: A table stands elsewhere, asks for something unknown, or is a floor with
            an excuse.
    """
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    strange = content.keys() - {"floor", "goal"}
    if strange:
        raise FloorsError(
            f"{path.name}: table [{min(strange)}] is neither below [floor] nor below [goal]"
        )
    floors = Floors(content.get("floor", {}), content.get("goal", {}))
    for level in ("floor", "goal"):
        for benchmark, tasks in content.get(level, {}).items():
            for task, asked in tasks.items():
                _refuse_strange(f"{path.name}: [{level}.{benchmark}.{task}]", benchmark, asked)
                if level == "floor" and "missed_because" in asked:
                    raise FloorsError(
                        f"{path.name}: [floor.{benchmark}.{task}]: a floor has no missed_because; "
                        "make it a goal, or ship a model that reaches it"
                    )
    return floors


def check_floors(
    stored: Stored, floors: Floors, studies: StoredStudies | None = None
) -> Iterator[FloorCheck]:
    """Holds all that is asked against what was measured; what was not measured is not reached."""
    levels: tuple[Level, ...] = ("floor", "goal")
    for level in levels:
        for benchmark, tasks in floors.of(level).items():
            for task, asked in tasks.items():
                reason = str(asked.get("missed_because", ""))
                if "/" in benchmark:
                    checks = _study_checks((studies or {}).get(benchmark, {}).get(task), asked)
                else:
                    checks = _checks(stored.get(benchmark, {}).get(task), task, asked)
                for words, measured, reached in checks:
                    yield FloorCheck(level, benchmark, task, words, measured, reached, reason)


def _refuse_strange(where: str, benchmark: str, asked: Mapping[str, Any]) -> None:
    for key, value in asked.items():
        if key == "missed_because":
            continue
        if "/" not in benchmark and key not in TASK_KEYS:
            raise FloorsError(f"{where}: unknown key {key!r}; use {', '.join(sorted(TASK_KEYS))}")
        if "/" in benchmark and (not isinstance(value, dict) or not value.keys() <= set(LIMITS)):
            raise FloorsError(f"{where}: {key} must be {{ at_least = … }} or {{ at_most = … }}")


_Check = tuple[str, str, bool]


def _checks(figures: StoredTask | None, task: str, asked: Mapping[str, Any]) -> Iterator[_Check]:
    if figures is None:
        yield "to be measured", "not measured", False
        return
    if figures.in_sample:
        yield "items it did not learn from", "items it may have learned from", False
    lowest: dict[str, tuple[float, float | None]] = {}
    for name in ("macro_f1", "accuracy"):
        if name in asked:
            lowest[name] = (asked[name], float(getattr(figures, name)))
    positive = TASK_BY_NAME[task].positive
    if "positive_f1" in asked and positive:
        lowest[f"F1 of {positive}"] = (asked["positive_f1"], figures.f1(positive))
    for part, limit in asked.get("parts", {}).items():
        lowest[f"accuracy in {part}"] = (limit, figures.parts.get(part))
    for name, (limit, value) in lowest.items():
        yield f"{name} at least {limit:.3f}", _told(value), value is not None and value >= limit
    if "ece" in asked:
        error, highest = figures.ece, float(asked["ece"])
        yield f"ece at most {highest:.3f}", _told(error), error is not None and error <= highest
    for rival in asked.get("ahead_of", ()):
        other = figures.baselines.get(rival)
        measured = "not measured" if other is None else f"{figures.macro_f1:.3f} to {other:.3f}"
        yield f"ahead of {rival}", measured, other is not None and figures.macro_f1 > other
    for rival in asked.get("clearly_ahead_of", ()):
        ahead = figures.ahead.get(rival)
        measured = (
            "not measured"
            if ahead is None
            else f"by {ahead[0]:+.3f} [{ahead[1]:+.3f}, {ahead[2]:+.3f}]"
        )
        yield f"ahead of {rival} beyond noise", measured, ahead is not None and ahead[1] > 0.0


def _study_checks(
    figures: Mapping[str, float] | None, asked: Mapping[str, Any]
) -> Iterator[_Check]:
    if figures is None:
        yield "to be measured", "not measured", False
        return
    if figures.get("seen"):
        yield "what it did not learn from", "what it may have learned from", False
    for name, limits in asked.items():
        if name == "missed_because":
            continue
        value = figures.get(name)
        for limit in limits:
            bound = float(limits[limit])
            words = f"{name} {limit.replace('_', ' ')} {bound:.3f}"
            fits = value is not None and (value >= bound if limit == "at_least" else value <= bound)
            yield words, _told(value), fits


def _told(value: float | None) -> str:
    return "not measured" if value is None else f"{value:.3f}"

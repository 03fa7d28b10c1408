"""What a bench found: figures, each with its floor where it has one."""

from __future__ import annotations

from dataclasses import dataclass

from sedno.evaluation.machine import Machine


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        what: What was measured, in words.
        value: The measured value.
        unit: Its unit: ``x``, ``%``, ``s``, ``MB``, ``comments/s``, ``yes/no`` (1 or 0), ….
        floor: What it must reach; ``None`` where nothing is asked.
        most: Whether ``floor`` is the most it may be instead of the least.
    """

    what: str
    value: float
    unit: str
    floor: float | None = None
    most: bool = False

    @property
    def passed(self) -> bool | None:
        """Whether the floor is reached; ``None`` where there is none."""
        if self.floor is None:
            return None
        return self.value <= self.floor if self.most else self.value >= self.floor


@dataclass(frozen=True, slots=True)
class Finding:
    """What one bench found.

    Attributes:
        name: Name of the bench.
        title: What it measures.
        how: How, in a few sentences, with the sizes of this run.
        figures: The figures; those with a floor first.
    """

    name: str
    title: str
    how: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class BenchReport:
    """A dated run of benches.

    Attributes:
        date: ISO date.
        artefact: ``name@version``.
        machine: Where it ran.
        commit: Commit of the checkout.
        inputs: Where the comments came from.
        findings: One a bench, in the order they ran.
        failures: Bench -> why it could not run.
    """

    date: str
    artefact: str
    machine: Machine
    commit: str | None
    inputs: str
    findings: tuple[Finding, ...]
    failures: dict[str, str]

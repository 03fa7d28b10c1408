"""A bench report as Markdown, and the table a terminal shows."""

from __future__ import annotations

from sedno.evaluation.bench.findings import BenchReport, Figure
from sedno.evaluation.report.tables import table

_BUSY = 0.75
_WHOLE_FROM = 100


def bench_table(report: BenchReport) -> str:
    """Every figure with its floor and whether it is reached."""
    rows = [
        (finding.name, figure.what, _value(figure), _floor(figure), _verdict(figure))
        for finding in report.findings
        for figure in finding.figures
    ]
    rows += [(name, why, "–", "–", "did not run") for name, why in report.failures.items()]
    return table(("bench", "figure", "measured", "floor", "reached"), rows, left=2)


def bench_markdown(report: BenchReport) -> str:
    """Renders ``report``."""
    facts = [
        f"- artefact: `{report.artefact}`",
        f"- machine: {report.machine.line()}",
        f"- commit: `{report.commit or 'not a checkout'}`",
        f"- inputs: {report.inputs}",
    ]
    load = report.machine.load
    if load is not None and load > _BUSY * report.machine.cores:
        facts.append(
            f"- **the machine was busy when the run began (load {load} on "
            f"{report.machine.cores} cores): ratios are less hurt by it than absolute figures**"
        )
    parts = [f"# Bench of {report.artefact}, {report.date}", "\n".join(facts), bench_table(report)]
    for finding in report.findings:
        parts += [f"## {finding.title}", finding.how]
    return "\n\n".join(parts) + "\n"


def _value(figure: Figure) -> str:
    return _with_unit(figure.value, figure.unit)


def _floor(figure: Figure) -> str:
    if figure.floor is None:
        return ""
    sign = "" if figure.unit == "yes/no" else ("≤ " if figure.most else "≥ ")
    return sign + _with_unit(figure.floor, figure.unit)


def _with_unit(value: float, unit: str) -> str:
    if unit == "yes/no":
        return "yes" if value else "no"
    number = f"{value:,.0f}" if abs(value) >= _WHOLE_FROM or value == int(value) else f"{value:.2f}"
    return f"{number} {unit}"


def _verdict(figure: Figure) -> str:
    return {True: "yes", False: "NO", None: ""}[figure.passed]

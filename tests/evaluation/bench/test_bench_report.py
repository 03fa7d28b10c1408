from __future__ import annotations

import pytest

from sedno.evaluation.bench.findings import BenchReport, Figure, Finding
from sedno.evaluation.bench.report import bench_markdown, bench_table
from sedno.evaluation.machine import this_machine

FIGURES = (
    Figure("faster", 12.0, "x", 10.0),
    Figure("memory", 700.0, "MB", 600.0, most=True),
    Figure("output identical", 1.0, "yes/no", 1.0),
    Figure("speed", 1234.5, "comments/s"),
)
REPORT = BenchReport(
    date="2030-01-02",
    artefact="tiny@1",
    machine=this_machine(),
    commit=None,
    inputs="made up",
    findings=(Finding("one", "One thing", "How it was done.", FIGURES),),
    failures={"two": "needs the extra"},
)


@pytest.mark.parametrize(
    ("figure", "passed"), list(zip(FIGURES, (True, False, True, None), strict=True))
)
def test_floors_bind_from_the_right_side(figure: Figure, passed: bool | None) -> None:
    """At least for speed, at most for memory, nothing where nothing is asked."""
    assert figure.passed is passed


def test_missed_floors_and_failed_benches_stand_out() -> None:
    """The table says NO, and a bench that did not run is not left out."""
    lines = bench_table(REPORT).splitlines()
    memory = next(line for line in lines if "memory" in line)
    assert memory.rstrip(" |").endswith("NO")
    assert "≤ 600 MB" in bench_table(REPORT)
    assert any("did not run" in line for line in lines)


def test_the_page_names_machine_artefact_and_method() -> None:
    """A reader can tell what was measured, how and where."""
    page = bench_markdown(REPORT)
    for expected in ("tiny@1", REPORT.machine.cpu, "How it was done.", "2030-01-02"):
        assert expected in page

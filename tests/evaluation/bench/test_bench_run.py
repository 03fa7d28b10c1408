from __future__ import annotations

import json
from pathlib import Path

import pytest

from sedno.evaluation.bench.findings import Finding
from sedno.evaluation.bench.inputs import Inputs
from sedno.evaluation.bench.quantisation import run as quantisation
from sedno.evaluation.bench.run import main, run
from sedno.evaluation.bench.setting import BenchError, Setting, Sizes


@pytest.fixture
def setting(own_artifact: Path, tmp_path: Path) -> Setting:
    """A setting with a toy artefact."""
    inputs = Inputs(("super garnek", "dlaczego balkon"), "two made-up comments")
    return Setting(own_artifact, inputs, Sizes.tiny(), tmp_path / "work", threads=1)


def test_what_each_integer_form_loses_is_told(setting: Setting) -> None:
    """From what the artefact stores of itself, in points and percent."""
    found: Finding = quantisation(setting)
    assert {figure.what.split(":")[0] for figure in found.figures} == {"int8"}
    assert [figure.value for figure in found.figures] == pytest.approx([0.1, 0.2, 0.1, 0.2])
    assert [figure.passed for figure in found.figures] == [True, True, None, None]


def test_an_artefact_without_such_figures_is_told_apart_from_a_good_one(setting: Setting) -> None:
    """Nothing stored is no pass."""
    path = setting.artifact / "metrics.json"
    size = path.stat().st_size
    path.write_text("{}".ljust(size), encoding="utf-8")
    with pytest.raises(BenchError, match="export it again"):
        quantisation(setting)


def test_a_bench_that_cannot_run_does_not_stop_the_others(setting: Setting) -> None:
    """It stands in the report with its reason."""
    path = setting.artifact / "metrics.json"
    path.write_text("{}".ljust(path.stat().st_size), encoding="utf-8")
    report = run(setting, benches=["quantisation"], echo=lambda _: None)
    assert report.findings == ()
    assert "export it again" in report.failures["quantisation"]
    assert report.artefact == "toy@1"


def test_unknown_benches_are_refused(setting: Setting) -> None:
    """The error lists what there is."""
    with pytest.raises(ValueError, match=r"'speed'.*throughput"):
        run(setting, benches=["speed"])


def test_the_command_writes_a_dated_report_and_tells_missed_floors_by_its_code(
    toy_artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 0 when every floor is reached; the table is printed and kept."""
    arguments = ["quantisation", "--model", str(toy_artifact), "--output", str(tmp_path), "--tiny"]
    assert main(arguments) == 0
    (data,) = tmp_path.glob("*-bench-quantisation.json")
    assert json.loads(data.read_text(encoding="utf-8"))["findings"][0]["name"] == "quantisation"
    assert "int8" in capsys.readouterr().out

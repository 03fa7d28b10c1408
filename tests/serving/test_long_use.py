"""A few rounds of the bench that uses a server for long; ``sedno bench long_use`` does many."""

from __future__ import annotations

from pathlib import Path

from sedno.evaluation.bench.inputs import Inputs
from sedno.evaluation.bench.long_use import run
from sedno.evaluation.bench.setting import Setting, Sizes


def test_a_server_in_use_is_watched(toy: Path, tmp_path: Path) -> None:
    """Comments are kept, pages answered, decisions made, and the memory is told."""
    inputs = Inputs(("Kiedy drugi sezon?", "super kurs", "nie polecam nikomu"), "made-up comments")
    finding = run(Setting(toy, inputs, Sizes.tiny(), tmp_path, threads=1))
    found = {figure.what: figure.value for figure in finding.figures}
    assert found["sqlite: decisions made"] >= 1
    assert found["sqlite: highest memory"] >= found["sqlite: median memory"] > 0
    (growth, *_) = (figure for figure in finding.figures if figure.floor is not None)
    assert growth.what == "sqlite: memory grows over the run by"
    assert growth.most

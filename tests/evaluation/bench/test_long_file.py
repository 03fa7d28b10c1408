from __future__ import annotations

import sys
from pathlib import Path

import pytest

from sedno.evaluation.bench.long_file import growth, watch


def test_flat_memory_has_no_growth_and_a_leak_has() -> None:
    """Ten percent more at the end than after the start is told as such; warm-up is not."""
    flat = [100 + (at % 2) for at in range(200)]
    warm_up = [*range(40), *([100] * 160)]
    leak = [100.0 + 10.0 * at / 199 for at in range(200)]
    assert growth(flat) == pytest.approx(0.0, abs=0.5)
    assert growth(warm_up) == pytest.approx(0.0, abs=0.5)
    assert growth([int(1e6 * size) for size in leak]) == pytest.approx(7.8, abs=0.5)


def test_a_watched_command_is_killed_when_asked(tmp_path: Path) -> None:
    """SIGKILL, not a polite request."""
    asked = iter([False, True])
    done = watch(
        [sys.executable, "-c", "import time; time.sleep(60)"],
        tmp_path / "log",
        stop=lambda: next(asked, True),
    )
    assert done.code == -9
    assert done.seconds < 30


def test_a_watched_command_leaves_its_errors_in_the_log(tmp_path: Path) -> None:
    """When it fails, the reason can be shown."""
    done = watch([sys.executable, "-c", "raise SystemExit('broken')"], tmp_path / "log")
    assert done.code == 1
    assert "broken" in (tmp_path / "log").read_text(encoding="utf-8")

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sedno.models.cpu import usable_cpus


@pytest.fixture
def quota_file(tmp_path: Path) -> Path:
    """Where a control group would state its quota."""
    return tmp_path / "cpu.max"


def test_a_container_quota_bounds_the_processors(quota_file: Path) -> None:
    """Half a processor still is one; a quota above what is there changes nothing."""
    quota_file.write_text("50000 100000\n", encoding="ascii")
    assert usable_cpus(quota_file) == 1

    unbounded = usable_cpus(quota_file.with_name("absent"))
    quota_file.write_text("100000000 100000\n", encoding="ascii")
    assert usable_cpus(quota_file) == unbounded


@pytest.mark.parametrize("content", ["max 100000\n", "", "what\n", "1 0\n"])
def test_without_a_readable_quota_all_processors_count(quota_file: Path, content: str) -> None:
    """An unlimited or unreadable quota is no bound."""
    quota_file.write_text(content, encoding="ascii")

    assert 1 <= usable_cpus(quota_file) <= (os.cpu_count() or 1)
    assert usable_cpus(quota_file) == usable_cpus(quota_file.with_name("absent"))

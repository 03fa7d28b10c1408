from __future__ import annotations

import os
from pathlib import Path

import pytest

from sedno.models.cpu import has_vnni, usable_cpus


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


@pytest.mark.parametrize(
    ("flags", "expected"),
    [("fpu avx2 avx512f avx512_vnni", True), ("fpu avx2 avx_vnni", True), ("fpu avx2", False)],
)
def test_vnni_is_read_from_the_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flags: str, expected: bool
) -> None:
    """Either form of the instruction counts."""
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    info = tmp_path / "cpuinfo"
    info.write_text(f"processor : 0\nflags : {flags}\n", encoding="ascii")
    assert has_vnni(info) is expected


def test_an_unknown_processor_is_taken_for_one_that_saturates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nothing tells, the careful answer is given; other architectures never saturate."""
    monkeypatch.setattr("platform.machine", lambda: "AMD64")
    assert has_vnni(tmp_path / "absent") is False
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    assert has_vnni(tmp_path / "absent") is True

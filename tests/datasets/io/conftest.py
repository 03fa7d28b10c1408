"""Fixtures shared by the tests of readers and writers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sedno.datasets.io.reader import open_reader
from sedno.datasets.io.rows import Row

Read = Callable[..., list[Row]]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Writes content under a name and gives the rows a reader makes of it."""

    def run(content: bytes | str, name: str = "in.csv", **options: object) -> list[Row]:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        with open_reader(path, **options) as reader:  # type: ignore[arg-type]
            return list(reader)

    return run

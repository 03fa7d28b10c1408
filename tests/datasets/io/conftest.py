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


TASKS = {"substance": ("substantive", "generic"), "question": ("question", "none")}


@pytest.fixture
def tasks() -> dict[str, tuple[str, ...]]:
    """Labels by task."""
    return dict(TASKS)


@pytest.fixture
def predict() -> Callable[..., dict[str, object]]:
    """Makes a prediction in the published shape."""

    def run(number: int = 1, **more: object) -> dict[str, object]:
        share = round(0.5 + number % 50 / 100, 4)
        return {
            "id": f"c{number}",
            "language": "pl" if number % 2 else None,
            "labels": {
                "substance": {
                    "label": "substantive",
                    "scores": {"substantive": share, "generic": round(1 - share, 4)},
                    "review": share < 0.7,
                },
                "question": {
                    "label": "none",
                    "scores": {"question": 0.1, "none": 0.9},
                    "review": False,
                },
            },
            "needs_review": share < 0.7,
            "model": "test@1",
            **more,
        }

    return run

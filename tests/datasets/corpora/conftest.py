"""Corpora of a few rows each, in the layout of the real ones, with texts written here."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

WriteCorpus = Callable[[str, Sequence[Mapping[str, Any]]], Path]


@pytest.fixture
def write_corpus(tmp_path: Path) -> WriteCorpus:
    """Writes ``NAME/data.jsonl.gz`` under the root it returns."""

    def write(name: str, rows: Sequence[Mapping[str, Any]]) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        with gzip.open(folder / "data.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        return tmp_path

    return write


@pytest.fixture(scope="session")
def real_root() -> Path:
    """The folder of real corpora; tests that need it are skipped where there is none."""
    root = os.environ.get("SEDNO_DATA")
    if not root:
        pytest.skip("SEDNO_DATA is not set: no folder of real corpora to check")
    return Path(root)

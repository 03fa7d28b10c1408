"""Rows of a corpus file, read one at a time."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT_VARIABLE = "SEDNO_DATA"
"""Environment variable that names the folder of corpora."""

FILE_NAME = "data.jsonl.gz"

Row = Mapping[str, Any]
"""One JSON object of a corpus file."""


class CorpusError(ValueError):
    """A corpus that is not there, cannot be read, or holds what it must not hold."""


def data_root(root: str | os.PathLike[str] | None = None) -> Path:
    """The folder of corpora: the argument, else the variable ``SEDNO_DATA``.

    Raises:
        CorpusError: Neither is given, or it is not a folder.
    """
    given = os.fspath(root) if root is not None else os.environ.get(ROOT_VARIABLE, "")
    if not given:
        raise CorpusError(
            "no folder of corpora: pass root=... (command line: --data FOLDER) or set the "
            f"environment variable {ROOT_VARIABLE} to the folder that holds one folder a corpus"
        )
    path = Path(given).expanduser()
    if not path.is_dir():
        raise CorpusError(
            f"the folder of corpora {str(path)!r} does not exist: correct root=... "
            f"(command line: --data FOLDER) or the environment variable {ROOT_VARIABLE}"
        )
    return path


def read_rows(path: Path) -> Iterator[tuple[int, Row]]:
    """Line number and object of every line of a JSONL file, gzipped or not.

    Raises:
        CorpusError: The file is missing, or a line is not a JSON object; names the line.
    """
    if not path.is_file():
        raise CorpusError(f"corpus file {str(path)!r} does not exist")
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except json.JSONDecodeError as error:
                raise CorpusError(f"{path}, line {number}: not JSON ({error})") from error
            if not isinstance(row, dict):
                raise CorpusError(f"{path}, line {number}: a JSON object is needed, not {row!r}")
            yield number, row

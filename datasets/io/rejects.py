"""The file of the rows that could not be read."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from sedno.datasets.io import json_text
from sedno.datasets.io.errors import OutputError
from sedno.datasets.io.rows import Row


def rejects_path(output: str | os.PathLike[str]) -> Path:
    """Where the rejected rows of ``output`` go: ``<output>.rejects.jsonl``."""
    path = Path(output)
    return path.with_name(path.name + ".rejects.jsonl")


class RejectsWriter:
    """Writes rejected rows as JSONL: ``line``, ``index``, ``code``, ``field``, ``error``, ``raw``.

    The file is made at the first rejected row; one from an earlier run is removed at the
    start, so that a file that is there always belongs to the last run.

    Args:
        path: The file, as :func:`rejects_path` names it.
        resume_offset: What the last :meth:`commit` of a run to go on with returned.

    Attributes:
        count: Rows written by this run.

    Raises:
        OSError: The file cannot be removed or cut.
        OutputError: It is shorter than ``resume_offset``.
    """

    def __init__(self, path: str | os.PathLike[str], *, resume_offset: int | None = None) -> None:
        self.path = Path(path)
        self.count = 0
        self._file: IO[bytes] | None = None
        self._offset = resume_offset or 0
        if not self._offset:
            self.path.unlink(missing_ok=True)
            return
        size = self.path.stat().st_size if self.path.exists() else 0
        if size < self._offset:
            raise OutputError(
                str(self.path),
                f"has {size:,} bytes, fewer than the {self._offset:,} that were committed, so it "
                "is not the file that was written; start over",
            )
        os.truncate(self.path, self._offset)

    def write(self, row: Row) -> None:
        """Takes a row that has an error.

        Raises:
            OSError: The file cannot be written.
            ValueError: The row has no error.
        """
        error = row.error
        if error is None:
            raise ValueError(f"row {row.index}: has no error; only rejected rows belong here")
        if self._file is None:
            self._file = self.path.open("ab")
        entry = {
            "line": row.line,
            "index": row.index,
            "code": error.code,
            "field": error.field,
            "error": error.detail,
            "raw": row.raw,
        }
        data = json_text.dump(entry).encode() + b"\n"
        self._file.write(data)
        self._offset += len(data)
        self.count += 1

    def commit(self) -> int:
        """Makes all that was written safe and returns the file's length in bytes.

        Raises:
            OSError: The file cannot be written.
        """
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
        return self._offset

    def close(self) -> None:
        """Commits and closes."""
        self.commit()
        if self._file is not None:
            self._file.close()
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

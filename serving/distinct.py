"""Counts how many values of a long stream were seen before, in constant memory."""

from __future__ import annotations

import tempfile
from array import array
from types import TracebackType

import numpy as np

_BUFFERED = 1 << 13
_PER_PASS = 1 << 20


class RepeatCounter:
    """Counts repeats of strings by 64-bit hashes kept in a temporary file (8 bytes each).

    A set of a million ids would take 100 MB. Two different strings share a hash once in
    some 10^7 streams of a million, which a count can bear.
    """

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="sedno-")  # noqa: SIM115 - closed by close()
        self._buffer = array("q")
        self._count = 0

    def add(self, value: str) -> None:
        """Takes note of one value."""
        self._buffer.append(hash(value))
        self._count += 1
        if len(self._buffer) >= _BUFFERED:
            self._flush()

    def repeats(self) -> int:
        """How many of the values added so far equal an earlier one."""
        self._flush()
        if not self._count:
            return 0
        hashes = np.memmap(self._file, dtype=np.int64, mode="r", shape=(self._count,))
        passes = 1 + self._count // _PER_PASS
        distinct = sum(
            len(np.unique(_share(hashes, remainder, passes))) for remainder in range(passes)
        )
        return self._count - distinct

    def close(self) -> None:
        """Deletes the temporary file."""
        self._file.close()

    def __enter__(self) -> RepeatCounter:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _flush(self) -> None:
        self._file.write(self._buffer.tobytes())
        self._file.flush()
        self._buffer = array("q")


def _share(hashes: np.memmap, remainder: int, passes: int) -> np.ndarray:
    """The hashes that belong to one pass, so that a pass never holds them all."""
    parts = [
        block[block % passes == remainder]
        for block in (
            hashes[start : start + _PER_PASS] for start in range(0, len(hashes), _PER_PASS)
        )
    ]
    return np.concatenate(parts)

"""Where the bytes of an output go, and what of them is safe after a crash."""

from __future__ import annotations

import os
import sys
import zlib
from pathlib import Path
from typing import IO, Final, Protocol

from sedno.datasets.io.errors import OutputError

_GZIP_BITS: Final = 31
_BINARY: Final[int] = getattr(os, "O_BINARY", 0)  # only Windows has another mode


class Sink(Protocol):
    """A place for bytes."""

    def write(self, data: bytes) -> None:
        """Takes bytes."""

    def commit(self) -> int:
        """Makes all that was written safe and returns its length in stored bytes."""

    def finish(self) -> None:
        """Commits and puts the output in its place."""

    def abandon(self) -> None:
        """Closes and leaves what was committed to be gone on with."""


def partial_path(output: str | os.PathLike[str]) -> Path:
    """Where an output is written until it is whole: ``<output>.partial``."""
    target = Path(os.path.realpath(output))
    return target.with_name(target.name + ".partial")


def open_sink(path: str, *, gzip: bool, resume_offset: int | None) -> Sink:
    """Opens the place for an output.

    Args:
        path: A file, or ``-`` for standard output.
        gzip: Whether to compress.
        resume_offset: Length of the partial file to go on from; ``None`` to begin.

    Raises:
        OSError: The file cannot be opened.
        OutputError: It cannot be gone on with.
    """
    # A symbolic link stays one: what it points to is replaced.
    target = Path(os.path.realpath(path)) if path != "-" else None
    if target is not None and target.is_dir():
        raise OutputError(path, "is a folder; name a file in it")
    if target is not None and not target.parent.is_dir():
        raise OutputError(path, f"the folder {target.parent} does not exist; make it first")
    if target is not None and (target.is_file() or not target.exists()):
        return (
            _Compressed(PartialFile(target, resume_offset))
            if gzip
            else (PartialFile(target, resume_offset))
        )
    if resume_offset is not None:
        raise OutputError(path, "a pipe or device cannot be gone on with; write to a file")
    stream = Stream(sys.stdout.buffer if target is None else target.open("wb"))
    return _Compressed(stream) if gzip else stream


class PartialFile:
    """A file that gets its name only when it is whole.

    It is written as ``<output>.partial``, made safe by ``fsync`` at each commit, and renamed
    over the output by :meth:`finish`. A killed run leaves the partial file; the next one cuts
    it to the last committed length and goes on.

    Args:
        output: The file to be.
        resume_offset: Length to go on from; ``None`` to begin anew.

    Raises:
        OSError: The partial file cannot be opened.
        OutputError: It is missing or shorter than ``resume_offset``, or another run holds it.
    """

    def __init__(self, output: Path, resume_offset: int | None) -> None:
        self.output = output
        self.path = partial_path(output)
        self._file = self._open(resume_offset)
        try:
            _lock(self._file, self.path)
            self._file.truncate(resume_offset or 0)
            self._file.seek(resume_offset or 0)
        except BaseException:
            self._file.close()
            raise

    def write(self, data: bytes) -> None:
        """Takes bytes."""
        self._file.write(data)

    def commit(self) -> int:
        """Makes all that was written safe and returns its length in bytes."""
        self._file.flush()
        os.fsync(self._file.fileno())
        return self._file.tell()

    def finish(self) -> None:
        """Commits and gives the file its name in one step."""
        self.commit()
        self._file.close()
        publish(self.path, self.output)

    def abandon(self) -> None:
        """Closes the partial file and leaves it."""
        self._file.close()

    def _open(self, resume_offset: int | None) -> IO[bytes]:
        if resume_offset is None:
            # Not "wb": the file is cut only once the lock on it is held.
            return os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT | _BINARY, 0o666), "r+b")
        try:
            file = self.path.open("r+b")
        except FileNotFoundError:
            raise OutputError(
                str(self.output),
                f"there is nothing to go on with: {self.path.name} is missing; start over",
            ) from None
        size = os.fstat(file.fileno()).st_size
        if size < resume_offset:
            file.close()
            raise OutputError(
                str(self.output),
                f"{self.path.name} has {size:,} bytes, fewer than the {resume_offset:,} that "
                "were committed, so it is not the file that was written; start over",
            )
        return file


class Stream:
    """Standard output, a pipe or a device: written as it comes, never gone on with."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._written = 0

    def write(self, data: bytes) -> None:
        """Takes bytes."""
        self._stream.write(data)
        self._written += len(data)

    def commit(self) -> int:
        """Flushes and returns the number of bytes written."""
        self._stream.flush()
        return self._written

    def finish(self) -> None:
        """Flushes, and closes all but standard output."""
        self.commit()
        self.abandon()

    def abandon(self) -> None:
        """Closes all but standard output."""
        if self._stream is not sys.stdout.buffer:
            self._stream.close()


class _Compressed:
    """Gzip over another sink: each commit ends a member, so that a file can be cut there.

    The file is the members one after another, which gunzip and every gzip library read as
    one stream. It holds no time or name, so equal content is equal bytes.
    """

    def __init__(self, sink: PartialFile | Stream) -> None:
        self._sink = sink
        self._member = zlib.compressobj(wbits=_GZIP_BITS)
        self._pending = False
        self._empty = True

    def write(self, data: bytes) -> None:
        if data:
            self._sink.write(self._member.compress(data))
            self._pending = True
            self._empty = False

    def commit(self) -> int:
        if self._pending:
            self._sink.write(self._member.flush())
            self._member = zlib.compressobj(wbits=_GZIP_BITS)
            self._pending = False
        return self._sink.commit()

    def finish(self) -> None:
        # No bytes at all would be no gzip file.
        self._pending = self._pending or (self._empty and self._sink.commit() == 0)
        self.commit()
        self._sink.finish()

    def abandon(self) -> None:
        self._sink.abandon()


def publish(whole: Path, output: Path) -> None:
    """Renames ``whole`` to ``output`` and makes the new name safe.

    Raises:
        OSError: It cannot be renamed.
    """
    whole.replace(output)
    if os.name == "posix":
        folder = os.open(output.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _lock(file: IO[bytes], path: Path) -> None:
    """Keeps a second run from writing the same file, where the system has such locks."""
    try:
        import fcntl  # noqa: PLC0415 - not on Windows
    except ImportError:
        return
    try:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            str(path), "another run is writing it; wait for that, or choose another output"
        ) from None
    except OSError:
        return  # a file system without locks

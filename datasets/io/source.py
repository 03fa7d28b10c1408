"""Opens an input as a stream of ASCII-compatible bytes, whatever it is stored as."""

from __future__ import annotations

import codecs
import gzip
import io
import os
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from sedno.datasets.io import encodings
from sedno.datasets.io.errors import InputError
from sedno.datasets.io.formats import STANDARD_STREAM, check_text

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES: Final = 1 << 18
_HEAD_BYTES: Final = 8
BROKEN_GZIP: Final = (EOFError, gzip.BadGzipFile, zlib.error)
_GZIP: Final = b"\x1f\x8b"


@dataclass(frozen=True, slots=True)
class Source:
    """An opened input.

    Attributes:
        name: What to call it in errors.
        stream: Its content, unpacked, without byte order mark; UTF-16 and other encodings
            that do not extend ASCII are given as UTF-8.
        encoding: The encoding of ``stream``; ``None`` where it must be guessed.
        raw: The file underneath, whose position shows the progress.
        size: Bytes of the file; ``None`` for a pipe.
        notes: What a person should know about how it was opened.
    """

    name: str
    stream: io.BufferedReader
    encoding: str | None
    raw: IO[bytes]
    size: int | None
    notes: tuple[str, ...] = ()

    @property
    def position(self) -> int | None:
        """Bytes of the stored file read so far; ``None`` for a pipe."""
        return None if self.size is None or self.raw.closed else self.raw.tell()

    def close(self) -> None:
        """Closes the file; standard input stays open."""
        if self.raw is not sys.stdin.buffer:
            self.stream.close()
            self.raw.close()


def open_source(path: str, *, encoding: str | None = None) -> Source:
    """Opens ``path``, unpacks gzip, and settles the encoding as far as the first bytes tell.

    Args:
        path: A file, or ``-`` for standard input.
        encoding: The encoding where the caller knows it.

    Raises:
        OSError: The file cannot be opened.
        InputError: It is a folder or not text, or the encoding does not exist.
    """
    name = "standard input" if path == STANDARD_STREAM else path
    told = None if encoding is None else encodings.check_encoding(encoding, name)
    raw, size = _open_raw(path, name)
    try:
        stream, head = _behind_head(raw)
        if head.startswith(_GZIP):
            stream, head = _behind_head(gzip.GzipFile(fileobj=stream, mode="rb"))
        check_text(name, head)
        return _decoded(Source(name, stream, told, raw, size), head)
    except BROKEN_GZIP as error:
        if raw is not sys.stdin.buffer:
            raw.close()
        raise InputError(name, f"is not a whole gzip file ({error}); fetch it again") from error
    except BaseException:
        if raw is not sys.stdin.buffer:
            raw.close()
        raise


def _open_raw(path: str, name: str) -> tuple[IO[bytes], int | None]:
    if path == STANDARD_STREAM:
        return sys.stdin.buffer, None
    file = Path(path)
    if file.is_dir():
        raise InputError(name, "is a folder; name a file in it")
    raw = file.open("rb", buffering=0)
    return raw, os.fstat(raw.fileno()).st_size if file.is_file() else None


def _behind_head(raw: IO[bytes] | gzip.GzipFile) -> tuple[io.BufferedReader, bytes]:
    """A buffered stream over all of ``raw``, and its first bytes, also from a slow pipe."""
    head = b""
    while len(head) < _HEAD_BYTES and (more := raw.read(_HEAD_BYTES - len(head))):
        head += more
    return io.BufferedReader(_Rewound(head, raw), BUFFER_BYTES), head


def _decoded(source: Source, head: bytes) -> Source:
    """Takes off the byte order mark and brings UTF-16 and its like to UTF-8."""
    found, skip = encodings.marked(head[:4])
    told, notes = source.encoding, source.notes
    if found is not None and skip and told is not None and not _same_family(told, found):
        notes += (
            f"encoding {told!r} was asked for, but the byte order mark says {found}: read as that",
        )
        told = found
    settled = found if told in {None, "utf-16", "utf-32", "utf-8-sig"} and found else told
    stream = source.stream
    stream.read(skip)
    if settled is not None and not encodings.extends_ascii(settled):
        stream = io.BufferedReader(_AsUtf8(stream, settled), BUFFER_BYTES)
        settled = encodings.UTF8
    return Source(source.name, stream, settled, source.raw, source.size, notes)


def _same_family(told: str, found: str) -> bool:
    return found.startswith(told.removesuffix("-sig")) or told.startswith(found)


class _Rewound(io.RawIOBase):
    """A raw stream with its first bytes put back."""

    def __init__(self, head: bytes, raw: IO[bytes] | gzip.GzipFile) -> None:
        self._head = head
        # read1 where there is one: a pipe's lines are to be answered as they come.
        self._read = getattr(raw, "read1", raw.read)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer)
        if self._head:
            part, self._head = self._head[: len(view)], self._head[len(view) :]
        else:
            part = self._read(len(view))
        view[: len(part)] = part
        return len(part)


class _AsUtf8(io.RawIOBase):
    """Brings a stream of another encoding to UTF-8.

    What cannot be decoded becomes a byte that is not valid UTF-8 either, so that the
    reader of lines finds and reports it like any other undecodable byte.
    """

    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        codecs.register_error("sedno-mark", _mark)
        self._decoder = codecs.getincrementaldecoder(encoding)("sedno-mark")
        self._ready = b""
        self._ended = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        while not self._ready and not self._ended:
            data = self._stream.read1(BUFFER_BYTES)
            self._ended = not data
            text = self._decoder.decode(data, final=self._ended)
            self._ready = text.encode(encodings.UTF8, "surrogatepass")
        view = memoryview(buffer)
        part, self._ready = self._ready[: len(view)], self._ready[len(view) :]
        view[: len(part)] = part
        return len(part)


def _mark(error: UnicodeError) -> tuple[str, int]:
    """A lone surrogate for each undecodable stretch: it encodes to invalid UTF-8."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff", error.end

"""Decoded physical lines of bounded length, numbered, each with what went wrong in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final, NamedTuple

from sedno.datasets.io import encodings
from sedno.datasets.io.source import BROKEN_GZIP, Source

MAX_LINE_BYTES: Final = 4 << 20
"""Longest physical line taken. A longer one is reported and passed over, so that a file
without line ends cannot fill the memory."""

_SAMPLE_BYTES: Final = 1 << 16
_KEPT_CHARS: Final = 2_000


class Flaw(NamedTuple):
    """What is wrong with a line.

    Attributes:
        code: A stable word for programs.
        detail: What happened and the remedy.
        usable: Whether the line's text can be used all the same.
    """

    code: str
    detail: str
    usable: bool


class TextLine(NamedTuple):
    """One physical line.

    Attributes:
        number: Its number in the file, from 1.
        text: Its text with the line end; undecodable bytes are U+FFFD.
        flaw: What is wrong with it.
    """

    number: int
    text: str
    flaw: Flaw | None = None


class TextLines:
    """The lines of a source, decoded with the encoding told or guessed.

    While all is ASCII no encoding is chosen, since all agree. The first other line decides:
    UTF-8 if it is valid UTF-8, otherwise the guess from that line and the 64 KiB after it.
    The choice depends on the content alone, so a second reading makes the same one.

    Attributes:
        encoding: The encoding in use; ``None`` while only ASCII was seen.
        guessed_at: Line whose bytes decided a guess that is not UTF-8.
    """

    def __init__(self, source: Source) -> None:
        self.encoding: str | None = source.encoding
        self.guessed_at: int | None = None
        self._told = source.encoding is not None
        self._stream = source.stream
        self._ahead: deque[bytes] = deque()
        self._broken: BaseException | None = None

    def peek(self, max_bytes: int = _SAMPLE_BYTES, max_lines: int | None = None) -> list[bytes]:
        """The next lines as bytes, without taking them: at most about ``max_bytes``."""
        size = sum(map(len, self._ahead))
        while size < max_bytes and (max_lines is None or len(self._ahead) < max_lines):
            data = self._read()
            if not data:
                break
            self._ahead.append(data)
            size += len(data)
        out: list[bytes] = []
        size = 0
        for data in self._ahead:
            if size >= max_bytes or (max_lines is not None and len(out) >= max_lines):
                break
            out.append(data)
            size += len(data)
        return out

    def sample(self, max_bytes: int = _SAMPLE_BYTES, max_lines: int | None = None) -> list[str]:
        """The next lines as text, without taking them, in the encoding they will have.

        The last one may be cut off.
        """
        ahead = self.peek(max_bytes, max_lines)
        encoding = self.encoding or encodings.guess(b"".join(ahead))
        return [data.decode(encoding, "replace") for data in ahead]

    def __iter__(self) -> Iterator[TextLine]:
        number = 0
        while data := self._next():
            number += 1
            if len(data) >= MAX_LINE_BYTES and not data.endswith(b"\n"):
                yield self._overlong(number, data)
                continue
            encoding = self.encoding
            if encoding is None:
                if data.isascii():
                    yield TextLine(number, data.decode("ascii"))
                    continue
                encoding = self._decide(number, data)
            if self.guessed_at is not None and not data.isascii():
                yield self._guessed(number, data, encoding)
                continue
            try:
                yield TextLine(number, data.decode(encoding))
            except UnicodeDecodeError as error:
                yield self._damaged(number, data, encoding, error)
        if self._broken is not None:
            detail = (
                f"the compressed file is damaged or cut off here ({self._broken}); what follows "
                "could not be read: fetch the file again"
            )
            yield TextLine(number + 1, "", Flaw("broken_compression", detail, usable=False))

    def _next(self) -> bytes:
        return self._ahead.popleft() if self._ahead else self._read()

    def _read(self) -> bytes:
        if self._broken is not None:
            return b""
        try:
            return self._stream.readline(MAX_LINE_BYTES)
        except BROKEN_GZIP as error:
            self._broken = error
            return b""

    def _decide(self, number: int, data: bytes) -> str:
        try:
            data.decode(encodings.UTF8)
        except UnicodeDecodeError:
            self.encoding = encodings.guess(data + b"".join(self.peek()))
            if self.encoding != encodings.UTF8:
                self.guessed_at = number
        else:
            self.encoding = encodings.UTF8
        return self.encoding

    def _guessed(self, number: int, data: bytes, encoding: str) -> TextLine:
        """A line in a guessed old encoding, unless its bytes are UTF-8, which is no accident."""
        try:
            text = data.decode(encodings.UTF8)
        except UnicodeDecodeError:
            pass
        else:
            detail = (
                f"the line is UTF-8, although the input was taken for {encoding} from line "
                f"{self.guessed_at} on; it was read as UTF-8. If that is wrong, say the encoding"
            )
            return TextLine(number, text, Flaw("mixed_encoding", detail, usable=True))
        try:
            return TextLine(number, data.decode(encoding))
        except UnicodeDecodeError as error:
            return self._damaged(number, data, encoding, error)

    def _damaged(
        self, number: int, data: bytes, encoding: str, error: UnicodeDecodeError
    ) -> TextLine:
        how = "as told" if self._told else "as guessed from what came before"
        detail = (
            f"byte 0x{data[error.start]:02x} at position {error.start + 1} is not {encoding} "
            f"({how}) and became U+FFFD; if the input has another encoding, say it with "
            "--encoding (encoding='windows-1250')"
        )
        text = data.decode(encoding, "replace")
        return TextLine(number, text, Flaw("undecodable_bytes", detail, usable=True))

    def _overlong(self, number: int, data: bytes) -> TextLine:
        size = len(data)
        while (more := self._next()) and not more.endswith(b"\n"):
            size += len(more)
        size += len(more)
        detail = (
            f"the line has {size:,} bytes, more than {MAX_LINE_BYTES:,}; "
            "the input must have one record a line"
        )
        start = data[:_KEPT_CHARS].decode(self.encoding or encodings.UTF8, "replace")
        return TextLine(number, start, Flaw("line_too_long", detail, usable=False))

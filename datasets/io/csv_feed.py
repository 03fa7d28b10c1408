"""Hands physical lines to ``csv.reader`` and can take back those of a broken record."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Final

from sedno.datasets.io.lines import TextLine

MAX_RECORD_LINES: Final = 1_000
"""Most physical lines one record may span. A quote still open after so many was never
closed: the record's first line is reported and reading goes on with its second."""

_FEWEST_LINES: Final = 16


class LineFeed:
    """The lines of a file as ``csv.reader`` wants them, one record at a time.

    It ends the iteration, which the parser takes for the end of the data, before a line that
    cannot be read and after the most lines that a record may have; the parser goes on at the
    next call.

    Attributes:
        taken: The lines that the present record took.
    """

    def __init__(self, lines: Iterator[TextLine]) -> None:
        self.taken: list[TextLine] = []
        self._lines = lines
        self._back: deque[TextLine] = deque()
        self._most = MAX_RECORD_LINES
        self._narrow_until = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= self._most:
            raise StopIteration
        line = self._back.popleft() if self._back else next(self._lines)
        if line.flaw is not None and not line.flaw.usable:
            self._back.appendleft(line)
            raise StopIteration
        self.taken.append(line)
        return line.text

    def begin(self) -> None:
        """Begins a record."""
        if self._narrow_until and self.taken and self.taken[-1].number >= self._narrow_until:
            self._most, self._narrow_until = MAX_RECORD_LINES, 0
        self.taken = []

    def keep_first(self) -> TextLine:
        """Takes back all lines of the present record but the first, which is returned.

        Until those lines are behind it a record may only span half as many: otherwise a file
        with a quote in every line would be read a thousand times over.
        """
        if len(self.taken) > 1:
            self._narrow_until = max(self._narrow_until, self.taken[-1].number)
            self._most = max(_FEWEST_LINES, self._most // 2)
            self._back.extendleft(reversed(self.taken[1:]))
            del self.taken[1:]
        return self.taken[0]

    def unreadable(self) -> TextLine | None:
        """The line that cannot be read, if the feed stands before one; takes it."""
        if self._back:
            flaw = self._back[0].flaw
            if flaw is not None and not flaw.usable:
                return self._back.popleft()
        return None

"""A normalised text with its way back to the original."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Normalized:
    """What :func:`sedno.datasets.normalize.normalize` returns.

    Attributes:
        text: The normalised text.
        offsets: ``len(text) + 1`` ascending indices: ``offsets[i]`` is where in the ORIGINAL
            text normalised character ``i`` begins; the last is the original's length. A
            ``range`` where nothing was changed, else a tuple.
        changes: Names of what was undone, keys of ``CHANGES``; empty where the text is given
            back as it was.
    """

    text: str
    offsets: Sequence[int]
    changes: frozenset[str]

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the original text that a span of the normalised text came from.

        Args:
            start: Index of the first normalised character.
            end: Index past the last one.

        Returns:
            ``(start, end)`` in the original; never empty for a span that is not empty, also
            inside a character that became several.

        Raises:
            IndexError: The span does not lie in the normalised text.
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(
                f"span: ({start}, {end}) is outside the normalised text of "
                f"{len(self.text)} characters; need 0 <= start <= end <= {len(self.text)}"
            )
        first = self.offsets[start]
        if start == end:
            return first, first
        last = self.offsets[end]
        if last == self.offsets[end - 1]:
            last = self.offsets[bisect_right(self.offsets, last)]
        return first, last

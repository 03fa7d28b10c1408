"""White space: one space between words, one break between lines."""

from __future__ import annotations

import re

from sedno.datasets.normalize.edits import Edit

_RUN = re.compile(r"[\s\u2800]+")  # with the blank of Braille, which shows as a space
_BREAKS = frozenset("\n\r\v\f\x85\u2028\u2029")


def white_space(text: str) -> list[Edit]:
    """Collapse runs to one space, or one line break where they hold any; trim both ends."""
    edits = []
    for match in _RUN.finditer(text):
        start, end = match.span()
        run = match[0]
        wanted = " " if _BREAKS.isdisjoint(run) else "\n"
        if start == 0 or end == len(text):
            wanted = ""
        if run != wanted:
            edits.append(Edit(start, end, wanted))
    return edits

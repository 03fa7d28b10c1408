"""Canonical composition (NFC), and stacks of combining marks that bury a letter."""

from __future__ import annotations

import re
import unicodedata

from sedno.datasets.normalize.edits import Edit

# Overlays (a letter struck through), enclosing marks except the keycap, and more than two
# marks on one letter: no language is spelt so.
_BURYING = re.compile(
    "[\u0334-\u0338\u0488\u0489\u20d2\u20d3\u20d8-\u20da\u20dd-\u20e2\u20e4-\u20e6\u20e5\u20eb]"
    "|[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]{3,}"
)


def compose(text: str) -> list[Edit]:
    """Compose letters with their marks, so that a Polish letter is one character."""
    if unicodedata.is_normalized("NFC", text):
        return []
    edits = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and _continues(text[end]):
            continue
        cluster = text[start:end]
        composed = unicodedata.normalize("NFC", cluster)
        if composed != cluster:
            edits.append(Edit(start, end, composed))
        start = end
    return edits


def _continues(char: str) -> bool:
    """Whether composition may reach over the boundary before this character."""
    if char < "\u0300":
        return False
    return (
        unicodedata.category(char)[0] == "M"
        or "\u1160" <= char <= "\u11ff"
        or unicodedata.combining(char) != 0
    )


def combining_marks(text: str) -> list[Edit]:
    """Drop marks that strike a letter through or bury it under a stack."""
    return [Edit(m.start(), m.end(), "") for m in _BURYING.finditer(text)]

"""Replacements in a text, applied with the offsets kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """Replace ``text[start:end]``, which is not empty, by ``replacement``."""

    start: int
    end: int
    replacement: str


def apply_edits(
    text: str, offsets: Sequence[int], edits: Sequence[Edit]
) -> tuple[str, tuple[int, ...]]:
    """Return the edited text and, for each of its characters, the offset it came from.

    Args:
        text: The text.
        offsets: ``len(text) + 1`` ascending offsets of its characters in the original.
        edits: Replacements in ascending order that do not overlap.

    Returns:
        The new text and its offsets, still ascending.
    """
    pieces: list[str] = []
    moved: list[int] = []
    done = 0
    for start, end, replacement in edits:
        pieces.append(text[done:start])
        moved.extend(offsets[done:start])
        pieces.append(replacement)
        # A replacement of the same length maps character by character; a longer one leaves
        # its surplus on the last character it replaces.
        moved.extend(offsets[min(start + i, end - 1)] for i in range(len(replacement)))
        done = end
    pieces.append(text[done:])
    moved.extend(offsets[done:])
    return "".join(pieces), tuple(moved)

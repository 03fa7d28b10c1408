"""Cuts a text into the pieces that an explanation may point at."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_SEGMENTS = 16

# A link, a mention or hashtag, an emoticon, a heart, a word or number with its inner marks, a
# run of question and exclamation marks, or a run of signs outside ASCII punctuation (emoji
# with their joiners and variants).
_UNIT = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|[@#]\w+"
    r"|(?<!\w)[:;=8][-'^]?[()\[\]DPp|/\\*3oO]+(?!\w)"
    r"|<3+"
    r"|\w+(?:[-'’.,_]\w+)*"
    r"|[?!]+"
    r"|[^\w\s!-/:-@\[-`{-~–—…„”“«»‘’]+"
)
_BOUNDARY = re.compile(r"[.,;:!?…\n]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a normalised text.

    Attributes:
        start: First character.
        end: One past the last.
    """

    start: int
    end: int

    def cut_from(self, text: str) -> str:
        """The text without this piece, and without the gap it would leave."""
        before, after = text[: self.start], text[self.end :]
        if before[-1:].isspace() or not before:
            after = after.lstrip()
        elif not after:
            before = before.rstrip()
        return before + after if after else before.rstrip()


def units(text: str) -> list[Piece]:
    """Words, links, mentions, emoji and marks of asking and shouting, in order.

    A text that has none of them is one piece.
    """
    found = [Piece(match.start(), match.end()) for match in _UNIT.finditer(text)]
    return found or [Piece(0, len(text))]


def segments(text: str, pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Groups the units of a long text into at most ``MAX_SEGMENTS`` runs.

    Runs end where a clause does, unless clauses are very long; short clauses share a run.
    """
    least = math.ceil(len(pieces) / MAX_SEGMENTS)
    runs: list[list[Piece]] = []
    run: list[Piece] = []
    for piece, following in zip(pieces, [*pieces[1:], None], strict=True):
        run.append(piece)
        until = following.start if following else len(text)
        ends = following is None or _BOUNDARY.search(text, piece.end - 1, until) is not None
        if (ends and len(run) >= least) or len(run) >= 2 * least:
            runs.append(run)
            run = []
    if run:
        runs.append(run)
    return runs


def span_of(run: Sequence[Piece]) -> Piece:
    """The stretch from the first to the last unit of a run."""
    return Piece(run[0].start, run[-1].end)


def share_out(run: Sequence[Piece], most: int) -> list[Piece]:
    """A run's units, neighbours joined where there are more than ``most``."""
    size = math.ceil(len(run) / most)
    return [span_of(run[at : at + size]) for at in range(0, len(run), size)]

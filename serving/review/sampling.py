"""Chance that can be repeated: whether something falls into a share depends on its name alone."""

from __future__ import annotations

import hashlib
from typing import Final

SAMPLE: Final = 0.01
"""Share of comments that are drawn: people look at them however sure the model is, which is what
tells how often it is right."""

TURNS: Final = 0.1
"""Share of what a person gets that is drawn, while both kinds wait."""


def falls_into(share: float, *name: object) -> bool:
    """Whether the thing of this name is among the chosen.

    Args:
        share: Part of all things that is chosen, 0 to 1.
        name: What tells the thing from others.
    """
    return _chance(*name) < share


def lot(comment_id: int, version: int) -> float | None:
    """The place of a comment's wording among those drawn; ``None`` where it is not drawn.

    The places are random too. Whoever takes the drawn ones in their order has, however far that
    gets, a random sample of all comments.
    """
    place = _chance("sample", comment_id, version)
    return place if place < SAMPLE else None


def _chance(*name: object) -> float:
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64

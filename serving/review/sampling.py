"""Chance that can be repeated: whether something falls into a share depends on its name alone."""

from __future__ import annotations

import hashlib
from typing import Final

SAMPLE: Final = 0.01
"""Share of comments that people look at however sure the model is: what tells how often its sure
answers are right."""


def falls_into(share: float, *name: object) -> bool:
    """Whether the thing of this name is among the chosen.

    Args:
        share: Part of all things that is chosen, 0 to 1.
        name: What tells the thing from others.
    """
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64 < share

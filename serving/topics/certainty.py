"""From when on a comment counts as one that asks; needs no library."""

from __future__ import annotations

from typing import Final

SURE: Final = 0.5
"""Probability from which a comment is a question and may found a topic."""

PERHAPS: Final = 0.25
"""Probability from which a comment may join a topic that it is near to."""

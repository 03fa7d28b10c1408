"""Cells that a spreadsheet program would run instead of showing."""

from __future__ import annotations

from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that is taken for a formula."""


def no_formula(text: str) -> str:
    """The text, with an apostrophe before it where it would be taken for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

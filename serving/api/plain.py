"""Texts of requests that end in the database: no character that it cannot keep."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field


def _storable(value: str) -> str:
    if "\x00" in value:
        raise ValueError("has a NUL character, which cannot be kept")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise ValueError("has half of a character (a lone surrogate)") from error
    return value


Name = Annotated[str, Field(min_length=1, max_length=256), AfterValidator(_storable)]
"""A name of 1 to 256 characters."""

Password = Annotated[str, Field(max_length=1_024), AfterValidator(_storable)]
"""A password, before its own rules are looked at."""

Text = Annotated[str, Field(max_length=2_000), AfterValidator(_storable)]
"""A remark of up to 2,000 characters."""

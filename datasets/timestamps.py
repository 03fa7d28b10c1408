"""Reading the time at which a comment was posted."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DIGITS = re.compile(r"-?\d{9,16}(?:\.\d+)?")

_FIRST_MILLISECOND = 1e11
"""Epoch numbers from here on count milliseconds: as seconds they would lie past the year 5000,
as milliseconds below it before March 1973."""


def parse_time(stated: object) -> datetime:
    """Read a time as exports and interfaces state it.

    Args:
        stated: A ``datetime`` or ``date``, an ISO 8601 string, or seconds or milliseconds
            since 1970 as a number or a string of digits.

    Returns:
        The time with a time zone. One stated without a zone is taken as UTC: exports without
        zones are mostly in UTC, and a machine's own zone would make answers depend on the
        machine.

    Raises:
        TypeError: The value is of a type that states no time.
        ValueError: The value is no time, or one outside the years 1 to 9999.
    """
    if isinstance(stated, datetime):
        return _with_zone(stated)
    if isinstance(stated, date):
        return datetime(stated.year, stated.month, stated.day, tzinfo=UTC)
    if isinstance(stated, bool) or not isinstance(stated, str | int | float):
        raise TypeError(f"a {type(stated).__name__} states no time")
    if isinstance(stated, int | float):
        return _from_epoch(stated)
    text = stated.strip()
    if _EPOCH_DIGITS.fullmatch(text):
        return _from_epoch(float(text))
    return _with_zone(datetime.fromisoformat(text))


def _with_zone(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.utcoffset() is None else moment


def _from_epoch(count: float) -> datetime:
    if not math.isfinite(count):
        raise ValueError("is not a finite number")
    seconds = count / 1000 if abs(count) >= _FIRST_MILLISECOND else count
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError as error:
        raise ValueError("lies outside the years 1 to 9999") from error

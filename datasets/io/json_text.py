"""Writes any value that a reader can give as one line of valid JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, Final

_TOO_DEEP: Final = "(nested too deeply to be written)"


def dump(value: Any) -> str:
    r"""``value`` as JSON on one line, non-ASCII characters as they are.

    NaN and infinities become null, times ISO 8601, bytes text, other objects their text.
    A value nested too deeply becomes a note. Lone surrogates are kept as ``\ud83d`` escapes,
    so that the text can always be encoded.
    """
    try:
        text = _ENCODER.encode(value)
    except ValueError:
        text = _ENCODER.encode(_finite(value))
    except RecursionError:
        shallow = value if isinstance(value, Mapping) else {"": value}
        text = _ENCODER.encode({key: _shallow(inner) for key, inner in shallow.items()})
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _plain(value: object) -> str:
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    return str(value)


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return value


def _shallow(value: Any) -> Any:
    try:
        _ENCODER.encode(value)
    except (ValueError, RecursionError):
        return _TOO_DEEP
    return value


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_plain
)

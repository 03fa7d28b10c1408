"""Reports as JSON."""

from __future__ import annotations

import dataclasses
import json
import math
from typing import Any


def plain(value: Any) -> Any:
    """A value of dataclasses, mappings and sequences as plain JSON types.

    Figures that are not numbers become ``null``, which JSON has a word for.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value


def to_json(value: Any) -> str:
    """``value`` as indented JSON."""
    return json.dumps(plain(value), ensure_ascii=False, indent=1) + "\n"

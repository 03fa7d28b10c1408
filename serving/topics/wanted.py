"""Which questions lists, plots and digests count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which questions count; ``None`` for any.

    Attributes:
        product: What their comments are about.
        language: ISO 639-1 code of their comments.
        first_week: A day of the first week (Monday to Sunday, UTC).
        last_week: A day of the last one, which counts too.
    """

    product: str | None = None
    language: str | None = None
    first_week: date | None = None
    last_week: date | None = None

    def __bool__(self) -> bool:
        """Whether anything is asked for."""
        return self != ALL

    def to_dict(self) -> dict[str, Any]:
        """What is asked for, as JSON values."""
        given = {
            "product": self.product,
            "language": self.language,
            "first_week": self.first_week.isoformat() if self.first_week else None,
            "last_week": self.last_week.isoformat() if self.last_week else None,
        }
        return {name: value for name, value in given.items() if value is not None}


ALL: Final = Wanted()
"""All questions."""

"""How far an output is safe on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from sedno.datasets.io.errors import OutputError


@dataclass(frozen=True, slots=True)
class WriterState:
    """How far an output is safe on disk; plain JSON types, for the caller's journal.

    Attributes:
        format: The output's format.
        rows: Predictions committed.
        offset: Length of the partial file that holds them, in bytes.
        layout: What else decides the bytes (columns, delimiter, compression), so that a run
            with other options is not mixed in.
    """

    format: str
    rows: int
    offset: int
    layout: str

    def to_dict(self) -> dict[str, Any]:
        """The state as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """The state that :meth:`to_dict` gave.

        Raises:
            OutputError: It is not a whole state.
        """
        try:
            return cls(
                format=str(data["format"]),
                rows=int(data["rows"]),
                offset=int(data["offset"]),
                layout=str(data["layout"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise OutputError(
                "resume state", f"is incomplete ({error!r}); start over without resuming"
            ) from error

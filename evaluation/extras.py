"""The error for a library that this room needs and a serving install does not bring."""

from __future__ import annotations


class MissingExtraError(ImportError):
    """A library of an optional extra is not installed; the message names the command."""

    def __init__(self, library: str, extra: str) -> None:
        super().__init__(
            f"{library} is not installed; it comes with the extra {extra!r}: "
            f"pip install 'sedno[{extra}]'",
            name=library,
        )
        self.library = library
        self.extra = extra

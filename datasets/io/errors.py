"""What can be wrong with a whole input or output; a broken row is a ``RowError`` instead."""

from __future__ import annotations


class InputError(ValueError):
    """An input that cannot be read at all: the message says which, why and what to do."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


class ColumnError(InputError):
    """An input without the column that is needed.

    Attributes:
        columns: The columns that there are.
    """

    def __init__(self, name: str, detail: str, columns: tuple[str, ...]) -> None:
        super().__init__(name, detail)
        self.columns = columns


class OutputError(ValueError):
    """An output that cannot be written, or not be gone on with."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail


class MissingExtraError(ImportError):
    """A library that an optional part of Sedno needs is not installed.

    Attributes:
        extra: The extra that brings it.
    """

    def __init__(self, what: str, extra: str) -> None:
        super().__init__(
            f"{what} needs a library that is not installed: pip install 'sedno[{extra}]'"
        )
        self.extra = extra

"""The extra ``topics``: its libraries are needed to find and change topics, not to read them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from sedno.datasets.io.errors import MissingExtraError

NAME = "topics"
_LIBRARIES = ("scipy", "sklearn", "morfeusz2")


@contextmanager
def needed(what: str) -> Iterator[None]:
    """Says how to install the extra where an import within needs it.

    Args:
        what: What needs it, for the message.

    Raises:
        MissingExtraError: A library of the extra is not installed.
    """
    try:
        yield
    except ImportError as error:
        if (error.name or "").startswith("sedno."):
            raise
        raise MissingExtraError(what, NAME) from error


def is_installed() -> bool:
    """Whether topics can be found and changed here."""
    try:
        return all(find_spec(name) is not None for name in _LIBRARIES)
    except ValueError:  # it was taken out of sys.modules
        return False

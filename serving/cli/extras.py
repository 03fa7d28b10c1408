"""Loads what an optional extra brings, or says how to install it."""

from __future__ import annotations

import importlib
from types import ModuleType

from sedno.serving.cli.exits import CommandError


def load(module: str, *, command: str, extra: str) -> ModuleType:
    """Imports ``module`` of ours, which needs libraries of an extra.

    Args:
        module: Full name of the module.
        command: The command that asks, for the message.
        extra: The extra that brings its libraries.

    Raises:
        CommandError: A library is missing; names the install command.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        missing = error.name or "a library"
        if missing.startswith("sedno."):
            raise
        raise CommandError(
            f"'sedno {command}' needs the {extra} extra ({missing} is not installed): "
            f"pip install 'sedno[{extra}]'"
        ) from error

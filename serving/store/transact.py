"""Runs a piece of work in a transaction, again where another's got in its way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sedno.serving.store.database import Database

T = TypeVar("T")

TRIES = 8
_FIRST_WAIT = 0.02
# PostgreSQL: serialization failure, deadlock, lock not available.
_PASSING = frozenset({"40001", "40P01", "55P03"})


class RacedError(Exception):
    """Another transaction has just written what this one was about to; it has to look again."""


def transact(database: Database, work: Callable[[Session], T]) -> T:
    """Runs ``work`` in a transaction and gives its result once that is committed.

    Args:
        database: Where.
        work: May be called more than once; what it did before is then undone.

    Raises:
        DBAPIError: What is wrong does not pass, or did not within :data:`TRIES` tries.
        RacedError: The same.
    """
    for attempt in range(1, TRIES + 1):
        try:
            with database.transaction() as session:
                return work(session)
        except (DBAPIError, RacedError) as error:
            if attempt == TRIES or not _passes(error):
                raise
        # Not the same wait for the two who were in each other's way.
        time.sleep(_FIRST_WAIT * 2**attempt * random.random())  # noqa: S311 - no secret
    raise AssertionError


def _passes(error: Exception) -> bool:
    if isinstance(error, RacedError):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else None
    return getattr(cause, "sqlstate", None) in _PASSING or "database is locked" in str(cause)

"""Runs work that waits for the database in another thread, and tells its failures as problems."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from sedno.serving.api import problems
from sedno.serving.api.problems import ProblemError
from sedno.serving.people.keys import KeyProblemError, UnknownKeyError
from sedno.serving.people.passwords import PasswordError
from sedno.serving.people.people import PersonError, UnknownPersonError
from sedno.serving.privacy.retention import RetentionError
from sedno.serving.privacy.target import TargetError

T = TypeVar("T")

_MISSING = (UnknownKeyError, UnknownPersonError)
_REFUSED = (KeyProblemError, PasswordError, PersonError, RetentionError, TargetError)


async def in_thread(work: Callable[[], T]) -> T:
    """Runs ``work`` in another thread.

    Raises:
        ProblemError: What was asked for is not there, 404; does not go with what is there, 409;
            or the database cannot be reached, 503.
    """
    try:
        return await asyncio.to_thread(work)
    except _MISSING as error:
        raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
    except _REFUSED as error:
        raise ProblemError(problems.CONFLICT, sentence(error)) from error
    except OperationalError as error:
        raise ProblemError(
            problems.NOT_READY,
            "The database cannot be reached. Try again shortly.",
            headers={"Retry-After": "2"},
        ) from error


def sentence(error: Exception) -> str:
    """The message of an error as a sentence."""
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "!")) else ".")

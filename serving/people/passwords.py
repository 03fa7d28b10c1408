"""Passwords: hashed by argon2id, which needs time and memory for every guess."""

from __future__ import annotations

import secrets
import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LEAST_CHARS = 12
MOST_CHARS = 256

# The parameters of the library follow RFC 9106; hashes tell theirs, so they may rise later.
_HASHER = PasswordHasher()
# Each hash takes 64 MiB: a crowd at the door must not eat the memory of the model.
_ROOM = threading.BoundedSemaphore(2)
_LEAST_DIFFERENT = 5


class PasswordError(ValueError):
    """A password that cannot be taken; the message says why.

    Attributes:
        reason: ``short``, ``long``, ``uniform``, ``login`` or ``wrong``, for pages that say it
            in their own words.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def check(password: str, *, login: str) -> None:
    """Refuses passwords that are guessed first.

    Raises:
        PasswordError: It is too short, too long, too uniform, or holds the login.
    """
    if len(password) < LEAST_CHARS:
        raise PasswordError(
            "short",
            f"the password has {len(password)} characters; it needs at least {LEAST_CHARS}. "
            "Several words are easy to keep in mind.",
        )
    if len(password) > MOST_CHARS:
        raise PasswordError(
            "long", f"the password has {len(password)} characters; at most {MOST_CHARS}"
        )
    if len(set(password)) < _LEAST_DIFFERENT:
        raise PasswordError(
            "uniform",
            f"the password has only {len(set(password))} different characters; take more",
        )
    if login.partition("@")[0].casefold() in password.casefold():
        raise PasswordError("login", "the password holds the login; choose another")


def hash_of(password: str) -> str:
    """The hash to keep of a password. Takes some 0.1 s and 64 MiB."""
    with _ROOM:
        return _HASHER.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether a password is the one whose hash was kept. Takes some 0.1 s, whatever comes out.

    Args:
        password: What was typed.
        kept: The hash; ``None`` where there is none, and then it is wrong.
    """
    with _ROOM:
        try:
            return _HASHER.verify(kept or _nobodys_hash(), password[: MOST_CHARS + 1]) and bool(
                kept
            )
        except (VerificationError, InvalidHashError):
            return False


def is_outdated(kept: str) -> bool:
    """Whether a hash was made with weaker parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobodys_hash() -> str:
    """A hash to compare with for an unknown name, which so takes as long as a known one."""
    return _HASHER.hash(secrets.token_hex())

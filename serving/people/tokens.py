"""Random tokens, of which only hashes are kept, and what forms are signed with."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_BYTES = 32


def new_token() -> str:
    """A token that nobody guesses: 256 random bits."""
    return secrets.token_urlsafe(_BYTES)


def hash_of(token: str) -> bytes:
    """What is kept of a token. A plain hash will do, since a token cannot be guessed."""
    return hashlib.sha256(token.encode()).digest()


def csrf_token(secret: bytes, session_token: str) -> str:
    """The token that forms of a session carry: only Sedno's own pages know it."""
    return hmac.new(secret, b"csrf:" + session_token.encode(), hashlib.sha256).hexdigest()


def is_csrf_token(given: str | None, secret: bytes, session_token: str) -> bool:
    """Whether a form carries the token of its session."""
    return given is not None and hmac.compare_digest(
        given.encode(), csrf_token(secret, session_token).encode()
    )


def subject_of(secret: bytes, kind: str, name: str) -> bytes:
    """A keyed hash under which failed logins are counted, instead of a name or an address."""
    return hmac.new(secret, f"{kind}:{name}".encode(), hashlib.sha256).digest()

"""Finds out who calls: by a key, by a browser's session, or because nothing is locked yet."""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
from functools import cached_property
from typing import cast

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from starlette.requests import Request

from sedno.serving.api.cookies import session_token
from sedno.serving.api.problems import FORBIDDEN, NOT_READY, ProblemError
from sedno.serving.people import keys, sessions
from sedno.serving.people.actor import LOCAL, OPERATOR_KEY, STRANGER, Actor
from sedno.serving.people.secrets import secret_key
from sedno.serving.people.tokens import csrf_token, is_csrf_token
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.people import ApiKey, Person

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf_token"
"""Where a request of a browser carries its token: in the header, or in a field of the form."""

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM = "application/x-www-form-urlencoded"


class Identifier:
    """Tells who calls one server."""

    def __init__(self, settings: Settings, store: Store) -> None:
        """Prepares; touches the database only for callers that need it.

        Args:
            settings: The server's settings.
            store: Where people and keys are kept.
        """
        self._settings = settings
        self._store = store
        self._locked = settings.api_key is not None or not settings.is_loopback

    @cached_property
    def secret(self) -> bytes:
        """The installation's key."""
        return secret_key(self._settings)

    async def of(self, request: Request, bearer: str | None, *, strict: bool = True) -> Actor:
        """Who sends a request.

        Whoever shows something that is not right is a stranger, whatever else they have.

        Args:
            request: The request.
            bearer: The key that came with it.
            strict: Whether a browser's request without the token of its session is refused; else
                it is a stranger's, as for the form to sign in, loaded before somebody did.

        Raises:
            ProblemError: A browser's request comes from another site's page or does not carry
                the token of its session; or the database cannot be reached.
        """
        try:
            return await self._of(request, bearer, strict=strict)
        except OperationalError as error:
            raise ProblemError(
                NOT_READY,
                "The database cannot be reached. Try again shortly.",
                headers={"Retry-After": "2"},
            ) from error

    async def _of(self, request: Request, bearer: str | None, *, strict: bool) -> Actor:
        if bearer is not None:
            return await self._of_key(bearer)
        if request.method not in _SAFE and request.headers.get("sec-fetch-site") == "cross-site":
            # Even where nothing is locked, and even to sign in.
            raise ProblemError(
                FORBIDDEN, "A page of another site may not act in the name of who looks at it."
            )
        token = session_token(request)
        if token is not None:
            actor = await asyncio.to_thread(self._of_session, token)
            if actor is not None:
                if await self._fits(request, token):
                    return actor
                if not strict:
                    return STRANGER
                raise ProblemError(
                    FORBIDDEN,
                    f"A browser's request has to carry the token of its session as {CSRF_HEADER} "
                    f"or as the field {CSRF_FIELD}. Load the page again and send it once more.",
                )
        if not _names_this_machine(request) or await self._is_locked():
            return STRANGER
        return LOCAL

    async def _of_key(self, bearer: str) -> Actor:
        own = self._settings.api_key
        if own is not None and hmac.compare_digest(
            bearer.encode(), own.get_secret_value().encode()
        ):
            return OPERATOR_KEY
        if not bearer.startswith(keys.PREFIX) or not self._store.exists:
            return STRANGER
        return await asyncio.to_thread(self._of_kept_key, bearer)

    def _of_kept_key(self, bearer: str) -> Actor:
        return keys.actor_of(self._store.open(), bearer) or STRANGER

    def _of_session(self, token: str) -> Actor | None:
        if not self._store.exists:
            return None
        return sessions.actor_of(self._store.open(), token, hours=self._settings.session_hours)

    async def _fits(self, request: Request, token: str) -> bool:
        """Whether it comes from a page of ours: another site's cannot know the token."""
        if request.method in _SAFE:
            return True
        given = request.headers.get(CSRF_HEADER)
        if given is None and request.headers.get("content-type", "").startswith(_FORM):
            field = (await request.form()).get(CSRF_FIELD)
            given = field if isinstance(field, str) else None
        return is_csrf_token(given, self.secret, token)

    async def _is_locked(self) -> bool:
        """Whether there is a key or a person to ask for. Once locked, it stays so."""
        if not self._locked and self._store.exists:
            self._locked = await asyncio.to_thread(has_anyone, self._store)
        return self._locked


def _names_this_machine(request: Request) -> bool:
    """Whether the address that was asked for is one of this machine's.

    A page can give its own site's name the address 127.0.0.1 (DNS rebinding), and a proxy lets the
    world in: both show in the name that was asked for.
    """
    host = (request.url.hostname or "").lower()
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def has_anyone(store: Store) -> bool:
    """Whether there is a person or a key."""
    with store.open().session() as session:
        return (
            session.scalar(select(Person.id).limit(1)) is not None
            or session.scalar(select(ApiKey.id).limit(1)) is not None
        )


def identifier_of(request: Request) -> Identifier:
    """The identifier of the server that answers."""
    return cast(Identifier, request.app.state.identifier)


async def identify(request: Request, bearer: str | None, *, strict: bool = True) -> Actor:
    """Who sends a request; see :meth:`Identifier.of`."""
    return await identifier_of(request).of(request, bearer, strict=strict)


def form_token(request: Request) -> str | None:
    """The token to put into the forms of a page; ``None`` where nobody is signed in."""
    token = session_token(request)
    return csrf_token(identifier_of(request).secret, token) if token else None

"""Bounds what a request body may take: bytes and time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sedno.serving.api.problems import (
    BODY_TIMEOUT,
    BODY_TOO_LARGE,
    ProblemError,
    problem_response,
)
from sedno.serving.api.request_ids import request_id_of

_BYTES_OF_SECONDS = 8 << 20
# What is still on its way would be taken for the next request, so the connection ends.
_CLOSE = {"Connection": "close"}


@dataclass(frozen=True, slots=True)
class Limit:
    """What a body may have.

    Attributes:
        max_bytes: Most bytes, after unpacking.
        setting: Which setting of the operator's says so.
    """

    max_bytes: int
    setting: str = "SEDNO_MAX_BODY_BYTES"


class LimitBody:
    """ASGI middleware that refuses bodies which are too large or too slow.

    A declared length is refused before anything is read. What comes without one, or lies
    about it, is counted as it comes.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit: Limit,
        seconds: float,
        larger: Mapping[str, Limit] | None = None,
    ) -> None:
        """Prepares.

        Args:
            app: The application.
            limit: Of a body.
            seconds: Longest time for it; a path of ``larger`` has that long for each 8 MB.
            larger: By path, for those that take many comments or whole files.
        """
        self.app = app
        self.limit = limit
        self.seconds = seconds
        self._larger = dict(larger or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit, seconds = self.limit, self.seconds
        if scope["path"] in self._larger:
            limit = self._larger[scope["path"]]
            seconds *= max(1.0, limit.max_bytes / _BYTES_OF_SECONDS)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and int(declared[:20]) > limit.max_bytes:
            response = problem_response(_too_large(limit), request_id_of(scope))
            await response(scope, receive, send)
            return
        await self.app(scope, self._counting(receive, limit, seconds), send)

    def _counting(self, receive: Receive, limit: Limit, seconds: float) -> Receive:
        received = 0
        complete = False
        until = asyncio.get_running_loop().time() + seconds

        async def receive_counted() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError:
                detail = (
                    f"The body did not arrive within {seconds:g} s. "
                    "Send smaller requests, or ask the operator for a longer SEDNO_BODY_SECONDS."
                )
                raise ProblemError(BODY_TIMEOUT, detail, headers=_CLOSE) from None
            if message["type"] == "http.request":
                received += len(message.get("body", b""))
                complete = not message.get("more_body", False)
                if received > limit.max_bytes:
                    raise _too_large(limit)
            return message

        return receive_counted


def _too_large(limit: Limit) -> ProblemError:
    return ProblemError(BODY_TOO_LARGE, too_large_detail(limit), headers=_CLOSE)


def too_large_detail(limit: Limit) -> str:
    """What to tell the sender of a body that is larger than it may be."""
    return (
        f"At most {limit.max_bytes} bytes are taken, counted after unpacking. Send fewer comments "
        f"a request, or ask the operator for a larger {limit.setting}."
    )

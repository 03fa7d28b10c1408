"""Watches every request: counts it, logs it, and answers for what nobody else caught."""

from __future__ import annotations

import time
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sedno.serving.api.logs import Log
from sedno.serving.api.metrics import Metrics
from sedno.serving.api.problems import INTERNAL, ProblemError, problem_response
from sedno.serving.api.request_ids import request_id_of

CLIENT_GONE = 499
"""Status in logs and metrics of a request whose client went away first (nginx' number)."""

_STATE = "work"


@dataclass(slots=True)
class Work:
    """What a request asked of the model; the route fills it in.

    Attributes:
        comments: How many comments.
        tokens: How many tokens, estimated.
        gone: Whether the client went away before the answer.
    """

    comments: int = 0
    tokens: int = 0
    gone: bool = False


def work_of(scope: Scope) -> Work:
    """The :class:`Work` of a request."""
    work = scope["state"][_STATE]
    if not isinstance(work, Work):
        raise TypeError("the request did not come through the Observe middleware")
    return work


async def on_client_gone(request: Request, _: Exception) -> Response:
    """Exception handler for a client that went away while it sent the body."""
    work_of(request.scope).gone = True
    return Response(status_code=CLIENT_GONE)


class Observe:
    """ASGI middleware around all others but the one that gives the request its id."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, log: Log) -> None:
        self.app = app
        self.metrics = metrics
        self.log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter()
        status = CLIENT_GONE
        work = scope.setdefault("state", {})[_STATE] = Work()

        async def send_noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        self.metrics.request_begun()
        try:
            await self.app(scope, receive, send_noting_status)
        except Exception as error:
            self.log.exception("unhandled", exc_info=error)
            if status != CLIENT_GONE:
                raise
            status = INTERNAL.status
            await _internal_error(scope)(scope, receive, send)
        finally:
            status = CLIENT_GONE if work.gone else status
            self._note(scope, status, work, time.perf_counter() - begun)

    def _note(self, scope: Scope, status: int, work: Work, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or "unmatched"
        self.metrics.request_over(
            method=scope["method"], route=route, status=status, seconds=seconds
        )
        write = self.log.warning if status >= INTERNAL.status else self.log.info
        client = scope.get("client")
        write(
            "request",
            method=scope["method"][:16],
            route=route,
            status=status,
            ms=round(seconds * 1000, 2),
            comments=work.comments,
            tokens=work.tokens,
            client=client[0] if client else "",
        )


def _internal_error(scope: Scope) -> ASGIApp:
    detail = (
        "Nothing is known to be wrong with the request. Try again; if it fails again, give the "
        "operator the request_id, which finds the place in the log."
    )
    return problem_response(ProblemError(INTERNAL, detail), request_id_of(scope))

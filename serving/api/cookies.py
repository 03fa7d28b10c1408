"""The cookie of a web session."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

_PLAIN = "sedno_session"
# A browser takes a name that begins so only over https, for this host alone.
_SECURE = "__Host-sedno_session"


def session_token(request: Request) -> str | None:
    """The token of the session that a browser came with."""
    return request.cookies.get(_name(request)) or None


def set_session(response: Response, request: Request, token: str) -> None:
    """Gives the browser its session. Scripts cannot read it, other sites' forms do not send it."""
    response.set_cookie(
        _name(request),
        token,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_https(request),
    )


def clear_session(response: Response, request: Request) -> None:
    """Takes the session away from the browser."""
    response.delete_cookie(
        _name(request), path="/", httponly=True, samesite="lax", secure=_is_https(request)
    )


def _name(request: Request) -> str:
    return _SECURE if _is_https(request) else _PLAIN


def _is_https(request: Request) -> bool:
    return request.url.scheme == "https"

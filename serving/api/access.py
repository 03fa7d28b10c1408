"""Who may call: the one place that checks it."""

from __future__ import annotations

import hmac
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sedno.serving.api.problems import UNAUTHORISED, ProblemError
from sedno.serving.settings import Settings

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="The key of SEDNO_API_KEY, where the operator has set one.",
)


async def require_key(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)],
) -> None:
    """Dependency of routers: lets the request pass if no key is set, or if it has the key.

    Raises:
        ProblemError: The key is missing or wrong; 401.
    """
    settings: Settings = request.app.state.settings
    if settings.api_key is None:
        return
    expected = settings.api_key.get_secret_value().encode()
    given = credentials.credentials.encode() if credentials else b""
    if not hmac.compare_digest(given, expected):
        raise ProblemError(
            UNAUTHORISED,
            "Send the operator's key as 'Authorization: Bearer KEY'.",
            headers={"WWW-Authenticate": 'Bearer realm="sedno"'},
        )

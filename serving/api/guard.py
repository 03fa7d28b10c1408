"""Who may call: the one place that checks it.

A route says what its caller has to be allowed, and gets the caller:

    actor: Annotated[Actor, guard.require(May.READ_COMMENTS)]

or, where it does not need to know who it is, ``dependencies=[guard.require(May.CLASSIFY)]``.
Its router is made with ``route_class=guard.Route``, so that nothing of a stranger's body is read.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from fastapi import Depends, Request, Response, Security
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from sedno.serving.api.identify import identify
from sedno.serving.api.problems import FORBIDDEN, UNAUTHORISED, ProblemError
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import GRANTS, May

__all__ = ["Actor", "May", "Permission", "Route", "require"]

_BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="A key of 'sedno keys create', or that of SEDNO_API_KEY.",
)


class Permission:
    """A dependency that lets those pass who may do one thing, and tells who it is.

    Attributes:
        may: The thing.
    """

    def __init__(self, may: May) -> None:
        self.may = may

    async def __call__(
        self,
        request: Request,
        credentials: HTTPAuthorizationCredentials | None = Security(_BEARER),  # noqa: B008 - FastAPI reads the default
    ) -> Actor:
        """Finds out who calls.

        Raises:
            ProblemError: It is a stranger, 401; or someone who may not, 403.
        """
        known = getattr(request.state, "actor", None)
        if isinstance(known, Actor) and known.may(self.may):
            return known  # :class:`Route` has asked already
        bearer = credentials.credentials if credentials else None
        actor = await identify(request, bearer, strict=self.may is not May.KNOCK)
        request.state.actor = actor
        if actor.may(self.may):
            return actor
        if actor.role is None:
            raise ProblemError(
                UNAUTHORISED,
                "Send a key as 'Authorization: Bearer KEY', or sign in at /desk/login.",
                headers={"WWW-Authenticate": 'Bearer realm="sedno"'},
            )
        needed = " or ".join(sorted(_who_may(self.may)))
        raise ProblemError(
            FORBIDDEN,
            f"{actor.name!r} may not {self.may}. It takes {needed}; ask an administrator.",
        )


class Route(APIRoute):
    """A route that finds out who calls before it reads what they send.

    FastAPI reads the body first and asks for dependencies then: a stranger's file would lie on
    the disk, all of it, before it is refused.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""
        answer = super().get_route_handler()
        asked = list(_permissions(self.dependant))

        async def answer_guarded(request: Request) -> Response:
            for permission in asked:
                await permission(request, await _BEARER(request))
            return await answer(request)

        return answer_guarded


def require(may: May) -> Any:
    """Dependency of routes: lets the call pass if its caller may do ``may``; gives the caller."""
    return Depends(Permission(may))


def _permissions(dependant: Dependant) -> Iterator[Permission]:
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            yield inner.call
        yield from _permissions(inner)


def _who_may(may: May) -> list[str]:
    grant = GRANTS[may]
    keys = [f"a key with the scope {grant.scope}"] if grant.scope else []
    return [f"the role {role}" for role in grant.roles] + keys

"""Published answers, for product pages: ``GET /v1/faq``."""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Depends, Query, Request, Response, Security
from fastapi.security import HTTPAuthorizationCredentials

from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.faq_schemas import FeedOut
from sedno.serving.api.guard import Actor, May, Permission
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.faq import feed
from sedno.serving.faq.formats import FORMATS, format_for
from sedno.serving.people.actor import STRANGER
from sedno.serving.settings import Settings

router = APIRouter(prefix="/v1/faq", tags=["faq"], route_class=guard.Route)

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
)


class _UnlessPublic(Permission):
    """Lets everyone pass where the operator has made published answers public."""

    async def __call__(
        self,
        request: Request,
        credentials: HTTPAuthorizationCredentials | None = Security(guard._BEARER),  # noqa: B008 - FastAPI reads the default; the scheme has one name in the schema
    ) -> Actor:
        """Finds out who calls where it matters."""
        if cast(Settings, request.app.state.settings).faq_public:
            request.state.actor = STRANGER
            return STRANGER
        return await super().__call__(request, credentials)


@router.get(
    "",
    responses={
        200: {
            "model": FeedOut,
            "content": {
                form.media_type.partition(";")[0]: {}
                for name, form in FORMATS.items()
                if name != "json"
            },
        },
        304: {"description": "Nothing has changed since the answer with this ETag."},
        **_PROBLEMS,
    },
    response_class=Response,
)
async def read_feed(
    request: Request,
    store: StoreDep,
    settings: SettingsDep,
    _: Annotated[Actor, Depends(_UnlessPublic(May.READ_FAQ))],
    product: Annotated[Name | None, Query(description="Only what is about it.")] = None,
    lang: Annotated[Name | None, Query(description="Only what is in it, as `pl`.")] = None,
    general: Annotated[
        bool, Query(description="Beside a product's own also what is about all products.")
    ] = True,
    format: Annotated[  # noqa: A002 - the parameter's name
        Literal["json", "jsonld", "markdown", "html", "csv"] | None,
        Query(description="Wins over the Accept header."),
    ] = None,
) -> Response:
    """Read published questions with their answers, as a product page needs them."""
    form = FORMATS[format or format_for(request.headers.get("accept", ""))]

    def read() -> bytes:
        if not store.exists:
            return form.write([])
        with store.open().session() as session:
            return form.write(feed.read(session, product=product, language=lang, general=general))

    body = await in_thread(read)
    digest = hashlib.sha256(body + form.media_type.encode()).hexdigest()[:32]
    headers = {
        "ETag": f'"{digest}"',
        "Cache-Control": f"{'public' if settings.faq_public else 'private'}, "
        f"max-age={settings.faq_max_age}",
        "Vary": "Accept, Origin"
        if settings.faq_public
        else "Accept, Authorization, Cookie, Origin",
        **_sharing(request.headers.get("origin"), settings),
    }
    if _is_known(request.headers.get("if-none-match"), digest):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=form.media_type, headers=headers)


def _sharing(origin: str | None, settings: Settings) -> dict[str, str]:
    """Headers that let pages of other sites read the answer."""
    if "*" in settings.faq_origins:
        return {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
    if origin is not None and origin in settings.faq_origins:
        return {
            "Access-Control-Allow-Origin": origin,
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
    return {}


def _is_known(given: str | None, digest: str) -> bool:
    """Whether ``If-None-Match`` names what would be sent (RFC 9110, 13.1.2)."""
    if given is None:
        return False
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in given.split(",")]
    return digest in tags or given.strip() == "*"

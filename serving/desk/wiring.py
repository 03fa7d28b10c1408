"""Adds the desk to the application."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sedno.serving.api.problems import UNAUTHORISED, ProblemError, on_problem
from sedno.serving.desk import language, render
from sedno.serving.desk.routes import (
    account,
    bulk,
    comments,
    entry,
    faq,
    lists,
    review,
    topic_split,
    topic_views,
    topics,
)


def add_desk(app: FastAPI) -> None:
    """Adds the pages, and lets browsers see problems as pages."""
    # The views of topics, and the split, come before the paths that take any name in their place.
    views = (topic_views, topic_split, topics)
    for resource in (entry, account, review, comments, bulk, lists, *views, faq):
        app.include_router(resource.router)


async def on_any_problem(request: Request, error: Exception) -> Response:
    """Exception handler: a page for a browser at the desk, RFC 9457 for everybody else."""
    if not (
        isinstance(error, ProblemError)
        and request.url.path.startswith("/desk")
        and "text/html" in request.headers.get("accept", "")
    ):
        return await on_problem(request, error)
    if error.kind is UNAUTHORISED:
        back = f"?back={quote(request.url.path)}" if request.method == "GET" else ""
        return RedirectResponse(f"/desk/login{back}", status_code=303)
    actor = getattr(request.state, "actor", None)
    speak = language.speaker(language.of_request(request, actor.language if actor else None))
    return render.page(
        request,
        "problem.html",
        **({"actor": actor} if actor else {}),
        status=error.kind.status,
        title=speak.say("This cannot be done"),
        detail=error.detail,
    )

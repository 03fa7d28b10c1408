"""Labels for comments: ``POST /v1/classify``."""

from __future__ import annotations

import asyncio
import math
from functools import partial

from fastapi import APIRouter, Request, Response

from sedno.models.behaviour.observe import has_context, with_behaviour
from sedno.serving.api import asked, problems
from sedno.serving.api.bodies import read_json
from sedno.serving.api.dependencies import EngineDep, MetricsDep, SettingsDep
from sedno.serving.api.guard import May, Route, require
from sedno.serving.api.limits import Limit
from sedno.serving.api.observe import CLIENT_GONE, work_of
from sedno.serving.api.openapi import json_body, problem_responses
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.schemas import ClassifyRequest, ClassifyResponse
from sedno.serving.batcher import QueueFullError
from sedno.serving.engine import ClientGoneError, DeadlineError, NotReadyError

INLINE_COMMENTS = 32
"""Answers to up to so many comments are written on the event loop, in under two milliseconds."""

RETRY_WHEN_STARTING = "2"

router = APIRouter(
    prefix="/v1", tags=["classify"], dependencies=[require(May.CLASSIFY)], route_class=Route
)


@router.post(
    "/classify",
    response_model=ClassifyResponse,
    response_class=Response,
    openapi_extra=json_body(ClassifyRequest),
    responses=problem_responses(
        problems.MALFORMED_JSON,
        problems.BROKEN_BODY,
        problems.UNAUTHORISED,
        problems.FORBIDDEN,
        problems.BODY_TIMEOUT,
        problems.BODY_TOO_LARGE,
        problems.UNSUPPORTED_MEDIA,
        problems.INVALID_REQUEST,
        problems.QUEUE_FULL,
        problems.NOT_READY,
        problems.DEADLINE,
    ),
)
async def classify(
    request: Request, engine: EngineDep, metrics: MetricsDep, settings: SettingsDep
) -> Response:
    """Label comments.

    The answers come in the order of the comments, one for each. A comment that cannot be
    read (empty, too long) gets an `error` in its place and the others are answered all the
    same. A time that is none, and whatever else is wrong beside text and id, is left out with
    one of `warnings`. Comments with an author, a post or a time also get a `behaviour`,
    for which the comments of the request are looked at together. Where the form of the request
    is wrong, nothing is answered and every fault is named.
    """
    wanted = await read_json(
        request,
        partial(asked.build, most=settings.max_comments),
        limit=Limit(settings.max_body_bytes),
    )
    work = work_of(request.scope)
    work.comments = wanted.size
    tokens = engine.estimate(wanted.comments, explain=wanted.explain)
    work.tokens = sum(tokens)
    try:
        predictions = await engine.predict(
            wanted.comments,
            tokens,
            explain=wanted.explain,
            embeddings=wanted.embeddings,
            gone=_until_gone(request),
        )
    except ClientGoneError:
        metrics.refused("client_gone")
        work.gone = True
        return Response(status_code=CLIENT_GONE)
    except (NotReadyError, QueueFullError, DeadlineError) as error:
        reason, problem = _problem(error, settings.deadline_seconds)
        metrics.refused(reason)
        raise problem from error
    if any(map(has_context, wanted.comments)):
        # Here and not in the passes of the model, which strangers' comments share.
        predictions = await asyncio.to_thread(with_behaviour, predictions, wanted.comments)
    # Another model may have come into service since these were answered.
    name = predictions[0].model if predictions else engine.name
    results = wanted.merge(predictions, name)
    metrics.classified(results)
    write = partial(asked.render, name, results, embeddings=wanted.embeddings)
    body = write() if len(results) <= INLINE_COMMENTS else await asyncio.to_thread(write)
    return Response(body, media_type="application/json")


async def _until_gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _problem(error: Exception, deadline: float) -> tuple[str, ProblemError]:
    match error:
        case QueueFullError():
            retry = {"Retry-After": str(math.ceil(error.retry_after))}
            detail = (
                f"{error.waiting} comments are waiting. Try again after {retry['Retry-After']} s."
            )
            return "queue_full", ProblemError(problems.QUEUE_FULL, detail, headers=retry)
        case DeadlineError():
            detail = (
                f"No answer within {deadline:g} s. Send fewer comments a request, try again "
                "later, or ask the operator for a longer SEDNO_DEADLINE_SECONDS."
            )
            retry = {"Retry-After": RETRY_WHEN_STARTING}
            return "deadline", ProblemError(problems.DEADLINE, detail, headers=retry)
        case _:
            retry = {"Retry-After": RETRY_WHEN_STARTING}
            detail = f"{str(error).capitalize()}. Try again shortly, or at another replica."
            return "not_ready", ProblemError(problems.NOT_READY, detail, headers=retry)

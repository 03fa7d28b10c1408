"""For probes and monitoring: ``/healthz``, ``/readyz``, ``/metrics``."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Response

from sedno.serving.api import problems
from sedno.serving.api.dependencies import EngineDep, MetricsDep
from sedno.serving.api.guard import May, Route, require
from sedno.serving.api.metrics import CONTENT_TYPE
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.schemas import HealthOut
from sedno.serving.engine import Phase

router = APIRouter(tags=["operation"], route_class=Route)


@router.get(
    "/healthz",
    dependencies=[require(May.KNOCK)],
    responses=problem_responses(problems.NOT_READY),
)
async def health(engine: EngineDep) -> HealthOut:
    """Tell whether the process lives.

    Fails only where a restart would help: if the thread that runs the model has died.
    """
    if not engine.healthy:
        raise ProblemError(problems.NOT_READY, "The model's thread has died. Restart the server.")
    return HealthOut(status="ok")


@router.get(
    "/readyz",
    dependencies=[require(May.KNOCK)],
    responses=problem_responses(problems.NOT_READY),
)
async def readiness(engine: EngineDep) -> HealthOut:
    """Tell whether requests are welcome: after warm-up, and until the server is told to stop."""
    if engine.phase is not Phase.READY:
        raise ProblemError(
            problems.NOT_READY,
            f"The server is {engine.phase}. Send requests to another replica, or wait.",
            headers={"Retry-After": "2"},
        )
    return HealthOut(status="ready")


@router.get(
    "/metrics",
    dependencies=[require(May.READ_METRICS)],
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format.", "content": {"text/plain": {}}},
        **problem_responses(problems.UNAUTHORISED, problems.FORBIDDEN),
    },
)
async def metrics(series: MetricsDep) -> Response:
    """Give the server's figures in Prometheus' text format."""
    # It reads /proc, and a scrape of many series takes milliseconds.
    return Response(await asyncio.to_thread(series.scrape), media_type=CONTENT_TYPE)

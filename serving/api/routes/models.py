"""What answers, and how well: ``GET /v1/models``."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter

from sedno.serving.api import problems
from sedno.serving.api.dependencies import EngineDep
from sedno.serving.api.guard import May, Route, require
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.schemas import ModelOut, ModelsResponse

router = APIRouter(
    prefix="/v1", tags=["models"], dependencies=[require(May.READ_MODELS)], route_class=Route
)


@router.get(
    "/models",
    responses=problem_responses(problems.UNAUTHORISED, problems.FORBIDDEN, problems.NOT_READY),
)
async def models(engine: EngineDep) -> ModelsResponse:
    """Describe what is loaded.

    For each task, its labels and the band: the least confidence of an answer that needs no
    review, the share of answers that reach it, and the error rate to expect among those.
    """
    if engine.model is None:
        raise ProblemError(
            problems.NOT_READY,
            "No model is loaded yet. Try again shortly.",
            headers={"Retry-After": "2"},
        )
    described = await asyncio.to_thread(engine.model.describe)
    return ModelsResponse(models=[ModelOut(ref=engine.name, **described)])

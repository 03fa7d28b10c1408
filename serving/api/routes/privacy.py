"""What is held on someone, erasing it, and how long things are kept: ``/v1/privacy``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from sedno.serving.api import problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.people.secrets import pseudonym_key
from sedno.serving.privacy import erase as erasing
from sedno.serving.privacy import retention as keeping
from sedno.serving.privacy.holdings import holdings
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.privacy.retention import MOST_DAYS
from sedno.serving.privacy.target import Target
from sedno.serving.settings import Settings

router = APIRouter(prefix="/v1/privacy", tags=["privacy"], route_class=Route)

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED,
    problems.FORBIDDEN,
    problems.CONFLICT,
    problems.INVALID_REQUEST,
    problems.NOT_READY,
)


class WhoseIn(BaseModel):
    """Whose data: source and author, source and external_id, or pseudonym."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"source": "youtube", "author": "UC123"}]}
    )

    source: Name | None = Field(None, description="Where it was written.")
    author: Name | None = Field(None, description="Who wrote it, by the name at the source.")
    external_id: Name | None = Field(None, description="One comment, by its id at the source.")
    pseudonym: Name | None = Field(None, description="The author, as Sedno has it.")

    def target(self, settings: Settings) -> Target:
        """Whose comments are meant.

        Raises:
            TargetError: It is none of the three, or more than one.
        """
        return Target.stated(
            Pseudonyms(pseudonym_key(settings)),
            source=self.source,
            author=self.author,
            external_id=self.external_id,
            pseudonym=self.pseudonym,
        )


class EraseIn(WhoseIn):
    """Whose data to erase."""

    dry_run: bool = Field(False, description="Only tell what would be erased.")


class ErasedOut(BaseModel):
    """What was erased, or would be."""

    comments: int
    derived: dict[str, int] = Field(description="Rows that went with them, by table.")
    waiting: int = Field(description="Rows of jobs that had not had their turn.")
    dry_run: bool


class RetentionOut(BaseModel):
    """How long comments are kept."""

    days: dict[str, int | None] = Field(
        description="By source; `*` stands for all others, null for ever."
    )


class RetentionIn(BaseModel):
    """How long the comments of a source are kept."""

    model_config = ConfigDict(extra="forbid")

    source: Name = Field(description="The source, or `*` for all others.")
    days: int | None = Field(
        ge=1,
        le=MOST_DAYS,
        description="From when a comment came; null takes the rule away.",
    )


@router.post(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "One JSON object a comment, with all that was derived from it.",
            "content": {"application/x-ndjson": {}},
        },
        **_PROBLEMS,
    },
)
async def export_held(
    actor: Annotated[Actor, require(May.EXPORT_PERSONAL_DATA)],
    store: StoreDep,
    settings: SettingsDep,
    asked: WhoseIn,
) -> Response:
    """Give all that is held on someone, for a request under article 15 of the GDPR (RODO)."""

    def begin() -> Iterator[dict[str, Any]]:
        return holdings(store.open(), actor, asked.target(settings))

    held = await in_thread(begin)
    return StreamingResponse(
        (orjson.dumps(item) + b"\n" for item in held), media_type="application/x-ndjson"
    )


@router.post("/erase", responses=_PROBLEMS)
async def erase_held(
    actor: Annotated[Actor, require(May.ERASE)],
    store: StoreDep,
    settings: SettingsDep,
    asked: EraseIn,
) -> ErasedOut:
    """Erase all that is held on someone, for a request under article 17 of the GDPR (RODO)."""

    def write() -> ErasedOut:
        erased = erasing.erase(store.open(), actor, asked.target(settings), dry_run=asked.dry_run)
        return ErasedOut(
            comments=erased.comments,
            derived=erased.derived,
            waiting=erased.waiting,
            dry_run=asked.dry_run,
        )

    return await in_thread(write)


@router.get("/retention", responses=_PROBLEMS)
async def read_retention(
    actor: Annotated[Actor, require(May.MANAGE_RETENTION)], store: StoreDep, settings: SettingsDep
) -> RetentionOut:
    """Tell how long the comments of each source are kept."""
    del actor

    def read() -> RetentionOut:
        with store.open().session() as session:
            return RetentionOut(days=keeping.rules(session, settings))

    return await in_thread(read)


@router.put("/retention", responses=_PROBLEMS)
async def set_retention(
    actor: Annotated[Actor, require(May.MANAGE_RETENTION)],
    store: StoreDep,
    settings: SettingsDep,
    asked: RetentionIn,
) -> RetentionOut:
    """Set how long the comments of a source are kept, or take its rule away."""

    def write() -> RetentionOut:
        with store.open().transaction() as session:
            keeping.set_rule(session, actor, asked.source, asked.days)
            session.flush()
            return RetentionOut(days=keeping.rules(session, settings))

    return await in_thread(write)

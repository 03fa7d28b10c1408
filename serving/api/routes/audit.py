"""Who did what: ``/v1/audit``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import StreamingResponse

from sedno.serving.api import problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.row_streams import csv_lines, json_lines
from sedno.serving.people import audit as keeping
from sedno.serving.people.audit import Subject, Wanted, record
from sedno.serving.review.blind import entries_for
from sedno.serving.store.database import Database

router = APIRouter(prefix="/v1/audit", tags=["audit"], route_class=Route)

Reader = Annotated[Actor, require(May.READ_AUDIT)]

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
)
_MOST_ID = (1 << 63) - 1


class EntryOut(BaseModel):
    """One thing that was done."""

    id: int
    at: datetime
    actor_kind: str = Field(examples=["person", "key", "system"])
    actor: str
    action: str = Field(examples=["comment.read", "person.signed_in"])
    subject_kind: str = Field(examples=["comment"])
    subject: str
    detail: dict[str, Any]


class EntriesOut(BaseModel):
    """A page of the audit log, the newest first."""

    entries: list[EntryOut]
    next_before: int | None = Field(description="`before` of the next page; null at the end.")


def _wanted(
    since: Annotated[AwareDatetime | None, Query(description="Not before.")] = None,
    until: Annotated[AwareDatetime | None, Query(description="Before.")] = None,
    actor: Annotated[Name | None, Query(description="Done by this person or key.")] = None,
    action: Annotated[
        Name | None, Query(description="What was done; `person.` finds all that begin so.")
    ] = None,
    subject_kind: Annotated[Name | None, Query(description="Such as `comment`.")] = None,
    subject: Annotated[Name | None, Query(description="Which one.")] = None,
) -> Wanted:
    return Wanted(since, until, actor, action, subject_kind, subject)


WantedDep = Annotated[Wanted, Depends(_wanted)]


@router.get("", responses=_PROBLEMS)
async def read_audit(
    reader: Reader,
    store: StoreDep,
    wanted: WantedDep,
    before: Annotated[int | None, Query(ge=1, le=_MOST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> EntriesOut:
    """Read the audit log, the newest entry first."""

    def read() -> EntriesOut:
        with store.open().session() as session:
            found = keeping.page(
                session, wanted, *entries_for(reader), before=before, limit=limit + 1
            )
        entries = [EntryOut.model_validate(keeping.fields(entry)) for entry in found[:limit]]
        return EntriesOut(
            entries=entries, next_before=entries[-1].id if len(found) > limit else None
        )

    return await in_thread(read)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "All entries, the oldest first.",
            "content": {"application/x-ndjson": {}, "text/csv": {}},
        },
        **_PROBLEMS,
    },
)
async def export_audit(
    reader: Reader,
    store: StoreDep,
    wanted: WantedDep,
    format: Annotated[Literal["jsonl", "csv"], Query()] = "jsonl",  # noqa: A002 - the parameter's name
) -> Response:
    """Export the audit log. That it was exported is written to it."""

    def begin() -> Database:
        database = store.open()
        with database.transaction() as session:
            record(session, reader, "audit.exported", Subject("audit", format))
        return database

    database = await in_thread(begin)
    if format == "csv":
        return StreamingResponse(
            _csv(database, reader, wanted), media_type="text/csv; charset=utf-8"
        )
    return StreamingResponse(_jsonl(database, reader, wanted), media_type="application/x-ndjson")


def _jsonl(database: Database, reader: Actor, wanted: Wanted) -> Iterator[bytes]:
    with database.session() as session:
        yield from json_lines(
            map(keeping.fields, keeping.every(session, wanted, *entries_for(reader)))
        )


def _csv(database: Database, reader: Actor, wanted: Wanted) -> Iterator[bytes]:
    with database.session() as session:
        rows = (
            keeping.cells(keeping.fields(one))
            for one in keeping.every(session, wanted, *entries_for(reader))
        )
        yield from csv_lines(keeping.COLUMNS, rows)

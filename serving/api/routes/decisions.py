"""What people decided, as records and as a training set: ``/v1/decisions``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import StreamingResponse

from sedno.serving.api import problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.row_streams import csv_lines, json_lines
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.looks import noted, record_looks
from sedno.serving.review import records
from sedno.serving.review.export import Export
from sedno.serving.store.database import Database
from sedno.serving.store.opening import Store

router = APIRouter(prefix="/v1/decisions", tags=["review"], route_class=Route)

_PART = 1_000

Exporter = Annotated[Actor, require(May.EXPORT_DECISIONS)]
Since = Annotated[AwareDatetime | None, Query(description="Decided at this time or later.")]

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
)


class DecisionOut(BaseModel):
    """One thing that a person did to a comment."""

    id: int
    decided_at: datetime
    by: str
    verdict: str = Field(examples=["accepted", "corrected", "skipped", "escalated"])
    comment_id: int
    comment_version: int
    model: str | None
    proposal: dict[str, dict[str, Any]] = Field(description="What the person saw, by task.")
    labels: dict[str, str] | None
    note: str | None
    batch_id: int | None = Field(description="The stroke over many that it belongs to.")
    undone_at: datetime | None
    undone_by: str | None


class DecisionsOut(BaseModel):
    """A page of decisions, the newest first."""

    decisions: list[DecisionOut]
    next_before: int | None = Field(description="`before` of the next page; null at the end.")


@router.get("", responses=_PROBLEMS)
async def read_decisions(
    actor: Annotated[Actor, require(May.READ_DECISIONS)],
    store: StoreDep,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> DecisionsOut:
    """Read who decided what, the newest first.

    What waits for a second opinion is left out for everybody but who decided first.
    """

    def read() -> DecisionsOut:
        with store.open().transaction() as session:
            found = records.page(session, actor, before=before, limit=limit + 1)
            ids = [one.comment_id for one in found[:limit]]
            record_looks(session, actor, "decisions.listed", Subject("decisions", "list"), ids)
        out = [DecisionOut.model_validate(records.fields(one)) for one in found[:limit]]
        return DecisionsOut(decisions=out, next_before=out[-1].id if len(found) > limit else None)

    return await in_thread(read)


@router.get(
    "/export",
    response_class=Response,
    responses={
        200: {
            "description": "All decisions, the oldest first, also those taken back.",
            "content": {"application/x-ndjson": {}, "text/csv": {}},
        },
        **_PROBLEMS,
    },
)
async def export_decisions(
    actor: Exporter,
    store: StoreDep,
    since: Since = None,
    format: Annotated[Literal["jsonl", "csv"], Query()] = "jsonl",  # noqa: A002 - the parameter's name
) -> Response:
    """Export all decisions; for a person save those that wait for a second opinion of theirs."""
    database = await in_thread(lambda: _begin(store, actor, format))
    if format == "csv":
        return StreamingResponse(
            csv_lines(records.COLUMNS, map(records.cells, _fields(database, actor, since))),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="decisions.csv"'},
        )
    rows = json_lines(_fields(database, actor, since))
    return StreamingResponse(rows, media_type="application/x-ndjson")


@router.get(
    "/training-set",
    response_class=Response,
    responses={
        200: {
            "description": "The decisions that count now, as a corpus that `sedno train` reads.",
            "content": {"application/x-ndjson": {}},
        },
        **_PROBLEMS,
    },
)
async def export_training_set(actor: Exporter, store: StoreDep, since: Since = None) -> Response:
    """Export a training set; the same as `sedno decisions export`."""
    database = await in_thread(lambda: _begin(store, actor, "training-set"))
    return StreamingResponse(_training(database, actor, since), media_type="application/x-ndjson")


def _begin(store: Store, actor: Actor, what: str) -> Database:
    database = store.open()
    with database.transaction() as session:
        record(session, actor, "decisions.exported", Subject("decisions", what))
    return database


def _training(database: Database, actor: Actor, since: datetime | None) -> Iterator[bytes]:
    subject = Subject("decisions", "training-set")

    def note(ids: list[int]) -> None:
        with database.transaction() as session:
            record_looks(session, actor, "decisions.exported", subject, ids)

    with database.session() as session:
        yield from Export(session, since=since, note=note if actor.is_person else None).lines()


def _fields(database: Database, actor: Actor, since: datetime | None) -> Iterator[dict[str, Any]]:
    with database.session() as session:
        found = map(records.fields, records.every(session, actor, since=since))
        parts = iter(lambda: list(islice(found, _PART)), [])
        subject = Subject("decisions", "export")
        for part in noted(parts, database, actor, "decisions.exported", subject, _ids):
            yield from part


def _ids(part: Iterable[dict[str, Any]]) -> list[int]:
    return [decision["comment_id"] for decision in part]

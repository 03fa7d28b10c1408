"""Stored comments: ``/v1/comments``."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import StreamingResponse

from sedno.serving.api import guard, problems
from sedno.serving.api.bodies import LINES, Records, read_records
from sedno.serving.api.comment_schemas import CommentsPage, KeepRequest, KeepResponse, StoredOut
from sedno.serving.api.dependencies import EngineDep, MetricsDep, SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.api.keeping import Keeping, told
from sedno.serving.api.limits import Limit
from sedno.serving.api.observe import work_of
from sedno.serving.api.openapi import json_body, problem_responses
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.api.selection import ExportParameters, KeepParameters, ListParameters, refused
from sedno.serving.ingest import export, repeats
from sedno.serving.ingest.incoming import preparer_of
from sedno.serving.people.audit import Subject, record_look
from sedno.serving.people.looks import noted, record_looks
from sedno.serving.review import blind
from sedno.serving.store import comments as stored
from sedno.serving.store import shape
from sedno.serving.store.answers import answers_given
from sedno.serving.store.comments import FilterError, Filters
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment

MOST_KEY_CHARS = 255
_KEY = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
"""Header of an answer that was given before."""

COMMENTS = "/v1/comments"
"""Where comments are handed over; its bodies have a limit of their own."""

router = APIRouter(prefix="/v1", tags=["comments"], route_class=guard.Route)

Number = Annotated[int, Path(ge=1, le=(1 << 63) - 1)]


def _keep_body() -> dict[str, Any]:
    extra = json_body(KeepRequest)
    line = {"schema": {"type": "string", "description": "One comment a line, as JSON."}}
    extra["requestBody"]["content"] |= dict.fromkeys(sorted(LINES), line)
    return extra


@router.post(
    "/comments",
    response_model=KeepResponse,
    response_class=Response,
    openapi_extra=_keep_body(),
    responses={
        202: {"model": KeepResponse, "description": "Kept; a job answers those which wait."},
        **problem_responses(
            problems.MALFORMED_JSON,
            problems.BROKEN_BODY,
            problems.UNAUTHORISED,
            problems.FORBIDDEN,
            problems.BODY_TIMEOUT,
            problems.UNDER_WAY,
            problems.BODY_TOO_LARGE,
            problems.UNSUPPORTED_MEDIA,
            problems.INVALID_REQUEST,
            problems.KEY_REUSED,
            problems.NOT_READY,
        ),
    },
)
async def keep_comments(
    request: Request,
    actor: Annotated[Actor, guard.require(May.WRITE_COMMENTS)],
    engine: EngineDep,
    metrics: MetricsDep,
    settings: SettingsDep,
    store: StoreDep,
    asked: Annotated[KeepParameters, Query()],
    idempotency_key: Annotated[
        str | None,
        Header(description="Any text; a repeat with the same one gets the first one's answer."),
    ] = None,
) -> Response:
    """Keep comments and label them.

    A comment is known by its source and id. Sent again, it is `unchanged`; with another content
    it is `updated`. One that cannot be kept is `rejected` with the reason, and the others are
    kept all the same. Authors become pseudonyms and personal data is masked before anything is
    written. The status is 202 where a job is left to answer some of them.
    """
    key = _checked_key(idempotency_key)
    records = await read_records(
        request,
        most=settings.max_ingest_comments,
        limit=Limit(settings.max_ingest_bytes, "SEDNO_MAX_INGEST_BYTES"),
    )
    work_of(request.scope).comments = len(records.items)
    database = await asyncio.to_thread(store.open)
    repeat = None
    if key is not None:
        caller = f"{actor.kind}:{actor.id or actor.name}"
        repeat = await _begin(database, caller, key, _digest(records, asked.model_dump()))
        if repeat.outcomes is not None:
            job, model, outcomes = repeat.outcomes
            # An earlier Sedno kept no warnings and no wordings.
            outcomes = [[*one, [], None][:7] for one in outcomes]
            ids = [_id_of(item) for item in records.items]
            given = None
            if asked.answers:
                given = await asyncio.to_thread(answers_given, database, outcomes, model)
            body = told(outcomes, ids, model=model, job=job, answers=given)
            return _answer(body, job, replayed=True)
    try:
        preparer = await asyncio.to_thread(preparer_of, settings, source=asked.source)
        kept = await Keeping(database, engine, preparer).keep(
            records.items, at_once=asked.classify == "now", created_by=actor.name
        )
    except BaseException:
        if repeat is not None:
            await asyncio.shield(asyncio.to_thread(repeats.give_up, database, repeat))
        raise
    outcomes = kept.outcomes()
    if repeat is not None:
        remembered = [kept.job, engine.name, outcomes]
        await asyncio.to_thread(repeats.end, database, repeat, remembered)
    metrics.classified(list(kept.answers.values()))
    body = await asyncio.to_thread(
        told,
        outcomes,
        [one.id for one in kept.taken],
        model=engine.name,
        job=kept.job,
        answers=kept.shapes() if asked.answers else None,
    )
    return _answer(body, kept.job)


@router.get(
    "/comments",
    response_model=CommentsPage,
    response_class=Response,
    responses=problem_responses(
        problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
    ),
)
async def list_comments(
    actor: Annotated[Actor, guard.require(May.READ_COMMENTS)],
    store: StoreDep,
    which: Annotated[ListParameters, Query()],
) -> Response:
    """List stored comments, the newest first.

    With `q` the order is that of their receipt, else that of the time they were posted.
    """
    filters = blind.filters_for(actor, which.filters())

    def read() -> bytes:
        database = store.open()
        with database.session() as session:
            page = stored.page(session, filters, cursor=which.cursor, limit=which.limit)
            found = [shape.to_dict(comment) for comment in page.comments]
            blind.veil(session, actor, found)
        _note_look(database, actor, "comments.list", filters, [one["id"] for one in found])
        return _json({"comments": found, "next": page.next})

    try:
        body = await asyncio.to_thread(read)
    except FilterError as error:
        raise refused(error) from error
    return Response(body, media_type="application/json")


@router.get(
    "/comments/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {kind.partition(";")[0]: {} for kind in export.MEDIA_TYPES.values()},
        },
        **problem_responses(
            problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY
        ),
    },
)
async def export_comments(
    actor: Annotated[Actor, guard.require(May.EXPORT_COMMENTS)],
    store: StoreDep,
    which: Annotated[ExportParameters, Query()],
) -> StreamingResponse:
    """Download stored comments as CSV, JSONL or Parquet, in the order of their receipt."""
    filters, form = blind.filters_for(actor, which.filters()), which.format
    check_format(form)
    database = await asyncio.to_thread(store.open)
    await asyncio.to_thread(_note_look, database, actor, "comments.export", filters, [])
    columns = shape.COLUMNS

    def rows() -> Iterator[list[dict[str, Any]]]:
        make = shape.to_dict if form is export.Format.JSONL else shape.to_row
        read = stored.every(database, filters)
        subject = Subject("comments", filters.source or "all")
        for part in noted(read, database, actor, "comments.export", subject, _ids):
            made = [make(comment) for comment in part]
            with database.session() as session:
                blind.veil(session, actor, made)
            yield made

    return StreamingResponse(
        export.write(rows(), form, columns),
        media_type=export.MEDIA_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="comments.{form}"'},
    )


@router.get(
    "/comments/{comment_id}",
    response_model=StoredOut,
    response_class=Response,
    responses=problem_responses(
        problems.UNAUTHORISED,
        problems.FORBIDDEN,
        problems.NOT_FOUND,
        problems.INVALID_REQUEST,
        problems.NOT_READY,
    ),
)
async def get_comment(
    actor: Annotated[Actor, guard.require(May.READ_COMMENTS)], store: StoreDep, comment_id: Number
) -> Response:
    """Give one stored comment."""

    def read() -> bytes | None:
        database = store.open()
        with database.session() as session:
            comment = stored.get(session, comment_id)
            if comment is None:
                return None
            found = shape.to_dict(comment)
            blind.veil(session, actor, [found])
        if actor.is_person:
            with database.transaction() as session:
                subject = Subject("comment", str(comment_id))
                record_look(session, actor, "comment.read", subject)
        return _json(found)

    body = await asyncio.to_thread(read)
    if body is None:
        raise ProblemError(
            problems.NOT_FOUND, f"There is no comment {comment_id}; it may have been erased."
        )
    return Response(body, media_type="application/json")


def check_format(form: export.Format) -> None:
    """Refuses a format that cannot be written here.

    Raises:
        ProblemError: Parquet without the extra that writes it; 422.
    """
    try:
        export.check(form)
    except ModuleNotFoundError as error:
        raise refused(
            FilterError("format", "parquet needs the extra: pip install 'sedno[parquet]'")
        ) from error


def _ids(comments: Iterable[StoredComment]) -> list[int]:
    return [comment.id for comment in comments]


def _note_look(
    database: Database, actor: Actor, action: str, filters: Filters, ids: list[int]
) -> None:
    if not actor.is_person:
        return
    with database.transaction() as session:
        subject = Subject("comments", filters.source or "all")
        record_looks(session, actor, action, subject, ids, filters=filters.for_log())


def _checked_key(key: str | None) -> str | None:
    if key is None or not key.strip():
        return None
    if len(key) > MOST_KEY_CHARS or not key.isprintable():
        detail = f"has {len(key)} characters; at most {MOST_KEY_CHARS} printable ones are taken"
        fault = Fault(f"#/header/{_KEY}", "too_long", detail, "use a UUID")
        raise ProblemError(problems.INVALID_REQUEST, f"{_KEY} {detail}.", [fault])
    return key.strip()


def _digest(records: Records, *asked: object) -> str:
    return hashlib.sha256(f"{records.digest}/{asked!r}".encode()).hexdigest()


async def _begin(database: Database, caller: str, key: str, digest: str) -> repeats.Repeat:
    try:
        return await asyncio.to_thread(repeats.begin, database, caller, key, digest)
    except repeats.UnderWayError as error:
        raise ProblemError(
            problems.UNDER_WAY,
            f"The first request with this {_KEY} has not ended. Repeat it in a few seconds.",
            headers={"Retry-After": "5"},
        ) from error
    except repeats.OtherRequestError as error:
        raise ProblemError(
            problems.KEY_REUSED,
            f"This {_KEY} was used for a request that asked something else. Use a new key for "
            "each request, and the same only to repeat it.",
        ) from error


def _id_of(record: object) -> str | None:
    given = record.get("id") if isinstance(record, dict) else None
    return None if given is None or isinstance(given, bool) else str(given)[:256]


def _answer(body: bytes, job: int | None, *, replayed: bool = False) -> Response:
    headers = {REPLAYED: "true"} if replayed else {}
    if job is not None:
        headers["Location"] = f"/v1/jobs/{job}"
    status = 200 if job is None else 202
    return Response(body, status_code=status, headers=headers, media_type="application/json")


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)

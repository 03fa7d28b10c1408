"""Jobs: ``/v1/jobs``."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal, TypeVar

import orjson
from fastapi import APIRouter, File, Path, Query, Response, UploadFile
from fastapi.responses import StreamingResponse
from sqlalchemy.orm import Session

from sedno.datasets.io.errors import InputError, MissingExtraError
from sedno.serving.api import guard, problems
from sedno.serving.api.comment_schemas import JobIn, JobOut, JobsPage, ResultsPage
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.api.routes.comments import check_format
from sedno.serving.api.selection import selection_filters
from sedno.serving.ingest import export
from sedno.serving.ingest.incoming import preparer_of
from sedno.serving.jobs import board, results
from sedno.serving.jobs.board import JobStateError, NoJobError
from sedno.serving.jobs.queue import JobQueue
from sedno.serving.jobs.upload import upload
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import noted, record_looks
from sedno.serving.review import blind
from sedno.serving.store.comments import Filters
from sedno.serving.store.database import Database
from sedno.serving.store.opening import Store
from sedno.serving.store.transact import transact

T = TypeVar("T")
FILES = "/v1/jobs/files"
"""The path that takes whole files."""

router = APIRouter(prefix="/v1", tags=["jobs"], route_class=guard.Route)

Number = Annotated[int, Path(ge=1, le=(1 << 63) - 1)]
_Row = Annotated[int, Query(ge=0, le=(1 << 62), description="`next` of the page before.")]
_COMMON = (
    problems.UNAUTHORISED,
    problems.FORBIDDEN,
    problems.NOT_FOUND,
    problems.INVALID_REQUEST,
    problems.NOT_READY,
)


@router.post(
    "/jobs/files",
    status_code=202,
    response_model=JobOut,
    responses=problem_responses(
        *_COMMON[:2], problems.BODY_TIMEOUT, problems.BODY_TOO_LARGE, *_COMMON[3:]
    ),
)
async def add_file_job(
    actor: Annotated[Actor, guard.require(May.RUN_JOBS)],
    settings: SettingsDep,
    store: StoreDep,
    file: Annotated[UploadFile, File(description="CSV, TSV, JSONL, also gzipped, or Parquet.")],
    source: Annotated[
        Name | None, Query(description="The source of comments that name none.")
    ] = None,
    format: Annotated[  # noqa: A002 - the word callers use
        Literal["csv", "tsv", "jsonl", "parquet"] | None,
        Query(description="Where the file's name does not tell."),
    ] = None,
) -> Response:
    """Keep and label the comments of a file.

    The columns are found by their names, as `sedno classify` finds them. The file is read,
    masked and pseudonymised before this request ends, and is not kept.
    """

    def take() -> bytes:
        database = store.open()
        preparer = preparer_of(settings, source=source)
        queue = JobQueue(database)
        name = _bare(file.filename or "file")
        with _as_path(file, name) as path:
            job_id = upload(
                database,
                path,
                preparer,
                name=name,
                format=format or _format_of(name),
                created_by=actor.name,
                queue=queue.put,
            )
        return _shown(store, job_id)

    try:
        body = await asyncio.to_thread(take)
    except (InputError, MissingExtraError) as error:
        raise _bad_file(str(error)) from error
    return _accepted(body)


@router.post("/jobs", status_code=202, response_model=JobOut, responses=problem_responses(*_COMMON))
async def add_job(
    actor: Annotated[Actor, guard.require(May.RUN_JOBS)], store: StoreDep, asked: JobIn
) -> Response:
    """Label stored comments, or label them anew with the model in service."""
    filters = selection_filters(asked.selection) if asked.selection else Filters()
    if filters.review_state is not None:
        filters = blind.filters_for(actor, filters)
    options = {"filters": filters.to_dict(), "again": asked.again}

    def make() -> bytes:
        database = store.open()
        queue = JobQueue(database)

        def add(session: Session) -> int:
            job = board.create(session, board.SELECTION, options, created_by=actor.name)
            queue.put(session, job.id)
            return job.id

        return _shown(store, transact(database, add))

    return _accepted(await asyncio.to_thread(make))


@router.get("/jobs", response_model=JobsPage, responses=problem_responses(*_COMMON))
async def list_jobs(
    _: Annotated[Actor, guard.require(May.READ_JOBS)],
    store: StoreDep,
    state: Annotated[
        Literal["uploading", "queued", "running", "done", "failed", "cancelled"] | None, Query()
    ] = None,
    before: Annotated[int | None, Query(ge=1, le=(1 << 63) - 1)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> Response:
    """List jobs, the newest first."""

    def read() -> bytes:
        with store.open().session() as session:
            found = board.jobs(session, state=state, before=before, limit=limit + 1)
            shown = [results.job_dict(job) for job in found[:limit]]
        return _dumps({"jobs": shown, "next": shown[-1]["id"] if len(found) > limit else None})

    return _json(await asyncio.to_thread(read))


@router.get("/jobs/{job_id}", response_model=JobOut, responses=problem_responses(*_COMMON))
async def get_job(
    _: Annotated[Actor, guard.require(May.READ_JOBS)], store: StoreDep, job_id: Number
) -> Response:
    """Tell how far a job is."""
    return _json(await _asked(lambda: _shown(store, job_id)))


@router.post(
    "/jobs/{job_id}/cancel",
    response_model=JobOut,
    responses=problem_responses(*_COMMON, problems.CONFLICT),
)
async def cancel_job(
    _: Annotated[Actor, guard.require(May.RUN_JOBS)], store: StoreDep, job_id: Number
) -> Response:
    """Cancel a job. What is done stays done; one at work ends with its next step."""

    def do() -> bytes:
        transact(store.open(), lambda session: board.cancel(session, job_id))
        return _shown(store, job_id)

    return _json(await _asked(do))


@router.post(
    "/jobs/{job_id}/retry",
    response_model=JobOut,
    responses=problem_responses(*_COMMON, problems.CONFLICT),
)
async def retry_job(
    _: Annotated[Actor, guard.require(May.RUN_JOBS)], store: StoreDep, job_id: Number
) -> Response:
    """Go on with a job that failed or was cancelled, where it was."""

    def do() -> bytes:
        database = store.open()
        queue = JobQueue(database)

        def again(session: Session) -> None:
            board.retry(session, job_id)
            queue.put(session, job_id)

        transact(database, again)
        return _shown(store, job_id)

    return _json(await _asked(do))


@router.delete(
    "/jobs/{job_id}",
    status_code=204,
    responses=problem_responses(*_COMMON, problems.CONFLICT),
)
async def delete_job(
    _: Annotated[Actor, guard.require(May.RUN_JOBS)], store: StoreDep, job_id: Number
) -> Response:
    """Delete a job that has ended, with its list of results. The comments stay."""
    await _asked(lambda: transact(store.open(), lambda session: board.delete_job(session, job_id)))
    return Response(status_code=204)


@router.get(
    "/jobs/{job_id}/results", response_model=ResultsPage, responses=problem_responses(*_COMMON)
)
async def list_results(
    actor: Annotated[Actor, guard.require(May.READ_COMMENTS)],
    store: StoreDep,
    job_id: Number,
    after: _Row = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Response:
    """List what came of each row of a job, in the order of the rows."""

    def read() -> bytes:
        with store.open().session() as session:
            found, following = results.page(session, job_id, after=after, limit=limit)
            blind.veil(session, actor, _comments(found))
        _note_look(store, actor, "comments.list", job_id, _ids(found))
        return _dumps({"results": found, "next": following})

    return _json(await _asked(read))


@router.get(
    "/jobs/{job_id}/results/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {kind.partition(";")[0]: {} for kind in export.MEDIA_TYPES.values()},
        },
        **problem_responses(*_COMMON),
    },
)
async def export_results(
    actor: Annotated[Actor, guard.require(May.EXPORT_COMMENTS)],
    store: StoreDep,
    job_id: Number,
    format: Annotated[export.Format, Query()] = export.Format.CSV,  # noqa: A002 - the word callers use
) -> StreamingResponse:
    """Download what came of each row of a job as CSV, JSONL or Parquet."""
    check_format(format)

    def check() -> Any:
        database = store.open()
        with database.session() as session:
            board.get(session, job_id)
        _note_look(store, actor, "comments.export", job_id, [])
        return database

    database = await _asked(check)
    read = _veiled(
        results.every(database, job_id, table=format is not export.Format.JSONL), database, actor
    )
    subject = Subject("job", str(job_id))
    rows = noted(read, database, actor, "comments.export", subject, _ids)
    return StreamingResponse(
        export.write(rows, format, results.COLUMNS),
        media_type=export.MEDIA_TYPES[format],
        headers={"Content-Disposition": f'attachment; filename="job-{job_id}.{format}"'},
    )


def _comments(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The comments in a part of results, be it objects or rows of a table."""
    shown = (row.get("comment") or row for row in results)
    return [one for one in shown if one.get("id") is not None]


def _ids(results: Iterable[dict[str, Any]]) -> list[int]:
    return [one["id"] for one in _comments(results)]


def _veiled(
    parts: Iterable[list[dict[str, Any]]], database: Database, actor: Actor
) -> Iterator[list[dict[str, Any]]]:
    for part in parts:
        with database.session() as session:
            blind.veil(session, actor, _comments(part))
        yield part


def _note_look(store: Store, actor: Actor, action: str, job_id: int, ids: list[int]) -> None:
    if actor.is_person:
        with store.open().transaction() as session:
            record_looks(session, actor, action, Subject("job", str(job_id)), ids)


async def _asked(do: Callable[[], T]) -> T:
    try:
        return await asyncio.to_thread(do)
    except NoJobError as error:
        raise ProblemError(problems.NOT_FOUND, f"{str(error).capitalize()}.") from error
    except JobStateError as error:
        raise ProblemError(problems.CONFLICT, f"{str(error).capitalize()}.") from error


def _shown(store: Store, job_id: int) -> bytes:
    with store.open().session() as session:
        return _dumps(results.job_dict(board.get(session, job_id)))


def _bad_file(detail: str) -> ProblemError:
    fault = Fault("#/file", "bad_file", detail, "see docs/files.md for what is read")
    return ProblemError(problems.INVALID_REQUEST, "The file cannot be read; see errors.", [fault])


def _bare(name: str) -> str:
    """The name of a file without folders and without characters that cannot be kept."""
    plain = name.replace("\x00", "").encode("utf-8", "replace").decode()
    return re.split(r"[/\\]", plain)[-1]


def _format_of(name: str) -> str | None:
    """The format where the name does not tell: then the content is looked at."""
    bare = name.lower().removesuffix(".gz")
    known = {".csv": "csv", ".tsv": "tsv", ".jsonl": "jsonl", ".ndjson": "jsonl"}
    known[".parquet"] = "parquet"
    ending = FilePath(bare).suffix
    if ending not in known:
        raise _bad_file(
            f"the ending of {name[:80]!r} tells no format; name it .csv, .tsv, .jsonl or .parquet, "
            "or add ?format="
        )
    return known[ending]


class _as_path:  # noqa: N801 - used like a function
    """A path by which an uploaded file can be read; what lies on disk has no name there."""

    def __init__(self, file: UploadFile, name: str) -> None:
        self._file = file.file
        self._copy: str | None = None
        del name

    def __enter__(self) -> str:
        self._file.seek(0)
        number = self._file.fileno()
        by_number = f"/dev/fd/{number}"
        if os.path.exists(by_number):  # noqa: PTH110 - a link to what has no name
            self._file.flush()
            return by_number
        handle, self._copy = tempfile.mkstemp(prefix="sedno-")
        with os.fdopen(handle, "wb") as copy:
            while part := self._file.read(1 << 20):
                copy.write(part)
        return self._copy

    def __exit__(self, *_: object) -> None:
        if self._copy is not None:
            with suppress(OSError):
                os.unlink(self._copy)  # noqa: PTH108


def _accepted(body: bytes) -> Response:
    number = orjson.loads(body)["id"]
    return Response(
        body,
        status_code=202,
        media_type="application/json",
        headers={"Location": f"/v1/jobs/{number}"},
    )


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _dumps(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)

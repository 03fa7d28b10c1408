"""Takes a file in as a job: read, masked and pseudonymised before anything of it is kept."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sedno.datasets.comment import CommentError
from sedno.datasets.io.reader import Reader, open_reader
from sedno.datasets.io.rows import Row
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.jobs import board
from sedno.serving.store.base import now
from sedno.serving.store.database import Database
from sedno.serving.store.tables.jobs import Job
from sedno.serving.store.transact import transact

ROWS = 500
"""Rows of a chunk: what is answered, and written, at once."""

_HASH_CHARS = 12
_COLUMNS = ("thread_id", "product", "brand", "reach")

Queue = Callable[[Session, int], None]
"""Queues a job with the transaction of the session."""


def upload(
    database: Database,
    path: str | os.PathLike[str],
    preparer: Preparer,
    *,
    name: str,
    format: str | None = None,  # noqa: A002 - the word callers use
    created_by: str | None = None,
    queue: Queue,
) -> int:
    """Makes a job of a file and queues it.

    A row without an id gets one of the file's content and its number, so that the same file
    sent again stores nothing twice.

    Args:
        database: Where.
        path: The file: CSV, TSV, JSONL (also gzipped) or Parquet.
        preparer: Makes its rows ready to be kept.
        name: What the file is called by whoever sent it.
        format: Its format, where its name does not tell.
        created_by: Who sent it.
        queue: Queues the job.

    Returns:
        The job's number.

    Raises:
        InputError: The file cannot be read as a whole.
        MissingExtraError: Parquet without the extra that reads it.
        OSError: The file cannot be opened.
    """
    digest = _digest(path)
    with open_reader(path, format=format) as reader:
        options = {"file": name[:200], "format": str(reader.format)}
        job_id = transact(
            database,
            lambda session: (
                board.create(
                    session, board.FILE, options, created_by=created_by, state="uploading"
                ).id
            ),
        )
        try:
            total = _stage(database, job_id, reader, preparer, digest)
        except BaseException:
            with database.transaction() as session:
                session.execute(delete(Job).where(Job.id == job_id))
            raise

    def start(session: Session) -> None:
        job = board.get(session, job_id)
        job.state, job.total, job.next_at = "queued", total, board.after_grace()
        queue(session, job_id)

    transact(database, start)
    return job_id


def _stage(database: Database, job_id: int, reader: Reader, preparer: Preparer, digest: str) -> int:
    total = 0
    rows = iter(reader)
    for number in itertools.count():
        part = list(itertools.islice(rows, ROWS))
        if not part:
            return total
        prepared = [_prepare(row, preparer, digest, reader.fields) for row in part]
        total += len(part)

        def write(session: Session, number: int = number, rows: Any = prepared) -> None:
            board.add_chunk(session, job_id, number, rows)
            # A sign of life, for whoever clears away uploads that broke off.
            board.get(session, job_id).next_at = now()

        transact(database, write)
    raise AssertionError


def _prepare(
    row: Row, preparer: Preparer, digest: str, fields: Mapping[str, str]
) -> dict[str, Any]:
    if row.comment is None:
        error = row.error
        reason = f"{error.code}: {error}" if error is not None else "unreadable: the row is none"
        return {"line": row.line, "reason": reason}
    comment = row.comment
    column = fields.get("id", "id")
    if row.values.get(column) in (None, ""):
        comment = replace(comment, id=f"{digest}:{row.index + 1}")
    known = {
        str(name).lower(): value
        for name, value in row.values.items()
        if str(name).lower() in _COLUMNS
    }
    warnings = tuple(f"{w.code}: {w.field or 'row'} {w.detail}" for w in row.warnings)
    try:
        return {"item": preparer.of(comment, known, warnings).to_dict()}
    except CommentError as error:
        return {"line": row.line, "reason": f"{error.code}: {error.field} {error.detail}"}


def _digest(path: str | os.PathLike[str]) -> str:
    with Path(path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_HASH_CHARS]

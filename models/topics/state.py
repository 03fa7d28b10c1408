"""Topics in a file: one zip of arrays, readable by ``numpy.load``.

``state`` holds everything but the vectors as JSON (UTF-8 bytes), ``vectors`` the embeddings as
16-bit floats. A file is written beside its place and moved there whole, so that a crash leaves
the file before it.
"""

from __future__ import annotations

import contextlib
import json
import os
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import numpy as np

from sedno.models.topics.identity import Event
from sedno.models.topics.records import Found, Member, Topic

FORMAT: Final = 1

_COLUMNS: Final = (
    "comment", "unit", "text", "scope", "topic", "score", "sure", "author", "when", "language",
    "sentiment", "product", "x", "y",
)  # fmt: skip


class StateError(ValueError):
    """A state file that cannot be read; names the file and what to do."""


def save(found: Found, path: str | os.PathLike[str]) -> None:
    """Writes topics to a file.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    target = Path(path)
    content = json.dumps(_state(found), ensure_ascii=False, separators=(",", ":")).encode()
    part = target.with_name(f"{target.name}.part")
    try:
        with part.open("wb") as out:
            np.savez(
                out,
                state=np.frombuffer(content, dtype=np.uint8),
                vectors=found.vectors.astype(np.float16),
            )
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise


def load(path: str | os.PathLike[str]) -> Found:
    """Reads topics from a file.

    Raises:
        OSError: There is no such file.
        StateError: It is damaged or none of these files, or of a later format.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            given = json.loads(arrays["state"].tobytes().decode())
            vectors = arrays["vectors"].astype(np.float32)
        if given["format"] != FORMAT:
            raise StateError(
                f"--state: {os.fspath(path)} has format {given['format']}, this version reads "
                f"{FORMAT}; use the version of sedno that wrote it, or name another file"
            )
        return _found(given, vectors)
    except (KeyError, TypeError, zipfile.BadZipFile, json.JSONDecodeError, EOFError) as error:
        raise StateError(_damaged(path)) from error
    except ValueError as error:
        if isinstance(error, StateError):
            raise
        raise StateError(_damaged(path)) from error


def _damaged(path: str | os.PathLike[str]) -> str:
    return (
        f"--state: {os.fspath(path)} is damaged or no file of topics; name another, or delete it "
        "and run 'sedno topics fit' again"
    )


def _state(found: Found) -> dict[str, Any]:
    rows = [
        [
            member.comment, member.unit, member.text, member.scope, member.topic, member.score,
            member.sure, member.author, member.when.isoformat() if member.when else None,
            member.language, member.sentiment, member.product, member.x, member.y,
        ]
        for member in found.members
    ]  # fmt: skip
    return {
        "format": FORMAT,
        "run": found.run,
        "next_id": found.next_id,
        "model": found.model,
        "topics": [topic.to_dict() for topic in found.topics],
        "edits": [dict(edit) for edit in found.edits],
        "events": [event.to_dict() for event in found.events],
        "columns": list(_COLUMNS),
        "members": rows,
    }


def _found(given: dict[str, Any], vectors: np.ndarray[Any, np.dtype[np.float32]]) -> Found:
    members = []
    for row in given["members"]:
        fields = dict(zip(given["columns"], row, strict=True))
        when = fields["when"]
        members.append(Member(**{**fields, "when": datetime.fromisoformat(when) if when else None}))
    if len(members) != len(vectors):
        raise ValueError("members and vectors differ in number")
    return Found(
        topics=tuple(Topic.from_dict(topic) for topic in given["topics"]),
        members=tuple(members),
        vectors=vectors,
        events=tuple(Event(**event) for event in given["events"]),
        edits=tuple(given["edits"]),
        run=given["run"],
        next_id=given["next_id"],
        model=given["model"],
    )

"""Writes the questions of topics: only what differs from what is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, tuple_, update
from sqlalchemy.orm import Session

from sedno.models.topics.records import Found
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import TopicUnit

_KEYS: Final = 400
_ROWS: Final = 2_000
_PLACED: Final = ("found", "topic", "score", "x", "y", "scope", "sure")

Key = tuple[int, int]


def write(
    session: Session,
    found: Found,
    shown: Sequence[str],
    versions: Mapping[int, int],
    *,
    anew: bool,
) -> None:
    """Brings the stored questions in line with what was found.

    Args:
        session: A session that writes.
        found: The topics.
        shown: Id of the topic of each question, after edits.
        versions: The wording of comments that were read anew.
        anew: Whether another model embedded: then nothing stored is of use.
    """
    if anew:
        session.execute(delete(TopicUnit))
    there = _stored(session)
    made: list[tuple[Key, dict[str, Any]]] = []
    moved: list[dict[str, Any]] = []
    kept: set[Key] = set()
    for at, (member, topic) in enumerate(zip(found.members, shown, strict=True)):
        key = (int(member.comment), member.unit)
        row: dict[str, Any] = {
            "text": member.text, "found": member.topic, "topic": topic, "score": member.score,
            "x": member.x, "y": member.y, "scope": member.scope, "sure": member.sure,
        }  # fmt: skip
        before = there.get(key)
        if before is not None and (
            before["text"] == member.text
            and versions.get(key[0], before["version"]) == before["version"]
        ):
            kept.add(key)
            if any(before[name] != row[name] for name in _PLACED):
                moved.append({
                    "of_comment": key[0], "of_unit": key[1], **{n: row[n] for n in _PLACED},
                })  # fmt: skip
            continue
        vector = found.vectors[at].astype("float16").tobytes()
        made.append((key, {**row, "vector": vector}))
    _delete(session, [key for key in there if key not in kept])
    _insert(session, made, versions)
    if moved:
        session.connection().execute(
            update(TopicUnit)
            .where(
                TopicUnit.comment_id == bindparam("of_comment"),
                TopicUnit.unit == bindparam("of_unit"),
            )
            .values({name: bindparam(name) for name in _PLACED}),
            moved,
        )


def _stored(session: Session) -> dict[Key, dict[str, Any]]:
    columns = ("comment_id", "unit", "text", *_PLACED, "version")
    rows = session.execute(
        select(*(getattr(TopicUnit, name) for name in columns)).execution_options(yield_per=_ROWS)
    ).mappings()
    return {(row["comment_id"], row["unit"]): dict(row) for row in rows}


def _delete(session: Session, keys: Sequence[Key]) -> None:
    for start in range(0, len(keys), _KEYS):
        part = keys[start : start + _KEYS]
        session.execute(
            delete(TopicUnit).where(tuple_(TopicUnit.comment_id, TopicUnit.unit).in_(part)),
            execution_options={"synchronize_session": False},
        )


def _insert(
    session: Session, made: Sequence[tuple[Key, dict[str, Any]]], versions: Mapping[int, int]
) -> None:
    comments = sorted({key[0] for key, _ in made})
    now_at: dict[int, int] = {}
    for start in range(0, len(comments), _KEYS):
        part = comments[start : start + _KEYS]
        query = select(StoredComment.id, StoredComment.version).where(StoredComment.id.in_(part))
        now_at.update((row.id, row.version) for row in session.execute(query))
    rows = [
        {"comment_id": key[0], "unit": key[1], "version": now_at[key[0]], **row}
        for key, row in made
        # It may have been erased or reworded while the engine was at work.
        if key[0] in now_at and versions.get(key[0], now_at[key[0]]) == now_at[key[0]]
    ]
    for start in range(0, len(rows), _ROWS):
        session.execute(insert(TopicUnit), rows[start : start + _ROWS])

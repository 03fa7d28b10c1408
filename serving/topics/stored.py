"""Topics of stored comments: read for the engine, and what it found written back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session, load_only

from sedno.models.topics.edits import place
from sedno.models.topics.identity import Event
from sedno.models.topics.records import Found, Matrix, Member, Topic
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.topics import StoredTopic, TopicState, TopicUnit
from sedno.serving.topics import units
from sedno.serving.topics.choice import APART, Selection
from sedno.serving.topics.taking import reach_of

STATE_ID: Final = 1
_ROWS: Final = 2_000
_KNOWN: Final = (
    *(StoredComment.author, StoredComment.posted_at, StoredComment.at),
    *(StoredComment.language, StoredComment.sentiment, StoredComment.product),
)


@dataclass(frozen=True, slots=True)
class MadeOf:
    """What topics are made of.

    Attributes:
        reach: Selections that hold together.
        apart: What keeps topics apart.
        before: Whether there are topics yet.
    """

    reach: tuple[Selection, ...]
    apart: str
    before: bool


class TopicsChangedError(Exception):
    """Somebody has changed the topics since they were read; begin again from what is there."""


def load(session: Session) -> Found | None:
    """The topics as they are; ``None`` before the first run.

    Questions of comments that were erased or reworded since are gone.
    """
    state = session.get(TopicState, STATE_ID)
    if state is None:
        return None
    members: list[Member] = []
    vectors: list[Any] = []
    rows = session.execute(
        select(TopicUnit, StoredComment)
        .join(
            StoredComment,
            (StoredComment.id == TopicUnit.comment_id)
            & (StoredComment.version == TopicUnit.version),
        )
        .order_by(TopicUnit.comment_id, TopicUnit.unit)
        # Not the embedding and the whole answer of each.
        .options(load_only(*_KNOWN, raiseload=True))
        .execution_options(yield_per=_ROWS)
    )
    for unit, comment in rows:
        members.append(
            Member(
                comment=str(unit.comment_id),
                unit=unit.unit,
                text=unit.text,
                scope=unit.scope,
                topic=unit.found,
                score=unit.score,
                sure=unit.sure,
                author=comment.author,
                when=comment.posted_at or comment.at,
                language=comment.language,
                sentiment=comment.sentiment,
                product=comment.product,
                x=unit.x,
                y=unit.y,
            )
        )
        vectors.append(np.frombuffer(unit.vector, dtype=np.float16))
    matrix: Matrix = (
        np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 0), np.float32)
    )
    said = {(int(member.comment), member.unit): member.text for member in members}
    topics = [
        Topic.from_dict(
            {
                **row.data,
                "canonical": said.get(
                    (row.canonical_comment_id or 0, row.canonical_unit or 0), row.name
                ),
            }
        )
        for row in session.scalars(select(StoredTopic).order_by(StoredTopic.position))
    ]
    return Found(
        topics=tuple(topics),
        members=tuple(members),
        vectors=matrix,
        events=tuple(Event(**event) for event in state.events),
        edits=tuple(state.edits),
        run=state.run,
        next_id=state.next_id,
        model=state.model,
    )


def made_of(session: Session) -> MadeOf:
    """What topics are made of; before the first run what they would be."""
    state = session.get(TopicState, STATE_ID)
    apart = state.apart if state is not None else APART[0]
    return MadeOf(reach_of(state), apart, state is not None)


def revision(session: Session) -> int:
    """The number of the topics' last change; 0 before the first run."""
    state = session.get(TopicState, STATE_ID)
    return state.revision if state is not None else 0


def stale(session: Session) -> int:
    """How often questions were erased since topics were counted."""
    return session.scalar(select(TopicState.stale)) or 0


def save(
    session: Session,
    actor: Actor,
    found: Found,
    *,
    read_at: int,
    action: str | None,
    versions: Mapping[int, int] | None = None,
    counted: int = 0,
    made_of: MadeOf | None = None,
    **detail: Any,
) -> None:
    """Writes topics, all or nothing.

    Args:
        session: A session that writes.
        actor: Who had them found or changed.
        found: The topics.
        read_at: The revision that they go on from.
        action: What the audit log calls it; ``None`` for what nobody decided.
        versions: The wording of comments that were read anew. A question of one that was
            reworded since is not written.
        counted: What :func:`stale` gave when the topics were read.
        made_of: What they are made of from now on; ``None`` for what they are.
        detail: More for the audit log.

    Raises:
        TopicsChangedError: They were changed meanwhile.
    """
    state = session.get(TopicState, STATE_ID, with_for_update=True)
    if (state.revision if state is not None else 0) != read_at:
        raise TopicsChangedError
    shown = place(found.members, found.vectors, found.edits)
    comments = {member.comment for member in found.members}
    in_topics = {
        member.comment for member, topic in zip(found.members, shown, strict=True) if topic
    }
    values: dict[str, Any] = {
        "run": found.run,
        "next_id": found.next_id,
        "model": found.model,
        "events": [event.to_dict() for event in found.events],
        "edits": [dict(edit) for edit in found.edits],
        "revision": read_at + 1,
        "questions": len(comments),
        "single": len(comments - in_topics),
        "updated_at": now(),
    }
    if made_of is not None:
        values |= {"apart": made_of.apart, "reach": [one.to_dict() for one in made_of.reach]}
    if action is not None or state is None:
        values["by"] = actor.name[:200]
    anew = state is None or state.model != found.model
    if state is None:
        session.add(TopicState(id=STATE_ID, **values))
    else:
        for name, value in values.items():
            setattr(state, name, value)
        state.stale = max(0, state.stale - counted)
    units.write(session, found, shown, versions or {}, anew=anew)
    session.execute(delete(StoredTopic))
    session.add_all(_rows(found, shown))
    if action is None:
        return
    record(
        session, actor, action, Subject("topics", detail.pop("topic", "all")),
        run=found.run, topics=len(found.topics), **detail,
    )  # fmt: skip


def change(
    session: Session, actor: Actor, action: str, edit: Callable[[Found], Found], **detail: Any
) -> None:
    """Changes topics as an editor wants; nothing where there are none yet.

    Raises:
        EditError: It cannot be done.
        LookupError: There are no topics.
    """
    read_at = revision(session)
    found = load(session)
    if found is None:
        raise LookupError("there are no topics yet; start a run first")
    save(session, actor, edit(found), read_at=read_at, action=action, **detail)


def _rows(found: Found, shown: Sequence[str]) -> Iterator[StoredTopic]:
    rows: dict[str, list[int]] = {}
    for at, topic_id in enumerate(shown):
        rows.setdefault(topic_id, []).append(at)
    for position, topic in enumerate(found.topics):
        own = rows.get(topic.id, [])
        best = _canonical(topic, [found.members[at] for at in own])
        data = replace(topic, canonical="").to_dict()
        yield StoredTopic(
            id=topic.id,
            position=position,
            scope=topic.scope,
            name=topic.name,
            size=topic.size,
            hidden=topic.hidden,
            data=data,
            canonical_comment_id=int(best.comment) if best else None,
            canonical_unit=best.unit if best else None,
            centre=found.vectors[own].mean(axis=0).astype(np.float16).tobytes() if own else None,
        )


def _canonical(topic: Topic, members: Sequence[Member]) -> Member | None:
    """The question that the canonical one is the cleaned form of, else the most typical."""

    def bare(text: str) -> str:
        return "".join(filter(str.isalnum, text.casefold()))

    wanted = bare(topic.canonical)
    same = [member for member in members if bare(member.text) == wanted]
    typical = [member for member in members if member.comment in topic.examples]
    return next(iter(same or typical or members), None)

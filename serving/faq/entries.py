"""Entries: made, worded anew, read. Wordings are added and never changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from sedno.serving.faq.errors import BadEntryError, EntryChangedError, UnknownEntryError
from sedno.serving.faq.wording import Wording, language_of
from sedno.serving.people.actor import Actor
from sedno.serving.people.audit import Subject, record
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import DRAFT, FaqEntry, FaqSource, FaqStep, FaqVersion

ASKED: Final = "asked"
ANSWER: Final = "answer"
MOST_SOURCES: Final = 200

KIND: Final = "faq"
"""What the audit log calls an entry."""


@dataclass(frozen=True, slots=True)
class Source:
    """A comment that a wording comes from.

    Attributes:
        comment_id: Which; ``None`` where it has been erased.
        kind: :data:`ASKED` or :data:`ANSWER`.
        by_brand: Whether the brand itself wrote it.
    """

    comment_id: int | None
    kind: str
    by_brand: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with one of its wordings.

    Attributes:
        entry: The entry.
        wording: Its newest wording, or the published one.
    """

    entry: FaqEntry
    wording: FaqVersion


def create(
    session: Session,
    actor: Actor,
    wording: Wording,
    *,
    language: str,
    sources: Sequence[Source] = (),
    topic: str | None = None,
    translation_of: int | None = None,
) -> FaqEntry:
    """Makes a draft.

    Args:
        session: A session that writes.
        actor: Who makes it.
        wording: What it says.
        language: BCP 47 code.
        sources: Where it comes from.
        topic: The topic that it is made from.
        translation_of: An entry whose other language it is.

    Raises:
        BadEntryError: The language is none, or the entry is there in it; a source is none.
        UnknownEntryError: There is no entry to translate.
    """
    code = language_of(language)
    family = None
    if translation_of is not None:
        other = get(session, translation_of, lock=True)
        family = other.family_id or other.id
        topic = topic or other.topic
        if session.scalar(
            select(exists().where(FaqEntry.family_id == family, FaqEntry.language == code))
        ):
            raise BadEntryError(
                "language", f"{code!r} is taken by another version of entry {translation_of}"
            )
    at = now()
    entry = FaqEntry(
        family_id=family,
        language=code,
        topic=topic,
        status=DRAFT,
        version=1,
        created_by=actor.name[:200],
        created_at=at,
        updated_at=at,
    )
    session.add(entry)
    session.flush()
    if family is None:
        entry.family_id = entry.id
    _add_version(session, actor, entry, wording, sources)
    note_step(session, actor, entry, "created")
    return entry


def save(
    session: Session,
    actor: Actor,
    entry_id: int,
    wording: Wording,
    *,
    version: int,
    sources: Sequence[Source] | None = None,
) -> FaqEntry:
    """Adds a wording. What is published stays so until the new one is.

    Args:
        session: A session that writes.
        actor: Who wrote it.
        entry_id: Of which entry.
        wording: What it says now.
        version: The version that was shown to whoever wrote it.
        sources: Where it comes from; as before where not given.

    Raises:
        UnknownEntryError: There is no such entry.
        EntryChangedError: Somebody has changed it in the meantime.
        BadEntryError: A source is none.
    """
    entry = get(session, entry_id, version=version, lock=True)
    before = wording_of(session, entry)
    kept = sources_of(session, entry_id, entry.version)
    wanted = kept if sources is None else list(sources)
    same = (before.question, before.answer, tuple(before.products)) == (
        wording.question,
        wording.answer,
        wording.products,
    )
    if same and wanted == kept:
        return entry
    entry.version += 1
    entry.status = DRAFT
    entry.updated_at = now()
    _add_version(session, actor, entry, wording, wanted)
    note_step(session, actor, entry, "saved")
    return entry


def get(
    session: Session, entry_id: int, *, version: int | None = None, lock: bool = False
) -> FaqEntry:
    """An entry.

    Args:
        session: Where.
        entry_id: Which.
        version: The version that it has to be at.
        lock: Whether it is going to be changed.

    Raises:
        UnknownEntryError: There is none.
        EntryChangedError: It is at another version.
    """
    entry = session.get(FaqEntry, entry_id, with_for_update=lock)
    if entry is None:
        raise UnknownEntryError(entry_id)
    if version is not None and entry.version != version:
        raise EntryChangedError(entry_id, version, entry.version)
    return entry


def wording_of(session: Session, entry: FaqEntry, number: int | None = None) -> FaqVersion:
    """A wording of an entry: the newest, or the one of a number."""
    return session.get_one(FaqVersion, (entry.id, number or entry.version))


def sources_of(session: Session, entry_id: int, number: int) -> list[Source]:
    """Where a wording comes from."""
    rows = session.scalars(
        select(FaqSource)
        .where(FaqSource.entry_id == entry_id, FaqSource.number == number)
        .order_by(FaqSource.id)
    )
    return [Source(row.comment_id, row.kind, row.by_brand) for row in rows]


def versions_of(session: Session, entry_id: int) -> list[FaqVersion]:
    """All wordings, the newest first."""
    query = select(FaqVersion).where(FaqVersion.entry_id == entry_id)
    return list(session.scalars(query.order_by(FaqVersion.number.desc())))


def steps_of(session: Session, entry_id: int) -> list[FaqStep]:
    """Who did what, the newest first."""
    query = select(FaqStep).where(FaqStep.entry_id == entry_id)
    return list(session.scalars(query.order_by(FaqStep.id.desc())))


def family_of(session: Session, entry: FaqEntry) -> list[FaqEntry]:
    """The entry's versions in other languages."""
    query = select(FaqEntry).where(FaqEntry.family_id == entry.family_id, FaqEntry.id != entry.id)
    return list(session.scalars(query.order_by(FaqEntry.language)))


def page(
    session: Session,
    *,
    status: str | None = None,
    language: str | None = None,
    topic: str | None = None,
    text: str | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Shown]:
    """Entries with their newest wording, the newest entry first.

    Args:
        session: Where.
        status: Only those that stand there.
        language: Only those in it.
        topic: Only those made from it.
        text: Only those with it in question or answer, whatever the case.
        before: Only entries with a smaller id: the last one of the page before.
        limit: Most entries.
    """
    query = select(FaqEntry, FaqVersion).join(
        FaqVersion,
        (FaqVersion.entry_id == FaqEntry.id) & (FaqVersion.number == FaqEntry.version),
    )
    for column, value in (
        (FaqEntry.status, status),
        (FaqEntry.language, language),
        (FaqEntry.topic, topic),
    ):
        if value is not None:
            query = query.where(column == value)
    if text:
        query = query.where(
            FaqVersion.question.icontains(text, autoescape=True)
            | FaqVersion.answer.icontains(text, autoescape=True)
        )
    if before is not None:
        query = query.where(FaqEntry.id < before)
    rows = session.execute(query.order_by(FaqEntry.id.desc()).limit(limit))
    return [Shown(entry, version) for entry, version in rows]


def count_by_status(session: Session) -> dict[str, int]:
    """How many entries stand where."""
    rows = session.execute(select(FaqEntry.status, func.count()).group_by(FaqEntry.status))
    return {row[0]: row[1] for row in rows}


def comments_of(session: Session, ids: Iterable[int | None]) -> dict[int, StoredComment]:
    """The comments of sources that are still there, by their number."""
    wanted = {number for number in ids if number is not None}
    query = select(StoredComment).where(StoredComment.id.in_(wanted))
    return {comment.id: comment for comment in session.scalars(query)} if wanted else {}


def note_step(
    session: Session, actor: Actor, entry: FaqEntry, step: str, note: str | None = None
) -> None:
    """Writes what was done, to the entry's history and to the audit log."""
    session.add(
        FaqStep(
            entry_id=entry.id,
            number=entry.version,
            step=step,
            note=note,
            by=actor.name[:200],
            at=now(),
        )
    )
    record(session, actor, f"faq.{step}", Subject(KIND, str(entry.id)), version=entry.version)


def _add_version(
    session: Session, actor: Actor, entry: FaqEntry, wording: Wording, sources: Collection[Source]
) -> None:
    if len(sources) > MOST_SOURCES:
        raise BadEntryError("sources", f"are {len(sources)}; give at most {MOST_SOURCES}")
    there = set(comments_of(session, (source.comment_id for source in sources)))
    session.add(
        FaqVersion(
            entry_id=entry.id,
            number=entry.version,
            question=wording.question,
            answer=wording.answer,
            products=list(wording.products),
            by=actor.name[:200],
            person_id=actor.id if actor.is_person else None,
            at=now(),
        )
    )
    session.flush()
    for source in dict.fromkeys(sources):
        if source.kind not in {ASKED, ANSWER}:
            raise BadEntryError("sources", f"{source.kind!r} is no kind; use {ASKED} or {ANSWER}")
        if source.comment_id is not None and source.comment_id not in there:
            raise BadEntryError("sources", f"there is no comment {source.comment_id}; leave it out")
        session.add(
            FaqSource(
                entry_id=entry.id,
                number=entry.version,
                comment_id=source.comment_id,
                kind=source.kind,
                by_brand=source.by_brand,
            )
        )
    session.flush()

"""The way of an entry: draft, review, approved, published, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete
from sqlalchemy.orm import Session

from sedno.serving.faq import entries
from sedno.serving.faq.errors import BadEntryError, OwnWordingError, StepError
from sedno.serving.people.actor import Actor
from sedno.serving.store.base import now
from sedno.serving.store.tables.faq import (
    APPROVED,
    DRAFT,
    PUBLISHED,
    REVIEW,
    WITHDRAWN,
    FaqEntry,
    FaqProduct,
)
from sedno.serving.webhooks import outbox

NOTE_CHARS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Step:
    """A step on the way.

    Attributes:
        done: What the history calls it.
        begins: Where the entry has to stand.
        ends: Where it stands afterwards.
    """

    done: str
    begins: tuple[str, ...]
    ends: str


STEPS: Final[Mapping[str, Step]] = {
    "submit": Step("submitted", (DRAFT,), REVIEW),
    "return": Step("returned", (REVIEW, APPROVED), DRAFT),
    "approve": Step("approved", (REVIEW,), APPROVED),
    "publish": Step("published", (APPROVED, WITHDRAWN), PUBLISHED),
    # A draft over a published wording, too: what is wrong has to go at once.
    "withdraw": Step("withdrawn", (PUBLISHED, DRAFT, REVIEW, APPROVED), WITHDRAWN),
}


def take(
    session: Session,
    actor: Actor,
    entry_id: int,
    name: str,
    *,
    version: int,
    note: str | None = None,
    four_eyes: bool = False,
    tell: bool = False,
) -> FaqEntry:
    """Takes a step.

    Args:
        session: A session that writes.
        actor: Who takes it.
        entry_id: With which entry.
        name: One of :data:`STEPS`.
        version: The version that was shown.
        note: A remark for the history.
        four_eyes: Whether whoever wrote a wording may not approve it.
        tell: Whether a receiver of webhooks is told of publishing and withdrawing.

    Raises:
        UnknownEntryError: There is no such entry.
        EntryChangedError: Somebody has changed it in the meantime.
        StepError: It does not stand where the step begins.
        BadEntryError: The answer or the remark cannot go on as it is.
        OwnWordingError: It takes another person.
    """
    step = STEPS[name]
    entry = entries.get(session, entry_id, version=version, lock=True)
    if not may_take(entry, name):
        raise StepError(
            f"{name}: entry {entry_id} is {entry.status}; it has to be "
            f"{' or '.join(step.begins)}{' and published' if name == 'withdraw' else ''}"
        )
    if note is not None and len(note) > NOTE_CHARS:
        raise BadEntryError("note", f"has {len(note):,} characters; {NOTE_CHARS:,} are the most")
    wording = entries.wording_of(session, entry)
    if name in {"submit", "publish"} and not wording.answer:
        raise BadEntryError("answer", "is empty; write it, or take it from a comment")
    if name == "approve" and four_eyes and actor.is_person and wording.person_id == actor.id:
        raise OwnWordingError(
            f"approve: {actor.name!r} wrote this wording; it takes another person, since "
            "SEDNO_FAQ_FOUR_EYES is set"
        )
    entry.status = step.ends
    entry.updated_at = now()
    if name == "publish":
        entry.published_version = entry.version
        entry.published_at = entry.updated_at
        entry.first_published_at = entry.first_published_at or entry.updated_at
        _index(session, entry, wording.products)
    elif name == "withdraw":
        entry.published_version = None
        entry.published_at = None
        _index(session, entry, [])
    entries.note_step(session, actor, entry, step.done, (note or "").strip() or None)
    session.flush()
    if tell and name in {"publish", "withdraw"}:
        outbox.put(session, f"faq.{step.done}", entry, wording)
    return entry


def may_take(entry: FaqEntry, name: str) -> bool:
    """Whether the entry stands where a step begins."""
    if entry.status not in STEPS[name].begins:
        return False
    return name != "withdraw" or entry.published_version is not None


def _index(session: Session, entry: FaqEntry, products: list[str]) -> None:
    session.execute(delete(FaqProduct).where(FaqProduct.entry_id == entry.id))
    session.add_all(FaqProduct(product=product, entry_id=entry.id) for product in products)

"""Answers on their way to being published: ``/v1/faq/entries``; messages that tell of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Path, Query
from sqlalchemy.orm import Session

from sedno.serving.api import problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.faq_schemas import (
    CandidateOut,
    CommentOut,
    DeliveriesOut,
    DeliveryOut,
    DraftIn,
    EntriesOut,
    EntryFullOut,
    EntryOut,
    EntryReadOut,
    MaterialOut,
    SourceOut,
    StepIn,
    StepOut,
    StillOut,
    VariantOut,
    VersionOut,
    WordingIn,
)
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread, sentence
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import Fault, ProblemError
from sedno.serving.faq import draft, entries, steps
from sedno.serving.faq.brand import Brand, brand_of
from sedno.serving.faq.entries import Shown, Source
from sedno.serving.faq.errors import BadEntryError, FaqError, UnknownEntryError
from sedno.serving.faq.material import MOST_QUESTIONS, material_of
from sedno.serving.faq.still import still_asked
from sedno.serving.faq.wording import Wording
from sedno.serving.people.audit import Subject, record
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import STATUSES, FaqEntry, WebhookDelivery
from sedno.serving.store.transact import transact
from sedno.serving.topics import pages
from sedno.serving.webhooks import outbox

router = APIRouter(prefix="/v1/faq", tags=["faq"], route_class=Route)

Reader = Annotated[Actor, require(May.READ_FAQ)]
Writer = Annotated[Actor, require(May.EDIT_FAQ)]
Sender = Annotated[Actor, require(May.MANAGE_WEBHOOKS)]
EntryKey = Annotated[int, Path(ge=1, le=2**63 - 1)]
Before = Annotated[int | None, Query(ge=1, le=2**63 - 1)]
Limit = Annotated[int, Query(ge=1, le=200)]

T = TypeVar("T")

_READING = (problems.UNAUTHORISED, problems.FORBIDDEN, problems.INVALID_REQUEST, problems.NOT_READY)
_PROBLEMS = problem_responses(*_READING)
_ONE = problem_responses(*_READING, problems.NOT_FOUND)
_WRITING = problem_responses(*_READING, problems.NOT_FOUND, problems.CONFLICT,
                             problems.MALFORMED_JSON)  # fmt: skip


@router.get("/entries", responses=_PROBLEMS)
async def list_entries(
    actor: Reader,
    store: StoreDep,
    status: Annotated[Literal[STATUSES] | None, Query()] = None,  # type: ignore[valid-type]
    lang: Annotated[Name | None, Query()] = None,
    topic: Annotated[Name | None, Query()] = None,
    text: Annotated[Name | None, Query(description="In question or answer.")] = None,
    before: Before = None,
    limit: Limit = 50,
) -> EntriesOut:
    """List entries, whatever their status, the newest first."""
    del actor

    def read() -> EntriesOut:
        with store.open().session() as session:
            found = entries.page(
                session,
                status=status,
                language=lang,
                topic=topic,
                text=text,
                before=before,
                limit=limit + 1,
            )
        out = [_out(one) for one in found[:limit]]
        return EntriesOut(entries=out, next_before=out[-1].id if len(found) > limit else None)

    return await in_thread(read)


@router.post("/entries", status_code=201, responses=_WRITING)
async def create_entry(
    actor: Writer, store: StoreDep, settings: SettingsDep, given: DraftIn
) -> EntryFullOut:
    """Make a draft: written, out of comments that ask, or of an entry in another language."""

    def write(session: Session) -> EntryFullOut:
        ids = list(given.comment_ids)
        if given.topic is not None and not ids:
            ids = [one.id for _, one in pages.members(session, given.topic, limit=MOST_QUESTIONS)]
        if ids:
            if given.alike:
                ids = list(dict.fromkeys([*draft.alike_to(session, ids[0]), *ids]))
            entry = draft.from_comments(
                session,
                actor,
                ids,
                brand_of(settings),
                language=given.language,
                question=given.question,
                products=given.products,
                topic=given.topic,
            )
        else:
            if given.question is None:
                raise BadEntryError("question", "is missing; write it, or give comment_ids")
            entry = entries.create(
                session,
                actor,
                Wording.of(given.question, given.answer, tuple(given.products or ())),
                language=given.language or "pl",
                topic=given.topic,
                translation_of=given.translation_of,
            )
        return _full(session, entry)

    return await _doing(store, write)


@router.get("/entries/{entry_id}", responses=_ONE)
async def read_entry(actor: Reader, store: StoreDep, entry_id: EntryKey) -> EntryReadOut:
    """Read an entry with its wordings, who did what, and whether it is still asked."""
    del actor

    def read(session: Session) -> EntryReadOut:
        entry = entries.get(session, entry_id)
        still = StillOut.of(still_asked(session, entry))
        return EntryReadOut(**_full(session, entry).model_dump(), still=still)

    return await _doing(store, read)


@router.put("/entries/{entry_id}", responses=_WRITING)
async def save_entry(
    actor: Writer, store: StoreDep, settings: SettingsDep, entry_id: EntryKey, given: WordingIn
) -> EntryFullOut:
    """Word an entry anew. What is published stays until the new wording is."""

    def write(session: Session) -> EntryFullOut:
        wording = Wording.of(given.question, given.answer, tuple(given.products))
        sources = None
        if given.sources is not None:
            brand = brand_of(settings)
            there = entries.comments_of(session, (one.comment_id for one in given.sources))
            sources = [
                Source(one.comment_id, one.kind, _by_brand(brand, there.get(one.comment_id)))
                for one in given.sources
            ]
        entry = entries.save(
            session, actor, entry_id, wording, version=given.version, sources=sources
        )
        return _full(session, entry)

    return await _doing(store, write)


@router.get("/entries/{entry_id}/material", responses=_ONE)
async def read_material(
    actor: Reader, store: StoreDep, settings: SettingsDep, entry_id: EntryKey
) -> MaterialOut:
    """Read how the question is asked and which comments may answer it."""

    def read(session: Session) -> MaterialOut:
        entry = entries.get(session, entry_id)
        found = material_of(session, entry, brand_of(settings))
        subject = Subject(entries.KIND, str(entry_id))
        record_looks(session, actor, "comments.listed", subject, found.comments)
        return MaterialOut(
            variants=[
                VariantOut(comment=CommentOut.of(one.comment), count=one.count)
                for one in found.variants
            ],
            candidates=[
                CandidateOut(
                    comment=CommentOut.of(one.comment),
                    by_brand=one.by_brand,
                    in_thread=one.in_thread,
                    likeness=one.likeness,
                )
                for one in found.candidates
            ],
        )

    return await _doing(store, read)


@router.post("/entries/{entry_id}/{step}", responses=_WRITING)
async def take_step(
    actor: Writer,
    store: StoreDep,
    settings: SettingsDep,
    entry_id: EntryKey,
    step: Literal["submit", "return", "approve", "publish", "withdraw"],
    given: StepIn,
) -> EntryFullOut:
    """Take an entry a step on: submit, return, approve, publish, withdraw."""

    def write(session: Session) -> EntryFullOut:
        entry = steps.take(
            session,
            actor,
            entry_id,
            step,
            version=given.version,
            note=given.note,
            four_eyes=settings.faq_four_eyes,
            tell=settings.webhook_url is not None,
        )
        return _full(session, entry)

    return await _doing(store, write)


@router.get("/webhooks", responses=_PROBLEMS)
async def list_deliveries(
    actor: Sender, store: StoreDep, before: Before = None, limit: Limit = 50
) -> DeliveriesOut:
    """List messages to the receiver of webhooks, the newest first."""
    del actor

    def read() -> DeliveriesOut:
        with store.open().session() as session:
            found = outbox.page(session, before=before, limit=limit + 1)
        out = [_delivery(one) for one in found[:limit]]
        return DeliveriesOut(deliveries=out, next_before=out[-1].id if len(found) > limit else None)

    return await in_thread(read)


@router.post("/webhooks/{delivery_id}/again", responses=_ONE)
async def send_again(
    actor: Sender, store: StoreDep, delivery_id: Annotated[int, Path(ge=1, le=2**63 - 1)]
) -> DeliveryOut:
    """Send a message once more, under the same webhook-id."""

    def write(session: Session) -> DeliveryOut:
        found = outbox.again(session, delivery_id)
        if found is None:
            raise ProblemError(
                problems.NOT_FOUND,
                f"There is no message {delivery_id}; 'GET /v1/faq/webhooks' lists them.",
            )
        record(session, actor, "webhook.again", Subject("webhook", str(delivery_id)))
        return _delivery(found)

    return await _doing(store, write)


def _by_brand(brand: Brand, comment: StoredComment | None) -> bool:
    return comment is not None and brand.wrote(comment.source, comment.author)


async def _doing(store: Store, work: Callable[[Session], T]) -> T:
    """Runs ``work`` in a transaction and tells its failures as problems."""
    try:
        return await in_thread(lambda: transact(store.open(), work))
    except UnknownEntryError as error:
        raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
    except BadEntryError as error:
        fault = Fault(f"#/{error.field}", error.code, error.detail, "correct it and send it again")
        raise ProblemError(problems.INVALID_REQUEST, sentence(error), [fault]) from error
    except FaqError as error:
        raise ProblemError(problems.CONFLICT, sentence(error)) from error


def _out(shown: Shown) -> EntryOut:
    return EntryOut.model_validate(_fields(shown))


def _fields(shown: Shown) -> dict[str, Any]:
    entry, wording = shown.entry, shown.wording
    names = (
        *("id", "language", "topic", "status", "version", "published_version"),
        *("created_by", "created_at", "updated_at", "published_at"),
    )
    return {name: getattr(entry, name) for name in names} | {
        "family": entry.family_id or entry.id,
        "question": wording.question,
        "answer": wording.answer,
        "products": wording.products,
    }


def _full(session: Session, entry: FaqEntry) -> EntryFullOut:
    session.flush()
    versions = [
        VersionOut(
            number=one.number,
            question=one.question,
            answer=one.answer,
            products=one.products,
            by=one.by,
            at=one.at,
            sources=[
                SourceOut(comment_id=source.comment_id, kind=source.kind, by_brand=source.by_brand)
                for source in entries.sources_of(session, entry.id, one.number)
            ],
        )
        for one in entries.versions_of(session, entry.id)
    ]
    history = [
        StepOut(step=one.step, version=one.number, note=one.note, by=one.by, at=one.at)
        for one in entries.steps_of(session, entry.id)
    ]
    fields = _fields(Shown(entry, entries.wording_of(session, entry)))
    return EntryFullOut(
        **fields,
        versions=versions,
        steps=history,
        translations={one.language: one.id for one in entries.family_of(session, entry)},
    )


def _delivery(found: WebhookDelivery) -> DeliveryOut:
    return DeliveryOut.model_validate(found, from_attributes=True)

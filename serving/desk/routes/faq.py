"""Answers: written, reviewed, approved, published, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.api.offload import sentence
from sedno.serving.api.problems import ProblemError
from sedno.serving.desk import language, plots, render, words
from sedno.serving.desk.forms import Form, FormDep, Key, filters_of, whole
from sedno.serving.faq import draft, entries, feed, steps
from sedno.serving.faq.brand import brand_of
from sedno.serving.faq.entries import Source
from sedno.serving.faq.errors import BadEntryError, FaqError, UnknownEntryError
from sedno.serving.faq.formats import answer_html
from sedno.serving.faq.material import Material, material_of
from sedno.serving.faq.still import still_asked, still_of
from sedno.serving.faq.wording import Wording
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.faq import STATUSES
from sedno.serving.store.transact import transact
from sedno.serving.webhooks import outbox

Reader = Annotated[Actor, guard.require(May.READ_FAQ)]
Writer = Annotated[Actor, guard.require(May.EDIT_FAQ)]
Sender = Annotated[Actor, guard.require(May.MANAGE_WEBHOOKS)]

_PAGE = 50


@dataclass(frozen=True, slots=True)
class _Sent:
    """What a page of an entry has sent, and what it takes to do it."""

    request: Request
    actor: Actor
    store: Store
    settings: Settings
    entry_id: int
    form: Form

    def keep(self, session: Session) -> int:
        """Keeps the wording of the form; gives the version that it has."""
        version = whole(self.form, "version")
        kept = entries.save(
            session, self.actor, self.entry_id, _wording(self.form), version=version
        )
        return kept.version

    def attempt(self, work: Callable[[Session], object], done: str) -> Response:
        """Does it; where it cannot be done, what was written stays on the page."""
        try:
            transact(self.store.open(), work)
        except BadEntryError as error:
            return self._again(error.field)
        except UnknownEntryError as error:
            raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
        except FaqError as error:
            return self._again(error.code)
        return render.go(f"/desk/faq/{self.entry_id}", notice=done)

    def _again(self, fault: str) -> Response:
        return _entry(
            self.request,
            self.actor,
            self.store,
            self.settings,
            self.entry_id,
            form=self.form,
            fault=words.FAQ_FAULTS.get(fault),
        )


async def _sent(
    request: Request,
    entry_id: Key,
    form: FormDep,
    actor: Writer,
    store: StoreDep,
    settings: SettingsDep,
) -> _Sent:
    return _Sent(request, actor, store, settings, entry_id, form)


SentDep = Annotated[_Sent, Depends(_sent)]

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/faq")
def listing(
    request: Request, actor: Reader, store: StoreDep, before: int | None = None
) -> Response:
    """All entries by status, language and words, the newest first."""
    given = filters_of(request, "status", "lang", "text")
    status = given.get("status")
    with store.open().session() as session:
        found = entries.page(
            session,
            status=status if status in STATUSES else None,
            language=given.get("lang"),
            text=given.get("text"),
            before=before,
            limit=_PAGE + 1,
        )
        counts = entries.count_by_status(session)
        published = [one.entry for one in found[:_PAGE] if one.entry.first_published_at]
        still = still_of(session, published)
    return render.page(
        request,
        "faq.html",
        actor=actor,
        given=given,
        found=found[:_PAGE],
        older=found[_PAGE - 1].entry.id if len(found) > _PAGE else None,
        counts=counts,
        still=still,
        statuses=STATUSES,
    )


@router.get("/desk/faq/new")
def new(request: Request, actor: Writer, translation_of: int | None = None) -> Response:
    """The form of a new entry."""
    return _new(request, actor, {"translation_of": str(translation_of or "")})


@router.post("/desk/faq/new")
def create(request: Request, form: FormDep, actor: Writer, store: StoreDep) -> Response:
    """Makes an entry that is written, not made out of comments."""
    other = whole(form, "translation_of") if form.get("translation_of") else None

    def write(session: Session) -> int:
        return entries.create(
            session,
            actor,
            _wording(form),
            language=form.get("language", ""),
            translation_of=other,
        ).id

    try:
        made = transact(store.open(), write)
    except BadEntryError as error:
        return _new(request, actor, form, fault=words.FAQ_FAULTS.get(error.field), status=422)
    except UnknownEntryError as error:
        raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
    return render.go(f"/desk/faq/{made}", notice="faq_created")


@router.post("/desk/faq/from-comment/{comment_id}")
def from_comment(
    comment_id: Key, actor: Writer, store: StoreDep, settings: SettingsDep
) -> Response:
    """Makes a draft out of a comment and the questions that are nearly the same."""

    def write(session: Session) -> int:
        ids = draft.alike_to(session, comment_id)
        return draft.from_comments(session, actor, ids, brand_of(settings)).id

    try:
        made = transact(store.open(), write)
    except BadEntryError:
        return render.go("/desk/faq", notice="unknown_comment")
    return render.go(f"/desk/faq/{made}", notice="faq_created")


@router.get("/desk/faq/preview")
def preview(request: Request, actor: Reader, store: StoreDep, settings: SettingsDep) -> Response:
    """What product pages show, and how to put it there."""
    given = filters_of(request, "product", "lang")
    with store.open().session() as session:
        items = feed.read(session, product=given.get("product"), language=given.get("lang"))
    return render.page(
        request,
        "faq_preview.html",
        actor=actor,
        given=given,
        items=[(item, answer_html(item.answer)) for item in items],
        address=settings.address,
        public=settings.faq_public,
    )


@router.get("/desk/faq/webhooks")
def deliveries(
    request: Request,
    actor: Sender,
    store: StoreDep,
    settings: SettingsDep,
    before: int | None = None,
) -> Response:
    """Messages to the receiver of webhooks, the newest first."""
    with store.open().session() as session:
        rows = outbox.page(session, before=before, limit=_PAGE + 1)
    return render.page(
        request,
        "faq_webhooks.html",
        actor=actor,
        rows=rows[:_PAGE],
        older=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        set_up=settings.webhook_url is not None,
    )


@router.get("/desk/faq/{entry_id}")
def one(
    request: Request, entry_id: Key, actor: Reader, store: StoreDep, settings: SettingsDep
) -> Response:
    """An entry, with what its answer can be made of."""
    return _entry(request, actor, store, settings, entry_id)


@router.post("/desk/faq/{entry_id}")
def save(sent: SentDep) -> Response:
    """Keeps a wording."""
    return sent.attempt(sent.keep, "faq_saved")


@router.post("/desk/faq/{entry_id}/take/{comment_id}")
def take_answer(sent: SentDep, comment_id: Key) -> Response:
    """Keeps what is written and puts what a comment answers below it."""

    def write(session: Session) -> None:
        version, brand = sent.keep(session), brand_of(sent.settings)
        draft.take_answer(session, sent.actor, sent.entry_id, comment_id, brand, version=version)

    return sent.attempt(write, "faq_taken")


@router.post("/desk/faq/{entry_id}/submit")
def submit(sent: SentDep) -> Response:
    """Keeps what is written and hands it on for review."""

    def write(session: Session) -> None:
        version = sent.keep(session)
        steps.take(session, sent.actor, sent.entry_id, "submit", version=version)

    return sent.attempt(write, "faq_submitted")


@router.post("/desk/faq/{entry_id}/step/{name}")
def step(sent: SentDep, name: str) -> Response:
    """Takes a step with the wording that was shown."""
    if name not in steps.STEPS:
        raise ProblemError(problems.NOT_FOUND, f"There is no step {name[:20]!r}.")

    def write(session: Session) -> None:
        steps.take(
            session,
            sent.actor,
            sent.entry_id,
            name,
            version=whole(sent.form, "version"),
            note=sent.form.get("note"),
            four_eyes=sent.settings.faq_four_eyes,
            tell=sent.settings.webhook_url is not None,
        )

    return sent.attempt(write, f"faq_{steps.STEPS[name].done}")


def _wording(form: Form) -> Wording:
    products = tuple(form.get("products", "").splitlines())
    return Wording.of(form.get("question", ""), form.get("answer", ""), products)


def _entry(
    request: Request,
    actor: Actor,
    store: Store,
    settings: Settings,
    entry_id: int,
    *,
    form: Form | None = None,
    fault: str | None = None,
) -> Response:
    def look(session: Session) -> dict[str, Any]:
        entry = entries.get(session, entry_id)
        sources = entries.sources_of(session, entry_id, entry.version)
        found = material_of(session, entry, brand_of(settings))
        subject = Subject(entries.KIND, str(entry_id))
        record_looks(session, actor, "comments.listed", subject, found.comments)
        return {
            "entry": entry,
            "wording": entries.wording_of(session, entry),
            "answers": _answers(session, sources),
            "gone": sum(source.comment_id is None for source in sources),
            "material": found,
            "left": _left(found, sources),
            "versions": entries.versions_of(session, entry_id),
            "history": entries.steps_of(session, entry_id),
            "family": entries.family_of(session, entry),
            "still": still_asked(session, entry),
        }

    try:
        shown = transact(store.open(), look)
    except UnknownEntryError as error:
        raise ProblemError(problems.NOT_FOUND, sentence(error)) from error
    speak = language.speaker(language.of_request(request, actor.language))
    wording, written = shown["wording"], form or {}
    return render.page(
        request,
        "faq_entry.html",
        actor=actor,
        status=200 if form is None else 422,
        fault=speak.say(fault) if fault else None,
        question=written.get("question", wording.question),
        answer=written.get("answer", wording.answer),
        products=written.get("products", "\n".join(wording.products)),
        writes=actor.may(May.EDIT_FAQ),
        possible=[name for name in steps.STEPS if steps.may_take(shown["entry"], name)],
        preview=answer_html(wording.answer),
        plot=plots.bars([number for _, number in shown["still"].weeks]),
        **shown,
    )


def _answers(session: Session, sources: list[Source]) -> list[Any]:
    """The comments that the answer was taken from, each with whether the brand wrote it."""
    taken = [source for source in sources if source.kind == entries.ANSWER]
    there = entries.comments_of(session, (source.comment_id for source in taken))
    return [
        (there[source.comment_id], source.by_brand)
        for source in taken
        if source.comment_id is not None and source.comment_id in there
    ]


def _left(found: Material, sources: list[Source]) -> list[Any]:
    """Candidates that are not in the answer yet."""
    taken = {source.comment_id for source in sources if source.kind == entries.ANSWER}
    return [one for one in found.candidates if one.comment.id not in taken]


def _new(
    request: Request, actor: Actor, form: Form, *, fault: str | None = None, status: int = 200
) -> Response:
    speak = language.speaker(language.of_request(request, actor.language))
    return render.page(
        request,
        "faq_new.html",
        actor=actor,
        status=status,
        fault=speak.say(fault) if fault else None,
        form=form,
    )

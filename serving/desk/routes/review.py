"""Working through the queue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

from fastapi import APIRouter, Request
from sqlalchemy.orm import Session
from starlette.responses import Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import item, language, render
from sedno.serving.desk.forms import Form, FormDep, Key, labels_of, local_path, whole
from sedno.serving.people.audit import Subject, record_look
from sedno.serving.review import acts, bulk, claims, queue
from sedno.serving.review.errors import ReviewError
from sedno.serving.review.queue import Taken, Wanted
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store
from sedno.serving.store.transact import transact

T = TypeVar("T")
Moderator = Annotated[Actor, guard.require(May.REVIEW)]
Holder = Annotated[Actor, guard.require(May.HOLD_COMMENTS)]
Worker = Annotated[Actor, guard.require(May.UNDO_DECISIONS)]

_RENEW_SECONDS = 60.0
"""How often an open page renews its lease, at the least."""

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/review")
def review(request: Request, actor: Moderator, store: StoreDep, settings: SettingsDep) -> Response:
    """Takes the most worthwhile comment and shows it."""
    wanted = wanted_of(request)
    behind, behind_drawn = _number(request, "after"), _number(request, "drawn")

    def take(session: Session) -> tuple[Taken | None, int]:
        going_on = behind is not None or behind_drawn is not None
        taken = None if going_on else queue.current(session, actor)
        if taken is not None and not _fits(taken, wanted):
            taken = None
        if taken is not None:
            taken = queue.show_again(session, actor, taken, lease=settings.review_lease)
        taken = taken or queue.take_next(
            session,
            actor,
            wanted,
            after=behind,
            after_drawn=behind_drawn,
            lease=settings.review_lease,
        )
        if taken is not None:
            subject = Subject("comment", str(taken.comment.id))
            record_look(session, actor, "comment.read", subject)
        return taken, queue.count_waiting(session, wanted)

    taken, number = transact(store.open(), take)
    if taken is None:
        return render.page(request, "empty.html", actor=actor, wanted=wanted.query())
    return show(
        request,
        actor,
        taken,
        action=f"/desk/review/{taken.comment.id}/decision",
        # Whoever went on without deciding goes on from there, not from the top again.
        back="/desk/review" + render.query(wanted.query(), after=behind, drawn=behind_drawn),
        behind=behind,
        behind_drawn=behind_drawn,
        waiting=number,
        wanted=wanted,
    )


@router.post("/desk/review/{comment_id}/decision")
def decision(
    comment_id: Key, form: FormDep, actor: Moderator, store: StoreDep, settings: SettingsDep
) -> Response:
    """Keeps what a moderator decided."""
    return attempt(
        store, form, "decided", lambda session: decide(session, actor, comment_id, form, settings)
    )


@router.post("/desk/review/{comment_id}/skip")
def skip(comment_id: Key, form: FormDep, actor: Moderator, store: StoreDep) -> Response:
    """Passes a comment on."""
    version = whole(form, "version")
    return attempt(
        store, form, "skipped", lambda s: acts.skip(s, actor, comment_id, version=version)
    )


@router.post("/desk/review/{comment_id}/escalate")
def escalate(comment_id: Key, form: FormDep, actor: Moderator, store: StoreDep) -> Response:
    """Hands a comment to the editors."""
    version = whole(form, "version")
    return attempt(
        store,
        form,
        "escalated",
        lambda s: acts.escalate(s, actor, comment_id, version=version, note=form.get("note")),
    )


@router.post("/desk/review/{comment_id}/alike")
def alike(comment_id: Key, form: FormDep, actor: Moderator, store: StoreDep) -> Response:
    """Counts the comments that are alike, and asks before anything happens to them."""
    try:
        counted = transact(
            store.open(), lambda s: bulk.count(s, actor, comment_id, labels_of(form)).batch.id
        )
    except ReviewError as error:
        return render.go("/desk/review", notice=error.code)
    return render.go(f"/desk/bulk/{counted}", back=form.get("back"))


@router.post("/desk/review/{comment_id}/renew")
def renew(
    comment_id: Key, form: FormDep, actor: Holder, store: StoreDep, settings: SettingsDep
) -> Response:
    """Keeps a comment that is open in a browser; 409 where it is no longer this person's."""
    view = form.get("view", "")[: claims.MAX_VIEW_CHARS]

    def keep(session: Session) -> bool:
        return queue.keep_open(
            session,
            actor,
            comment_id,
            view=view,
            queued=form.get("queued") == "yes",
            lease=settings.review_lease,
        )

    return Response(status_code=204 if transact(store.open(), keep) else 409)


@router.post("/desk/review/{comment_id}/release")
def release(comment_id: Key, form: FormDep, actor: Holder, store: StoreDep) -> Response:
    """Gives a comment back at once, when the page that has it is left."""
    view = form.get("view", "")
    transact(store.open(), lambda s: claims.release(s, actor.id or 0, comment_id, view=view))
    return Response(status_code=204)


@router.post("/desk/undo")
def undo(form: FormDep, actor: Worker, store: StoreDep) -> Response:
    """Takes back what the person did last."""
    try:
        undone = transact(store.open(), lambda s: acts.undo(s, actor))
    except ReviewError as error:
        return render.go(local_path(form.get("back"), "/desk"), notice=error.code)
    if undone.batch_id is not None:
        return render.go(f"/desk/bulk/{undone.batch_id}", notice="undone")
    return render.go(f"/desk/comments/{undone.decisions[0].comment_id}", notice="undone")


@router.get("/desk/previous")
def previous(actor: Moderator, store: StoreDep, at: int | None = None) -> Response:
    """To the comment that the person did something to before this one."""
    with store.open().session() as session:
        found = queue.previous(session, actor, at)
    if found is None:
        return render.go("/desk/review", notice="no_previous")
    return render.go(f"/desk/comments/{found}")


def decide(
    session: Session, actor: Actor, comment_id: int, form: Form, settings: Settings
) -> object:
    """Keeps the decision that a form holds."""
    return acts.decide(
        session,
        actor,
        comment_id,
        labels_of(form),
        version=whole(form, "version"),
        model=form.get("model"),
        note=form.get("note"),
        second_share=settings.second_opinion_share,
    )


def attempt(store: Store, form: Form, done: str, work: Callable[[Session], T]) -> Response:
    """Does something to a comment and goes on, whether it could be done or not."""
    back = local_path(form.get("back"), "/desk/review")
    try:
        transact(store.open(), work)
    except ReviewError as error:
        done = error.code
    path, _, query = back.partition("?")
    return render.go(f"{path}?{query}&notice={done}" if query else f"{path}?notice={done}")


def wanted_of(request: Request) -> Wanted:
    """The choice that stands in the address; what is none there is left out."""
    given: dict[str, Any] = {
        name: request.query_params[name]
        for name in ("state", "source", "language", "label")
        if request.query_params.get(name)
    }
    try:
        return Wanted(**given)
    except ValueError:
        return Wanted(source=given.get("source"), language=given.get("language"))


def show(
    request: Request,
    actor: Actor,
    taken: Taken,
    *,
    action: str | None,
    back: str,
    behind: int | None = None,
    behind_drawn: int | None = None,
    waiting: int | None = None,
    wanted: Wanted | None = None,
    history: list[Any] | None = None,
    locked: str = "",
) -> Response:
    """The page of one comment."""
    comment = taken.comment
    lease = cast(Settings, request.app.state.settings).review_lease
    speak = language.speaker(language.of_request(request, actor.language))
    moderator = actor.may(May.REVIEW)
    text = None
    if waiting is not None:
        text = (
            speak.say("more than %(number)s wait", number=speak.number(queue.COUNTED))
            if waiting > queue.COUNTED
            else speak.count("%(num)s waits", "%(num)s wait", waiting)
        )
    # Those drawn by chance have an order of their own: each goes on from where it is.
    next_one = (
        {"after": behind, "drawn": comment.id}
        if comment.sample is not None
        else {"after": comment.id, "drawn": behind_drawn}
    )
    return render.page(
        request,
        "item.html",
        actor=actor,
        comment=comment,
        proposed=item.proposed(comment.answer),
        worth=item.worth(comment),
        history=[] if taken.blind else history or [],
        action=action,
        back=back,
        locked=locked,
        waiting=text,
        wanted=(wanted or Wanted()).query(),
        next_one=next_one,
        moderator=moderator,
        view=taken.view if action else "",
        queued=waiting is not None,
        every=min(_RENEW_SECONDS, lease.total_seconds() / 3),
    )


def _number(request: Request, name: str) -> int | None:
    """The number of a comment that stands in the address."""
    given = request.query_params.get(name, "")
    return int(given) if given.isdecimal() and given.isascii() and len(given) < 19 else None  # noqa: PLR2004 - digits of a key


def _fits(taken: Taken, wanted: Wanted) -> bool:
    """Whether what is open is of the choice: another choice means to see something else."""
    comment = taken.comment
    task, _, label = (wanted.label or "").partition(":")
    return (
        (taken.blind or comment.review_state == wanted.state)
        and wanted.source in (None, comment.source)
        and wanted.language in (None, comment.language)
        and (not task or getattr(comment, task) == label)
    )

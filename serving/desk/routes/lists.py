"""Escalations, decisions, the audit log, and the overview."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from sqlalchemy import select
from starlette.responses import Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import plots, render
from sedno.serving.desk.forms import FormDep, Key, filters_of
from sedno.serving.desk.routes.review import attempt, decide
from sedno.serving.people import audit
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.review import records
from sedno.serving.review.blind import entries_for
from sedno.serving.review.overview import PRECISIONS
from sedno.serving.review.overview import overview as figures
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Escalation

_PAGE = 50
_MOST = 200

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/escalations")
def escalations(
    request: Request,
    actor: Annotated[Actor, guard.require(May.RESOLVE_ESCALATIONS)],
    store: StoreDep,
) -> Response:
    """What moderators handed over and what two people differ on, the oldest first."""
    with store.open().transaction() as session:
        rows = session.execute(
            select(Escalation, StoredComment)
            .join(StoredComment, StoredComment.id == Escalation.comment_id)
            .order_by(Escalation.opened_at)
            .limit(_MOST)
        ).all()
        ids = [comment.id for _, comment in rows]
        record_looks(session, actor, "comments.listed", Subject("comments", "escalations"), ids)
    return render.page(request, "escalations.html", actor=actor, rows=rows)


@router.post("/desk/escalations/{comment_id}/decision")
def settle(
    comment_id: Key,
    form: FormDep,
    actor: Annotated[Actor, guard.require(May.RESOLVE_ESCALATIONS)],
    store: StoreDep,
    settings: SettingsDep,
) -> Response:
    """Keeps what an editor decided."""
    back = {**form, "back": "/desk/escalations"}
    return attempt(
        store, back, "decided", lambda session: decide(session, actor, comment_id, form, settings)
    )


@router.get("/desk/decisions")
def decisions(
    request: Request,
    actor: Annotated[Actor, guard.require(May.READ_DECISIONS)],
    store: StoreDep,
    before: int | None = None,
) -> Response:
    """Who decided what, when, and from which model's proposal; the newest first."""
    with store.open().transaction() as session:
        rows = records.page(session, actor, before=before, limit=_PAGE + 1)
        ids = [row.comment_id for row in rows[:_PAGE]]
        record_looks(session, actor, "decisions.listed", Subject("decisions", "list"), ids)
    return render.page(
        request,
        "decisions.html",
        actor=actor,
        rows=rows[:_PAGE],
        older=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
    )


@router.get("/desk/audit")
def log(
    request: Request,
    actor: Annotated[Actor, guard.require(May.READ_AUDIT)],
    store: StoreDep,
    before: int | None = None,
) -> Response:
    """Who did what, the newest first."""
    given = filters_of(request, "actor", "action", "subject")
    wanted = audit.Wanted(
        actor=given.get("actor"), action=given.get("action"), subject=given.get("subject")
    )
    with store.open().session() as session:
        rows = audit.page(session, wanted, *entries_for(actor), before=before, limit=_PAGE + 1)
    return render.page(
        request,
        "audit.html",
        actor=actor,
        rows=rows[:_PAGE],
        given=given,
        older=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
    )


@router.get("/desk/overview")
def overview(
    request: Request,
    actor: Annotated[Actor, guard.require(May.READ_OVERVIEW)],
    store: StoreDep,
) -> Response:
    """The figures, as plots and as tables."""
    with store.open().session() as session:
        found = figures(session)
    return render.page(
        request,
        "overview.html",
        actor=actor,
        found=found,
        precisions=PRECISIONS,
        days=plots.bars([number for _, number in found.days]),
        backlog=plots.bars([number for _, number in found.backlog]),
        automatic=plots.line([share.value for _, share in found.automatic_weeks]),
        automatic_begins=[begins for begins, _ in found.automatic_weeks],
        week_begins=[week.begins for week in found.weeks],
        weeks={
            name: plots.line([week.shares[name].value for week in found.weeks])
            for name in found.kappas
        },
    )

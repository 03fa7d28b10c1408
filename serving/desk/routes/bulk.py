"""One stroke over many alike comments: what would happen, its progress, what came of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from sedno.serving.api import guard
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May
from sedno.serving.desk import language, render
from sedno.serving.desk.forms import FormDep, Key, local_path
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.review import acts, bulk
from sedno.serving.review.errors import ReviewError
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch
from sedno.serving.store.transact import transact

BulkModerator = Annotated[Actor, guard.require(May.REVIEW_IN_BULK)]

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/bulk/{batch_id}")
def batch_page(request: Request, batch_id: Key, actor: BulkModerator, store: StoreDep) -> Response:
    """Exactly how many comments, examples of them, and what would be decided."""
    with store.open().transaction() as session:
        batch = session.get(BulkBatch, batch_id)
        if batch is None or (
            batch.person_id != actor.id and not actor.may(May.RESOLVE_ESCALATIONS)
        ):
            speak = language.speaker(language.of_request(request, actor.language))
            return render.page(
                request,
                "problem.html",
                actor=actor,
                status=404,
                title=speak.say("No such batch"),
                detail=speak.say("It is somebody else's, or its comments were erased."),
            )
        begun_at = batch.source_comment_id
        source = session.get(StoredComment, begun_at) if begun_at is not None else None
        examples = bulk.examples(session, batch)
        ids = [*([begun_at] if begun_at is not None else []), *(example.id for example in examples)]
        record_looks(session, actor, "batch.read", Subject("batch", str(batch_id)), ids)
    return render.page(
        request,
        "bulk.html",
        actor=actor,
        batch=batch,
        source=source,
        examples=examples,
        alike=len(batch.members) - 1,
        back=local_path(request.query_params.get("back"), "/desk/review"),
    )


@router.post("/desk/bulk/{batch_id}/step")
def step(
    request: Request, batch_id: Key, form: FormDep, actor: BulkModerator, store: StoreDep
) -> Response:
    """Decides the next part. Scripts ask for JSON and go on by themselves."""
    try:
        batch = transact(store.open(), lambda s: bulk.step(s, actor, batch_id))
    except ReviewError as error:
        return render.go("/desk/review", notice=error.code)
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse(
            {
                "state": batch.state,
                "at": batch.at,
                "whole": len(batch.members),
                "applied": batch.applied,
            }
        )
    return render.go(f"/desk/bulk/{batch_id}", back=form.get("back"))


@router.post("/desk/bulk/{batch_id}/undo")
def undo(batch_id: Key, actor: BulkModerator, store: StoreDep) -> Response:
    """Takes it all back."""
    try:
        transact(store.open(), lambda s: acts.undo_batch(s, actor, batch_id))
    except ReviewError as error:
        return render.go(f"/desk/bulk/{batch_id}", notice=error.code)
    return render.go(f"/desk/bulk/{batch_id}", notice="undone")

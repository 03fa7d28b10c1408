"""Splitting a topic: choose, look what would come of it, do it."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.routes.topic_splits import MOST_PARTS, SplitOut, look
from sedno.serving.api.routes.topics import edit
from sedno.serving.desk import render
from sedno.serving.desk.forms import Form, FormDep
from sedno.serving.desk.routes.topics import Editor, TopicId
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import pages

_SHOWN: Final = 60
"""Most questions to choose from: the most typical of each part."""

_PREFIX: Final = "part."
_MOST_DIGITS: Final = 18

router = APIRouter(include_in_schema=False, route_class=guard.Route)


@router.get("/desk/topics/{topic_id}/split")
def choose(
    request: Request,
    topic_id: TopicId,
    actor: Editor,
    store: StoreDep,
    parts: Annotated[int, Query(ge=2, le=MOST_PARTS)] = 2,
) -> Response:
    """Suggests parts, to be changed question by question."""
    plan = look(store, topic_id, None, parts)
    given = {number: at for at, part in enumerate(plan.parts) for number in part.given_by}
    typical = [
        (number, text, given.get(number))
        for part in plan.parts
        for number, text in list(zip(part.comments, part.questions, strict=True))[: _SHOWN // parts]
    ]
    # Of copies one is enough: the others are nearest to where it goes.
    first: dict[str, int] = {}
    for number, text, _ in sorted(typical, key=lambda one: one[2] is None):
        first.setdefault(text.casefold(), number)
    asked = [one for one in typical if one[2] is not None or first[one[1].casefold()] == one[0]]
    return render.page(
        request,
        "topic_split.html",
        actor=actor,
        topic=_topic(store, actor, topic_id, plan),
        asked=asked,
        count=parts,
        most=MOST_PARTS,
        plan=None,
    )


@router.post("/desk/topics/{topic_id}/split/preview")
def preview(
    request: Request, topic_id: TopicId, form: FormDep, actor: Editor, store: StoreDep
) -> Response:
    """Shows the parts that would come of what was chosen."""
    parts = _parts(form)
    plan = look(store, topic_id, parts)
    return render.page(
        request,
        "topic_split.html",
        actor=actor,
        topic=_topic(store, actor, topic_id, plan),
        asked=[],
        count=len(parts),
        most=MOST_PARTS,
        plan=plan,
    )


@router.post("/desk/topics/{topic_id}/split")
def split(topic_id: TopicId, form: FormDep, actor: Editor, store: StoreDep) -> Response:
    """Splits the topic."""
    edit(store, actor, topic_id, "split", None, None, parts=_parts(form))
    return render.go(f"/desk/topics/{topic_id}", notice="topics_edited")


def _topic(store: Store, actor: Editor, topic_id: str, plan: SplitOut) -> pages.Row:
    with store.open().transaction() as session:
        row = pages.topic(session, topic_id)
        if row is None:
            raise ProblemError(problems.NOT_FOUND, f"There is no topic {topic_id!r}.")
        ids = pages.comments_of([row]) | plan.comments
        record_looks(session, actor, "comments.listed", Subject("topics", topic_id), ids)
        return row


def _parts(form: Form) -> list[list[int]]:
    """The comments of each part that has any, by what was chosen for each of them."""
    parts: list[list[int]] = [[] for _ in range(MOST_PARTS)]
    for name, value in form.items():
        number = name.removeprefix(_PREFIX)
        if name.startswith(_PREFIX) and number.isdecimal() and len(number) <= _MOST_DIGITS:
            for at in range(MOST_PARTS):
                if value == str(at + 1):
                    parts[at].append(int(number))
    return [part for part in parts if part]

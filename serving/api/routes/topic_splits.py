"""What a split of a topic would do: ``/v1/topics/{id}/split-preview``."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sedno.datasets.io.errors import MissingExtraError
from sedno.serving.api import guard, problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.offload import in_thread, sentence
from sedno.serving.api.problems import ProblemError
from sedno.serving.api.routes.topics import WRITING, Editor, Parts, TopicId, missing
from sedno.serving.people.audit import Subject
from sedno.serving.people.looks import record_looks
from sedno.serving.store.opening import Store
from sedno.serving.topics import extra, pages

MOST_PARTS = 4

router = APIRouter(prefix="/v1/topics", tags=["topics"], route_class=guard.Route)


class SplitIn(BaseModel):
    """How to split a topic."""

    parts: Parts | None = Field(
        None, description="Comments that each part is given by; suggested where missing."
    )
    count: Annotated[int, Field(ge=2, le=MOST_PARTS)] = Field(
        2, description="How many parts to suggest."
    )


class PartOut(BaseModel):
    """What a part would be."""

    name: str
    size: int
    given_by: list[int] = Field(description="For `parts` of the edit `split`.")
    comments: list[int] = Field(description="All that would be in it, the most typical first.")
    questions: list[str]


class SplitOut(BaseModel):
    """What would come of a split."""

    parts: list[PartOut]

    @property
    def comments(self) -> set[int]:
        """Numbers of all comments in it."""
        return {number for part in self.parts for number in part.comments}


@router.post("/{topic_id}/split-preview", responses=WRITING)
async def preview_split(
    actor: Editor, store: StoreDep, topic_id: TopicId, given: SplitIn
) -> SplitOut:
    """Look what a split would do, or have parts suggested; changes nothing."""

    def work() -> SplitOut:
        found = look(store, topic_id, given.parts, given.count)
        with store.open().transaction() as session:
            subject = Subject("topics", topic_id)
            record_looks(session, actor, "comments.listed", subject, found.comments)
        return found

    return await in_thread(work)


def look(store: Store, topic_id: str, parts: list[list[int]] | None, count: int = 2) -> SplitOut:
    """What a split would do.

    Raises:
        ProblemError: There is no such topic, 404; it cannot be split like that, 409.
    """
    try:
        # Here, because the engine's libraries come with an extra.
        with extra.needed("splitting topics"):
            from sedno.models.topics.edits import EditError  # noqa: PLC0415
            from sedno.serving.topics import splits  # noqa: PLC0415
    except MissingExtraError as error:
        raise ProblemError(problems.CONFLICT, sentence(error)) from error
    with store.open().session() as session:
        if pages.topic(session, topic_id) is None:
            raise missing(topic_id)
        try:
            plan = splits.plan(session, topic_id, parts, count)
        except (EditError, LookupError) as error:
            raise ProblemError(problems.CONFLICT, sentence(error)) from error
    return SplitOut(
        parts=[
            PartOut(
                name=part.name,
                size=part.size,
                given_by=seeds,
                comments=[int(number) for number, _ in part.asked],
                questions=[text for _, text in part.asked],
            )
            for seeds, part in zip(plan.seeds, plan.parts, strict=True)
        ]
    )

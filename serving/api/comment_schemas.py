"""The shapes of stored comments and jobs, as they stand in the published schema."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sedno.serving.api.schemas import CommentIn, Identifier


class KeepIn(CommentIn):
    """A comment to keep."""

    model_config = ConfigDict(strict=True, extra="ignore", title="CommentToKeep")

    id: Identifier = Field(
        description="The comment's id at its source, by which it is known again.",
        examples=["c-17"],
    )
    thread_id: Identifier = Field(None, description="The thread or comment it answers.")
    product: Identifier = Field(None, description="The product it is about.")
    brand: Identifier = Field(None, description="The brand it is about.")
    reach: int | None = Field(None, ge=0, description="How many people see it.")


class KeepRequest(BaseModel):
    """Comments to keep. A JSON array of comments, one comment, or NDJSON are taken too."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"comments": [{"id": "c-17", "source": "shop", "text": "Kiedy drugi sezon?"}]}
            ]
        }
    )

    comments: list[KeepIn] = Field(max_length=10_000)


Outcome = Literal["stored", "unchanged", "updated", "rejected"]


class KeptOut(BaseModel):
    """What came of one comment."""

    id: str | None = Field(description="As it was sent; null where it cannot be told.")
    outcome: Outcome
    reason: str | None = Field(None, description="Why it was rejected: a code, a colon, a remedy.")
    source: str | None = None
    comment: int | None = Field(None, description="Its number here.")
    state: Literal["waiting", "classified", "failed"] | None = None
    warnings: list[str] | None = Field(None, description="What was not valid and left out.")
    answer: dict[str, Any] | None = Field(None, description="With `answers=true`.")


class KeepResponse(BaseModel):
    """What came of each comment, in the order they were sent."""

    counts: dict[str, int] = Field(description="Comments by outcome.")
    job: int | None = Field(description="The job that answers those which still wait.")
    model: str | None
    results: list[KeptOut]


class StoredOut(BaseModel):
    """A stored comment: personal data masked, its author a pseudonym."""

    id: int
    source: str
    external_id: str
    text: str
    language: str | None
    author: str | None = Field(description="Pseudonym.")
    posted_at: datetime | None
    received_at: datetime
    updated_at: datetime
    post_id: str | None
    thread_id: str | None
    context: str | None
    product: str | None
    brand: str | None
    reach: int | None
    version: int = Field(description="Counts its wordings, from 1.")
    state: Literal["waiting", "classified", "failed"]
    review_state: Literal["none", "open", "decided", "escalated", "skipped"]
    needs_review: bool
    answer: dict[str, Any] | None = Field(description="The model's answer, as of /v1/classify.")


class CommentsPage(BaseModel):
    """A page of stored comments."""

    comments: list[StoredOut]
    next: str | None = Field(description="Give it as `cursor` for the next page; null at the end.")


class SelectionIn(BaseModel):
    """Which stored comments are meant; what is not said leaves all."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(None, max_length=256)
    post_id: str | None = Field(None, max_length=256)
    language: str | None = Field(None, max_length=16)
    author: str | None = Field(None, max_length=64)
    product: str | None = Field(None, max_length=256)
    brand: str | None = Field(None, max_length=256)
    since: datetime | None = None
    until: datetime | None = None
    labels: dict[str, str] = Field(default_factory=dict, description="Label by task.")
    state: str | None = None
    review_state: str | None = None
    needs_review: bool | None = None
    text: str | None = Field(None, max_length=500)


class JobIn(BaseModel):
    """A job on stored comments: the active model answers them."""

    model_config = ConfigDict(extra="forbid")

    selection: SelectionIn | None = Field(None, description="All of them where it is missing.")
    again: bool = Field(
        False, description="Also those which this model has answered in their present wording."
    )


class JobOut(BaseModel):
    """A job and how far it is."""

    id: int
    kind: Literal["file", "listed", "selection", "topics", "join"]
    state: Literal["uploading", "queued", "running", "done", "failed", "cancelled"]
    total: int | None = Field(description="Rows to do, as far as known.")
    done: int = Field(description="Rows done.")
    step: str | None = Field(
        None, description="What is being done, of `topics`: reading, cutting, grouping or naming."
    )
    counts: dict[str, int] = Field(description="Rows by what came of them.")
    error: str | None = Field(description="Why the last attempt failed.")
    attempts: int
    next_at: datetime | None = Field(description="When it is tried again.")
    model: str | None
    options: dict[str, Any]
    created_by: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobsPage(BaseModel):
    """Jobs, the newest first."""

    jobs: list[JobOut]
    next: int | None = Field(description="Give it as `before` for the next page; null at the end.")


class ResultOut(BaseModel):
    """What came of one row of a job."""

    row: Annotated[int, Field(description="Number of the row, from 1.")]
    outcome: str
    reason: str | None = None
    comment: StoredOut | None = None


class ResultsPage(BaseModel):
    """Results of a job in the order of its rows."""

    results: list[ResultOut]
    next: int | None = Field(description="Give it as `after` for the next page; null at the end.")

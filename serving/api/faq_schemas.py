"""What the routes of answers take and give."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from sedno.serving.api.plain import Name, Text
from sedno.serving.faq.entries import ANSWER, MOST_SOURCES
from sedno.serving.faq.material import MOST_QUESTIONS
from sedno.serving.faq.still import Still, Verdict
from sedno.serving.faq.wording import ANSWER_CHARS, MOST_PRODUCTS, QUESTION_CHARS
from sedno.serving.store.tables.comments import StoredComment

_MOST_ID = (1 << 63) - 1

Key = Annotated[int, Field(ge=1, le=_MOST_ID)]
Products = Annotated[list[Name], Field(max_length=MOST_PRODUCTS)]


class SourceIn(BaseModel):
    """A comment that a wording comes from."""

    comment_id: Key
    kind: Literal["asked", "answer"] = ANSWER


class DraftIn(BaseModel):
    """A new entry: written, made from comments that ask, or another language of one there is."""

    question: str | None = Field(
        None,
        max_length=QUESTION_CHARS,
        description="Not given: that of the comment that asks best.",
        examples=["Czy wysyłacie za granicę?"],
    )
    answer: str = Field("", max_length=ANSWER_CHARS, description="Plain text.")
    language: str | None = Field(None, max_length=16, examples=["pl"])
    products: Products | None = Field(None, description="None: about all products.")
    comment_ids: Annotated[list[Key], Field(max_length=MOST_QUESTIONS)] = Field(
        [], description="Stored comments that ask the question."
    )
    alike: bool = Field(
        False, description="Add the stored questions that are nearly the same as the first."
    )
    topic: Name | None = Field(
        None, description="Without comment_ids: out of the questions of this topic."
    )
    translation_of: Key | None = Field(None, description="The entry in another language.")


class WordingIn(BaseModel):
    """A new wording of an entry."""

    version: int = Field(ge=1, le=2**31 - 1, description="The version that was read.")
    question: str = Field(max_length=QUESTION_CHARS)
    answer: str = Field("", max_length=ANSWER_CHARS)
    products: Products = []
    sources: Annotated[list[SourceIn], Field(max_length=MOST_SOURCES)] | None = Field(
        None, description="Not given: as before."
    )


class StepIn(BaseModel):
    """A step on an entry's way."""

    version: int = Field(ge=1, le=2**31 - 1, description="The version that was read.")
    note: Text | None = None


class SourceOut(BaseModel):
    """A comment that a wording comes from; no number where it has been erased."""

    comment_id: int | None
    kind: str
    by_brand: bool


class EntryOut(BaseModel):
    """An entry with its newest wording."""

    id: int
    family: int
    language: str
    topic: str | None
    status: str
    version: int
    published_version: int | None = Field(description="The wording that feeds show.")
    question: str
    answer: str
    products: list[str]
    created_by: str
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None


class EntriesOut(BaseModel):
    """A page of entries, the newest first."""

    entries: list[EntryOut]
    next_before: int | None = Field(description="`before` of the next page; null at the end.")


class VersionOut(BaseModel):
    """A wording with where it comes from."""

    number: int
    question: str
    answer: str
    products: list[str]
    by: str
    at: datetime
    sources: list[SourceOut]


class StepOut(BaseModel):
    """What was done to an entry."""

    step: str
    version: int
    note: str | None
    by: str
    at: datetime


class EntryFullOut(EntryOut):
    """An entry with all that was done to it, the newest first."""

    versions: list[VersionOut]
    steps: list[StepOut]
    translations: dict[str, int] = Field(description="Entry by language.")


class StillOut(BaseModel):
    """Whether publishing reduced the question."""

    verdict: Verdict = Field(
        description="`less` or `more` by an exact binomial test of the question's share of all "
        "questions, else `same`; `early` in the first week, `unpublished` before."
    )
    still_asked: bool = Field(
        description="Answered, but still asked: it is asked, and did not become less."
    )
    before: int = Field(description="Comments that asked it in `days` before publishing.")
    after: int = Field(description="In as many days after it.")
    days: int = Field(description="0 where nothing is compared.")
    weekly_before: float
    weekly_after: float
    p_value: float
    weeks: dict[str, int] = Field(description="Comments by week, named by its Monday.")

    @classmethod
    def of(cls, still: Still) -> StillOut:
        """What was counted."""
        return cls(
            verdict=still.verdict,
            still_asked=still.persists,
            before=still.before,
            after=still.after,
            days=still.days,
            weekly_before=still.weekly_before,
            weekly_after=still.weekly_after,
            p_value=still.p_value,
            weeks={week.isoformat(): number for week, number in still.weeks},
        )


class EntryReadOut(EntryFullOut):
    """An entry as it is read: with how often its question is asked."""

    still: StillOut


class CommentOut(BaseModel):
    """A comment that an answer can be made of."""

    id: int
    source: str
    text: str
    author: str | None
    at: datetime

    @classmethod
    def of(cls, comment: StoredComment) -> CommentOut:
        """A stored comment, in short."""
        return cls(
            id=comment.id,
            source=comment.source,
            text=comment.text,
            author=comment.author,
            at=comment.at,
        )


class VariantOut(BaseModel):
    """A way in which the question is asked."""

    comment: CommentOut
    count: int = Field(description="Comments with this text.")


class CandidateOut(BaseModel):
    """A comment that may answer."""

    comment: CommentOut
    by_brand: bool
    in_thread: bool
    likeness: float = Field(description="Cosine to the questions.")


class MaterialOut(BaseModel):
    """What an answer can be made of; nothing of it is generated."""

    variants: list[VariantOut]
    candidates: list[CandidateOut]


class FeedItemOut(BaseModel):
    """A published question with its answer."""

    id: int
    family: int
    language: str
    question: str
    answer: str = Field(description="Plain text.")
    answer_html: str = Field(description="The same as HTML, escaped.")
    products: list[str]
    published_at: datetime


class FeedOut(BaseModel):
    """Published entries: the product's own first, then those for all products."""

    entries: list[FeedItemOut]


class DeliveryOut(BaseModel):
    """A message to the receiver of webhooks."""

    id: int
    message_id: str
    event: str
    entry_id: int
    state: str = Field(examples=["waiting", "delivered", "failed"])
    attempts: int
    next_at: datetime
    status: int | None = Field(description="HTTP status of the last attempt.")
    error: str | None = Field(description="What was wrong with the last attempt.")
    created_at: datetime
    delivered_at: datetime | None


class DeliveriesOut(BaseModel):
    """A page of messages, the newest first."""

    deliveries: list[DeliveryOut]
    next_before: int | None = Field(description="`before` of the next page; null at the end.")

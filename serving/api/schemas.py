"""The shapes of requests and answers, as they stand in the published schema."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sedno.datasets.comment import MAX_ID_CHARS, MAX_TEXT_CHARS
from sedno.models.behaviour.reasons import Name

MOST_COMMENTS = 1_000

Identifier = str | int | None


class CommentIn(BaseModel):
    """A comment to classify. Members that are not named here are not looked at."""

    model_config = ConfigDict(strict=True, extra="ignore", title="Comment")

    text: str | None = Field(
        description=f"The comment as it was written, up to {MAX_TEXT_CHARS} characters. One that "
        "is null, empty or too long is answered with an `error`; the others are answered.",
        examples=["Dźwięk się rozjeżdża w trzeciej minucie, poprawicie?"],
    )
    id: Identifier = Field(
        None,
        description="Given back with the answer; the position in the list where it is missing. "
        f"Up to {MAX_ID_CHARS} characters. Need not be unique.",
        examples=["c-17"],
    )
    author: Identifier = Field(None, description="The author's identifier.")
    posted_at: str | int | float | None = Field(
        None,
        description="When it was posted: ISO 8601, or seconds since 1970.",
        examples=["2026-03-01T12:00:00Z"],
    )
    source: Identifier = Field(None, description="The platform, page or channel it comes from.")
    post_id: Identifier = Field(None, description="The post or thread it stands under.")
    context: str | None = Field(
        None,
        description="The text of that post, or of the comment it answers. Taken for your own "
        "records; the model does not read it.",
    )
    language: str | None = Field(
        None,
        description="ISO 639-1 code, where it is known; detected where it is not.",
        examples=["pl"],
    )


def _from_text(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Item = Annotated[
    CommentIn,
    BeforeValidator(_from_text, json_schema_input_type=CommentIn | str),
]


class ClassifyRequest(BaseModel):
    """Comments to classify."""

    model_config = ConfigDict(
        strict=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "comments": [
                        {"id": "c-17", "text": "Dźwięk się rozjeżdża w trzeciej minucie."},
                        {"id": "c-18", "text": "Super!", "language": "pl"},
                    ]
                },
                {"comments": ["kiedy drugi sezon?"], "explain": True},
            ]
        },
    )

    comments: list[Item] = Field(
        min_length=1,
        max_length=MOST_COMMENTS,
        description="Objects, or plain strings where there is nothing but the text.",
    )
    explain: bool = Field(
        False, description="Also name the spans that drove each label. Takes many times longer."
    )
    embeddings: bool = Field(False, description="Also give the embedding of each comment.")


class SpanOut(BaseModel):
    """A stretch of the text that drove a label."""

    start: int = Field(
        description="First character, counted in characters of the text as it was sent.", ge=0
    )
    end: int = Field(description="One past the last character.", ge=0)
    text: str
    weight: float = Field(
        description="How far the label's probability falls without it.", ge=-1, le=1
    )


class AnswerOut(BaseModel):
    """The answer to one task."""

    label: str
    scores: dict[str, float] = Field(description="Calibrated probability of each label.")
    review: bool = Field(description="Whether it is too uncertain to act on without a look.")
    spans: list[SpanOut] | None = Field(None, description="Strongest first, with `explain`.")


class ReasonOut(BaseModel):
    """One thing that is unusual about the behaviour around a comment."""

    name: Name
    score: float = Field(description="How unusual, by itself.", ge=0, le=1)
    fact: str = Field(
        description="What was counted.",
        examples=["nearly the same text 4 times by 3 authors under 4 posts within 12 minutes"],
    )


class BehaviourOut(BaseModel):
    """What the other comments of the request say about the behaviour around one of them."""

    score: float = Field(
        description="From 0, nothing unusual, to 1. For sorting; not a probability.", ge=0, le=1
    )
    reasons: list[ReasonOut] = Field(description="The strongest first; none where the score is 0.")


class PredictionOut(BaseModel):
    """All answers about one comment."""

    id: str
    language: str | None = Field(description="ISO 639-1 code; null where it cannot be told.")
    labels: dict[str, AnswerOut] = Field(
        description="An answer a task; empty where `error` says why there is none."
    )
    needs_review: bool = Field(description="Whether a person should look at it.")
    model: str = Field(examples=["sedno-pl-base@3"])
    truncated: bool = Field(
        False, description="Present and true where the model read only a part of the text."
    )
    error: str | None = Field(
        None, description="Why there is no answer: a stable code, a colon, what to do."
    )
    caveats: list[Literal["unsupported_language", "out_of_domain"]] | None = Field(
        None,
        description="Why the scores deserve less trust than they claim; such an answer needs "
        "review. Present where there is a reason.",
    )
    warnings: list[str] | None = Field(
        None,
        description="Members that were not valid and left out, such as a time that is none: "
        "a stable code, a colon, what was wrong. Present where there are any.",
    )
    behaviour: BehaviourOut | None = Field(
        None, description="Present where the comment states an author, a post or a time."
    )
    embedding: list[float] | None = Field(None, description="Of length 1, with `embeddings`.")


class ClassifyResponse(BaseModel):
    """Answers, in the order of the comments."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "model": "sedno-pl-base@3",
                    "results": [
                        {
                            "id": "c-17",
                            "language": "pl",
                            "labels": {
                                "substance": {
                                    "label": "substantive",
                                    "scores": {"substantive": 0.94, "generic": 0.06},
                                    "review": False,
                                }
                            },
                            "needs_review": False,
                            "model": "sedno-pl-base@3",
                        }
                    ],
                }
            ]
        }
    )

    model: str = Field(description="The model that answered, as name@version.")
    results: list[PredictionOut]


class BandOut(BaseModel):
    """Which answers of a task may be acted on without a look."""

    threshold: float | None = Field(
        description="Least confidence of an answer that needs no review; null where all do."
    )
    coverage: float = Field(description="Share of held-out answers that reach it.")
    error: float | None = Field(description="Error rate to expect among those, at most.")
    target_error: float = Field(description="The error rate that the operator accepts.")


class ModelOut(BaseModel):
    """A loaded model."""

    ref: str = Field(examples=["sedno-pl-base@3"])
    name: str
    version: str
    created: str
    base: str = Field(description="The checkpoint it was trained from.")
    languages: list[str]
    max_tokens: int = Field(description="Most tokens read of a comment.")
    embedding_dim: int
    tasks: dict[str, list[str]] = Field(description="Labels by task.")
    bands: dict[str, BandOut] = Field(description="By task.")
    metrics: dict[str, Any] = Field(description="How well it did where it was made.")


class ModelsResponse(BaseModel):
    """The models loaded."""

    models: list[ModelOut]


class FaultOut(BaseModel):
    """One thing that is wrong with a request."""

    pointer: str = Field(description="JSON pointer as a URI fragment.", examples=["#/comments/3"])
    code: str = Field(examples=["missing_field"])
    detail: str
    remedy: str
    value: str | None = Field(None, description="The value at fault, shortened.")


class ProblemOut(BaseModel):
    """A failure, told by RFC 9457."""

    type: str = Field(examples=["urn:sedno:problem:invalid-request"])
    title: str
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="What happened and what to do about it.")
    request_id: str | None = Field(None, description="Finds the request in the server's log.")
    errors: list[FaultOut] | None = None


class HealthOut(BaseModel):
    """The state of the server."""

    status: str = Field(examples=["ok"])


def schema_of(model: type[BaseModel]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The JSON schema of a request body: a reference to it, and the definitions it needs."""
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    definitions = schema.pop("$defs", {})
    return {"$ref": f"#/components/schemas/{model.__name__}"}, definitions | {
        model.__name__: schema
    }

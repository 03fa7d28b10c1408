"""Which comments a caller means: query parameters and selections, as filters of the store."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sedno.models.taxonomy import TASKS
from sedno.serving.api.comment_schemas import SelectionIn
from sedno.serving.api.plain import Name
from sedno.serving.api.problems import INVALID_REQUEST, Fault, ProblemError
from sedno.serving.ingest.export import Format
from sedno.serving.store.comments import MOST_A_PAGE, FilterError, Filters, Scores

_Probability = Annotated[float | None, Field(ge=0, le=1)]


class FilterParameters(BaseModel):
    """Query parameters that say which comments are meant."""

    model_config = ConfigDict(extra="forbid")

    source: str | None = Field(None, max_length=256, description="Where they come from.")
    external_id: str | None = Field(None, max_length=256, description="Its id at its source.")
    post_id: str | None = Field(None, max_length=256, description="The post they stand under.")
    language: str | None = Field(None, max_length=16, description="ISO 639-1 code.")
    author: str | None = Field(None, max_length=64, description="Pseudonym of the author.")
    product: str | None = Field(None, max_length=256)
    brand: str | None = Field(None, max_length=256)
    since: datetime | None = Field(None, description="Posted at this time or later.")
    until: datetime | None = Field(None, description="Posted before this time.")
    q: str | None = Field(
        None, max_length=500, description="Words that all have to be in it, or their beginnings."
    )
    state: str | None = Field(None, description="waiting, classified or failed.")
    review_state: str | None = Field(None, description="none, open, decided, escalated, skipped.")
    needs_review: bool | None = None
    model: str | None = Field(None, max_length=256, description="name@version that answered.")
    substance: str | None = None
    substance_min: _Probability = Field(None, description="Least probability of the label.")
    substance_max: _Probability = Field(None, description="Most; the same for all tasks.")
    authenticity: str | None = None
    authenticity_min: _Probability = None
    authenticity_max: _Probability = None
    sentiment: str | None = None
    sentiment_min: _Probability = None
    sentiment_max: _Probability = None
    question: str | None = None
    question_min: _Probability = None
    question_max: _Probability = None
    toxicity: str | None = None
    toxicity_min: _Probability = None
    toxicity_max: _Probability = None

    def filters(self) -> Filters:
        """The filters.

        Raises:
            ProblemError: One cannot be used; 422.
        """
        labels: dict[str, str] = {}
        scores: dict[str, Scores] = {}
        for task in TASKS:
            label = getattr(self, task.name)
            least, most = (getattr(self, f"{task.name}_{end}") for end in ("min", "max"))
            if label is not None:
                labels[task.name] = label
            if least is not None or most is not None:
                scores[task.name] = Scores(least or 0.0, 1.0 if most is None else most)
        return _filters(
            {
                name: getattr(self, name)
                for name in (
                    *(
                        "source",
                        "external_id",
                        "post_id",
                        "language",
                        "author",
                        "product",
                        "brand",
                        "model",
                    ),
                    *("since", "until", "state", "review_state", "needs_review"),
                )
            }
            | {"labels": labels, "scores": scores, "text": self.q},
        )


class KeepParameters(BaseModel):
    """Query parameters of a request to keep comments."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    classify: Literal["now", "job"] = Field(
        "now", description="Answer them before this request ends, or by a job after it."
    )
    source: Name | None = Field(None, description="The source of comments that name none.")
    answers: bool = Field(False, description="Give the model's answers along.")


class ListParameters(FilterParameters):
    """Query parameters of a list."""

    cursor: str | None = Field(None, max_length=200, description="`next` of the page before.")
    limit: int = Field(50, ge=1, le=MOST_A_PAGE, description="Comments a page.")


class ExportParameters(FilterParameters):
    """Query parameters of a download."""

    format: Format = Format.CSV


def selection_filters(selection: SelectionIn) -> Filters:
    """The filters of a selection.

    Raises:
        ProblemError: One cannot be used; 422.
    """
    return _filters(selection.model_dump())


def refused(error: FilterError) -> ProblemError:
    """The problem that tells of a filter which cannot be used."""
    fault = Fault(f"#/query/{error.field}", "wrong_value", error.detail, "see /docs")
    return ProblemError(INVALID_REQUEST, f"{error}.", [fault])


def _filters(values: dict[str, Any]) -> Filters:
    try:
        for name in ("since", "until"):
            values[name] = _utc(name, values.get(name))
        return Filters(**values)
    except FilterError as error:
        raise refused(error) from error


def _utc(name: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise FilterError(
            name, "is outside of all calendars; give a year from 1 to 9999"
        ) from error

"""The figures of the overview for programs: ``/v1/review/overview``."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from sedno.serving.api import problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.review.agreement import Kappa, Share
from sedno.serving.review.overview import Overview
from sedno.serving.review.overview import overview as figures

router = APIRouter(prefix="/v1/review", tags=["review"], route_class=Route)


class ShareOut(BaseModel):
    """A part of a number of cases."""

    part: int
    whole: int
    value: float | None
    low: float | None = Field(description="Lower end of the 95 % interval (Wilson).")
    high: float | None


class KappaOut(BaseModel):
    """Agreement of two people."""

    pairs: int
    agreed: int
    kappa: float | None = Field(description="Cohen's kappa.")


class DayOut(BaseModel):
    """A day."""

    day: date
    decisions: int
    waiting: int = Field(description="Comments that waited for a look at its end.")


class SampleOut(BaseModel):
    """What the comments that were drawn by chance say of the model, by first decisions on them."""

    decided: int
    waiting: int
    right: dict[str, ShareOut] = Field(description="How often its label was right, by task.")
    sure: dict[str, ShareOut] = Field(description="The same where it asked for no look.")
    precision: dict[str, ShareOut] = Field(
        description="By label, `spam` and `toxic`: how often it was right where the model gave it."
    )


class OverviewOut(BaseModel):
    """The figures of the overview."""

    comments: dict[str, int] = Field(description="By their state in the review.")
    second_opinions: int
    days: list[DayOut]
    agreement: dict[str, dict[str, ShareOut]] = Field(description="By week and task.")
    automatic: ShareOut = Field(description="Comments that needed no look.")
    automatic_weeks: dict[str, ShareOut] = Field(description="By the week they came in.")
    sample: SampleOut
    kappas: dict[str, KappaOut]


@router.get(
    "/overview",
    responses=problem_responses(problems.UNAUTHORISED, problems.FORBIDDEN, problems.NOT_READY),
)
async def read_overview(
    actor: Annotated[Actor, require(May.READ_OVERVIEW)], store: StoreDep
) -> OverviewOut:
    """Read the figures of the overview."""
    del actor

    def read() -> OverviewOut:
        with store.open().session() as session:
            return _out(figures(session))

    return await in_thread(read)


def _out(found: Overview) -> OverviewOut:
    waited = dict(found.backlog)
    return OverviewOut(
        comments=found.standing,
        second_opinions=found.second_opinions,
        days=[DayOut(day=day, decisions=number, waiting=waited[day]) for day, number in found.days],
        agreement={week.begins.isoformat(): _shares(week.shares) for week in found.weeks},
        automatic=_share(found.automatic),
        automatic_weeks={day.isoformat(): _share(one) for day, one in found.automatic_weeks},
        sample=SampleOut(
            decided=found.sample.decided,
            waiting=found.sample.waiting,
            right=_shares(found.sample.right),
            sure=_shares(found.sample.sure),
            precision=_shares(found.sample.precision),
        ),
        kappas={name: _kappa(one) for name, one in found.kappas.items()},
    )


def _shares(shares: dict[str, Share]) -> dict[str, ShareOut]:
    return {name: _share(one) for name, one in shares.items()}


def _share(share: Share) -> ShareOut:
    low, high = share.interval or (None, None)
    return ShareOut(part=share.part, whole=share.whole, value=share.value, low=low, high=high)


def _kappa(found: Kappa) -> KappaOut:
    return KappaOut(pairs=found.pairs, agreed=found.agreed, kappa=found.kappa)

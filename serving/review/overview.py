"""The figures of the overview: what waits, what was done, and how good the model is in use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASKS
from sedno.serving.review.agreement import Kappa, Share, kappa
from sedno.serving.review.states import State
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Decision, SecondOpinion

DAYS: Final = 28
"""So many days are shown."""

MOST: Final = 20_000
"""So many decisions, the newest first, go into the figures."""


@dataclass(frozen=True, slots=True)
class Week:
    """Agreement with the model in one week.

    Attributes:
        begins: Its Monday.
        shares: By task, how often the person kept the model's label.
    """

    begins: date
    shares: dict[str, Share]


@dataclass(frozen=True, slots=True)
class Overview:
    """All figures of the page.

    Attributes:
        standing: Comments by their state in the review.
        second_opinions: Comments that wait for a second person.
        days: Day and how many decisions, without gaps, the oldest first.
        weeks: Agreement by week, the oldest first.
        automatic: How many answers needed no look, of all that were answered.
        sure: By task, how often people kept the answers about comments that needed no look: the
            sample that is drawn from all of them by chance.
        kappas: By task, the agreement of two people who did not see each other's decision.
        counted: How many decisions the figures rest on.
    """

    standing: dict[str, int]
    second_opinions: int
    days: list[tuple[date, int]]
    weeks: list[Week]
    automatic: Share
    sure: dict[str, Share]
    kappas: dict[str, Kappa]
    counted: int


@dataclass(frozen=True, slots=True)
class _Case:
    day: date
    task: str
    kept: bool
    sure: bool


def overview(session: Session) -> Overview:
    """The figures as they are now."""
    standing = {str(state): 0 for state in State}
    answered = automatic = 0
    groups = session.execute(
        select(StoredComment.review_state, StoredComment.needs_review, func.count())
        .where(StoredComment.state == "classified")
        .group_by(StoredComment.review_state, StoredComment.needs_review)
    )
    for state, needs_review, number in groups:
        standing[state] = standing.get(state, 0) + number
        answered += number
        automatic += 0 if needs_review else number
    decisions = session.scalars(
        select(Decision)
        .where(Decision.labels.is_not(None), Decision.undone_at.is_(None))
        .order_by(Decision.id.desc())
        .limit(MOST)
    ).all()
    # A batch repeats one look: it would count one judgement many times.
    strokes = session.execute(select(BulkBatch.id, BulkBatch.source_comment_id))
    sources = {(row.id, row.source_comment_id) for row in strokes}
    looked_at = [
        decision
        for decision in decisions
        if decision.batch_id is None or (decision.batch_id, decision.comment_id) in sources
    ]
    cases = list(_cases(looked_at))
    return Overview(
        standing=standing,
        second_opinions=session.scalar(select(func.count()).select_from(SecondOpinion)) or 0,
        days=_days(decisions),
        weeks=_weeks(cases),
        automatic=Share(automatic, answered),
        sure=_by_task(case for case in cases if case.sure),
        kappas=_kappas(looked_at),
        counted=len(looked_at),
    )


def _cases(decisions: Iterable[Decision]) -> Iterable[_Case]:
    for decision in decisions:
        # An answer beside a doubtful one is no fair sample of the sure ones.
        sure = not any(said["review"] for said in decision.proposal.values())
        for task, said in decision.proposal.items():
            label = (decision.labels or {}).get(task)
            if label is not None:
                yield _Case(decision.decided_at.date(), task, said["label"] == label, sure)


def _days(decisions: Iterable[Decision]) -> list[tuple[date, int]]:
    counts: dict[date, int] = defaultdict(int)
    for decision in decisions:
        counts[decision.decided_at.date()] += 1
    today = now().date()
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    return [(day, counts[day]) for day in days]


def _weeks(cases: Iterable[_Case]) -> list[Week]:
    by_week: dict[date, list[_Case]] = defaultdict(list)
    for case in cases:
        by_week[case.day - timedelta(days=case.day.weekday())].append(case)
    return [Week(begins, _by_task(by_week[begins])) for begins in sorted(by_week)]


def _by_task(cases: Iterable[_Case]) -> dict[str, Share]:
    kept: dict[str, int] = defaultdict(int)
    whole: dict[str, int] = defaultdict(int)
    for case in cases:
        whole[case.task] += 1
        kept[case.task] += case.kept
    return {task.name: Share(kept[task.name], whole[task.name]) for task in TASKS}


def _kappas(decisions: Iterable[Decision]) -> dict[str, Kappa]:
    by_content: dict[tuple[int, int], list[Decision]] = defaultdict(list)
    for decision in decisions:
        by_content[decision.comment_id, decision.comment_version].append(decision)
    pairs = [
        (group[0].labels or {}, group[1].labels or {})
        for found in by_content.values()
        for group in [sorted(found, key=lambda decision: decision.id)]
        # The second of a content was blind only where it was asked for, and by another person.
        if len(group) > 1 and group[0].second_wanted and group[0].person_id != group[1].person_id
    ]
    return {
        task.name: kappa((first[task.name], second[task.name]) for first, second in pairs)
        for task in TASKS
    }

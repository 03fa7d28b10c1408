"""The figures of the overview: what waits, what was done, and how good the model is in use.

Databases count; what is read here are a few thousand sums, however many comments and decisions
there are. Each count is read off an index of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASKS
from sedno.serving.review.agreement import Kappa, Share, kappa
from sedno.serving.review.states import State
from sedno.serving.store.base import today
from sedno.serving.store.signature import labels_of
from sedno.serving.store.tables.comments import CLASSIFIED, FAILED, StoredComment
from sedno.serving.store.tables.review import Decision, SecondOpinion

DAYS: Final = 28
"""So many days are shown."""

WEEKS: Final = 52
"""So many weeks are shown."""

PRECISIONS: Final = (("authenticity", "spam"), ("toxicity", "toxic"))
"""Labels that others act upon: how often the model is right when it gives them."""

_EPOCH: Final = date(1970, 1, 1)
# The first day there is was a Thursday.
_TO_MONDAY: Final = 3


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
class Sample:
    """What the comments that were drawn by chance say of the model.

    Only the first decision on each counts: it is the one that nobody's choice led to.

    Attributes:
        decided: How many of them were decided.
        waiting: How many of them wait.
        right: By task, how often the model's label was right.
        sure: The same for answers that asked for no look.
        precision: By label of :data:`PRECISIONS`, how often it was right where the model gave it.
    """

    decided: int
    waiting: int
    right: dict[str, Share]
    sure: dict[str, Share]
    precision: dict[str, Share]


@dataclass(frozen=True, slots=True)
class Overview:
    """All figures of the page.

    Attributes:
        standing: Comments by their state in the review, as the queue has them.
        second_opinions: Comments that wait for a second person.
        days: Day and how many decisions, without gaps, the oldest first.
        backlog: Day and how many comments waited for a look at its end, as far as it can be told
            from the comments there are now.
        weeks: Agreement by week, the oldest first.
        automatic: How many comments needed no look, of all that the model was asked about.
        automatic_weeks: The same by the week they came in, the oldest first.
        sample: What a random sample says of the model.
        kappas: By task, the agreement of two people who did not see each other's decision.
        counted: How many decisions of the weeks the agreement rests on.
    """

    standing: dict[str, int]
    second_opinions: int
    days: list[tuple[date, int]]
    backlog: list[tuple[date, int]]
    weeks: list[Week]
    automatic: Share
    automatic_weeks: list[tuple[date, Share]]
    sample: Sample
    kappas: dict[str, Kappa]
    counted: int


class _Pair(NamedTuple):
    """What was proposed and what was decided, as numbers of labels, and how often."""

    proposed: int | None
    decided: int
    number: int


def overview(session: Session) -> Overview:
    """The figures as they are now."""
    last = today()
    groups = _groups(session)
    standing = Counter({str(state): 0 for state in State})
    for group in groups:
        standing[group.review_state] += group.number
    weeks = _agreement(session, last)
    return Overview(
        standing=dict(standing),
        second_opinions=session.scalar(select(func.count()).select_from(SecondOpinion)) or 0,
        days=_days(session, last),
        backlog=_backlog(session, groups, last),
        weeks=[Week(begins, _by_task(weeks[begins])) for begins in sorted(weeks)],
        automatic=_automatic(groups),
        automatic_weeks=_automatic_weeks(groups, last),
        sample=_sample(session),
        kappas=_kappas(session),
        counted=sum(row.number for rows in weeks.values() for row in rows),
    )


def _groups(session: Session) -> Sequence[Any]:
    """Comments that went through the model, by where they stand and the day they came in."""
    columns = (
        StoredComment.state,
        StoredComment.review_state,
        StoredComment.needs_review,
        StoredComment.received_day,
    )
    return session.execute(
        select(*columns, func.count().label("number"))
        .where(StoredComment.state.in_((CLASSIFIED, FAILED)))
        .group_by(*columns)
    ).all()


def _automatic(groups: Iterable[Any]) -> Share:
    part = whole = 0
    for group in groups:
        whole += group.number
        # What could not be answered was not answered without a look.
        part += group.number if group.state == CLASSIFIED and not group.needs_review else 0
    return Share(part, whole)


def _automatic_weeks(groups: Sequence[Any], last: int) -> list[tuple[date, Share]]:
    by_week: dict[int, list[Any]] = defaultdict(list)
    for group in groups:
        by_week[_week(group.received_day)].append(group)
    shown = [week for week in sorted(by_week) if week > _week(last) - WEEKS]
    return [(_monday(week), _automatic(by_week[week])) for week in shown]


def _days(session: Session, last: int) -> list[tuple[date, int]]:
    found = session.execute(
        select(Decision.day, func.count().label("number"))
        .where(
            Decision.undone_at.is_(None),
            Decision.decided.is_not(None),
            Decision.day > last - DAYS,
        )
        .group_by(Decision.day)
    )
    numbers = {row.day: row.number for row in found}
    return [(_date(day), numbers.get(day, 0)) for day in _shown(last)]


def _backlog(session: Session, groups: Iterable[Any], last: int) -> list[tuple[date, int]]:
    change: Counter[int] = Counter()
    first = last - DAYS + 1
    for group in groups:
        if group.review_state == State.OPEN:
            change[max(group.received_day, first)] += group.number
    went = session.execute(
        select(Decision.received_day, Decision.day, func.count().label("number"))
        .where(Decision.undone_at.is_(None), Decision.from_queue, Decision.day > first)
        .group_by(Decision.received_day, Decision.day)
    )
    for row in went:
        change[max(row.received_day, first)] += row.number
        change[row.day] -= row.number
    waited = 0
    found = []
    for day in _shown(last):
        waited += change[day]
        found.append((_date(day), waited))
    return found


def _agreement(session: Session, last: int) -> dict[date, list[_Pair]]:
    """Pairs of what was proposed and what was decided, by the Monday of their week."""
    week = ((Decision.day + _TO_MONDAY) // 7).label("week")
    rows = session.execute(
        select(week, Decision.proposed, Decision.decided, func.count().label("number"))
        .where(
            Decision.undone_at.is_(None),
            # A stroke repeats one look: it would count one judgement many times.
            Decision.looked,
            Decision.decided.is_not(None),
            Decision.day >= (_week(last) - WEEKS + 1) * 7 - _TO_MONDAY,
        )
        .group_by(week, Decision.proposed, Decision.decided)
    )
    found: dict[date, list[_Pair]] = defaultdict(list)
    for row in rows:
        found[_monday(row.week)].append(_Pair(row.proposed, row.decided, row.number))
    return found


def _sample(session: Session) -> Sample:
    found = session.execute(
        select(
            Decision.id,
            Decision.comment_id,
            Decision.comment_version,
            Decision.proposed,
            Decision.decided,
            Decision.sure,
        ).where(Decision.drawn, Decision.undone_at.is_(None))
    )
    # What comes later overwrites, so the first decision on each comes last.
    firsts = {
        (row.comment_id, row.comment_version): (row.proposed, row.decided, row.sure)
        for row in sorted(found, key=lambda row: -row.id)
    }
    counts = Counter(firsts.values())
    rows = [_Pair(*pair[:2], number) for pair, number in counts.items()]
    sure = [_Pair(*pair[:2], number) for pair, number in counts.items() if pair[2]]
    waiting = select(func.count()).where(
        StoredComment.review_state == State.OPEN, StoredComment.sample.is_not(None)
    )
    return Sample(
        decided=len(firsts),
        waiting=session.scalar(waiting) or 0,
        right=_by_task(rows),
        sure=_by_task(sure),
        precision={
            label: _share((row for row in rows if _proposes(row, task, label)), task)
            for task, label in PRECISIONS
        },
    )


def _proposes(row: _Pair, task: str, label: str) -> bool:
    return row.proposed is not None and labels_of(row.proposed)[task] == label


def _by_task(rows: Sequence[_Pair]) -> dict[str, Share]:
    return {task.name: _share(rows, task.name) for task in TASKS}


def _share(rows: Iterable[_Pair], task: str) -> Share:
    """How often the proposed label of a task is the one that was decided."""
    kept = whole = 0
    for row in rows:
        if row.proposed is not None:
            same = labels_of(row.proposed)[task] == labels_of(row.decided)[task]
            kept += row.number if same else 0
            whole += row.number
    return Share(kept, whole)


def _kappas(session: Session) -> dict[str, Kappa]:
    pairs = list(_pairs(session))
    return {
        task.name: kappa((first[task.name], second[task.name]) for first, second in pairs)
        for task in TASKS
    }


def _pairs(session: Session) -> Iterator[tuple[Mapping[str, str], Mapping[str, str]]]:
    """What two people decided who did not see each other's decision."""
    counts = (
        Decision.undone_at.is_(None),
        Decision.looked,
        Decision.decided.is_not(None),
    )
    several = (
        select(Decision.comment_id)
        .where(*counts)
        .group_by(Decision.comment_id)
        .having(func.count() > 1)
    )
    rows = session.execute(
        select(
            Decision.comment_id,
            Decision.comment_version,
            Decision.person_id,
            Decision.second_wanted,
            Decision.decided,
        )
        .where(*counts, Decision.comment_id.in_(several))
        .order_by(Decision.id)
    )
    by_content: dict[tuple[int, int], list[Any]] = defaultdict(list)
    for row in rows:
        by_content[row.comment_id, row.comment_version].append(row)
    for first, *others in by_content.values():
        # The second was blind only where it was asked for, and by another person.
        if others and first.second_wanted and first.person_id != others[0].person_id:
            yield labels_of(first.decided), labels_of(others[0].decided)


def _shown(last: int) -> range:
    return range(last - DAYS + 1, last + 1)


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _week(day: int) -> int:
    return (day + _TO_MONDAY) // 7


def _monday(week: int) -> date:
    return _date(week * 7 - _TO_MONDAY)

"""The queue: what waits for a look, the most worthwhile first, each for one person at a time.

Comments that were drawn by chance wait beside it, in the order of their lots, and have a steady
share of the turns. In the order of worth they would come last, or the doubtful of them alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from sedno.models.taxonomy import TASK_BY_NAME
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import May
from sedno.serving.review import claims
from sedno.serving.review.blind import waits_for_second
from sedno.serving.review.reviewer import person_id
from sedno.serving.review.sampling import TURNS, falls_into
from sedno.serving.review.states import State
from sedno.serving.store.base import now
from sedno.serving.store.signature import signatures
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Claim, Decision, SecondOpinion

LEASE: Final = timedelta(minutes=10)
"""How long a comment stays taken when nothing is heard of who has it."""

COUNTED: Final = 10_000
"""So many waiting comments are counted; beyond, "more than" is said."""

_TRIED = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which of the waiting comments somebody wants to see.

    Attributes:
        state: ``open``, or ``skipped`` to look at those again.
        source: Of one source.
        language: In one language.
        label: With one label of the model, as ``task:label``.
    """

    state: str = State.OPEN
    source: str | None = None
    language: str | None = None
    label: str | None = None

    def __post_init__(self) -> None:
        """Refuses what is no filter.

        Raises:
            ValueError: The state or the label is none.
        """
        if self.state not in (State.OPEN, State.SKIPPED):
            raise ValueError(f"state is {self.state!r}; use open or skipped")
        for name in ("source", "language"):
            if "\x00" in (getattr(self, name) or ""):
                raise ValueError(f"{name} has a NUL character, which nothing stored has")
        if self.label is not None:
            task, _, label = self.label.partition(":")
            if task not in TASK_BY_NAME or label not in TASK_BY_NAME[task].labels:
                raise ValueError(f"label is {self.label!r}; write it like toxicity:toxic")

    def query(self) -> dict[str, str]:
        """The filters that are set, as they stand in an address."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: str(value)
            for name, value in given.items()
            if value is not None and (name, value) != ("state", State.OPEN)
        }

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filters, save the state, as conditions on comments."""
        out: list[ColumnElement[bool]] = []
        if self.source is not None:
            out.append(StoredComment.source == self.source)
        if self.language is not None:
            out.append(StoredComment.language == self.language)
        if self.label is not None:
            task, _, label = self.label.partition(":")
            # The indexes of the queue hold all labels in one number.
            out.append(StoredComment.signature.in_(signatures({task: label})))
        return out


@dataclass(frozen=True, slots=True)
class Taken:
    """A comment that a person has got to look at.

    Attributes:
        comment: It.
        blind: Whether somebody decided on it already, which this person must not be told.
        view: The view of a page that has it; empty where nobody is meant to hold it.
    """

    comment: StoredComment
    blind: bool = False
    view: str = ""


def current(session: Session, actor: Actor) -> Taken | None:
    """What the person has from the queue already: a page that is loaded again shows the same."""
    me = person_id(actor)
    for comment_id in claims.queued_of(session, me):
        comment = session.get(StoredComment, comment_id)
        if comment is None:
            continue
        if comment.review_state in (State.OPEN, State.SKIPPED):
            return Taken(comment)
        if waits_for_second(session, comment_id, me):
            return Taken(comment, blind=True)
    return None


def show_again(
    session: Session, actor: Actor, taken: Taken, *, lease: timedelta = LEASE
) -> Taken | None:
    """Hands what the person has to a new view; ``None`` if somebody else has it meanwhile."""
    view = claims.take(session, taken.comment.id, person_id(actor), lease=lease, queued=True)
    return None if view is None else replace(taken, view=view)


def take_next(
    session: Session,
    actor: Actor,
    wanted: Wanted | None = None,
    *,
    after: int | None = None,
    after_drawn: int | None = None,
    lease: timedelta = LEASE,
) -> Taken | None:
    """Takes the most worthwhile comment that nobody has, and gives back what the queue gave before.

    What the person has open by itself, in another tab, stays taken.

    One in ten (:data:`~sedno.serving.review.sampling.TURNS`) is one of those drawn by chance
    instead, and all are where nothing else waits.

    Args:
        session: A session that writes.
        actor: For whom.
        wanted: Which comments.
        after: Go on behind this comment instead of beginning at the top; at the end it begins
            again.
        after_drawn: The same among the comments that were drawn.
        lease: How long it stays taken.

    Returns:
        The comment; ``None`` where nothing waits.
    """
    wanted = wanted or Wanted()
    me = person_id(actor)
    claims.release_queued(session, me)
    start = session.get(StoredComment, after) if after is not None else None
    front = session.get(StoredComment, after_drawn) if after_drawn is not None else None
    # At the end of both it begins at the top of both.
    for behind, lot in ((start, front), (None, None)) if start or front else ((None, None),):
        for found in _turn(
            _candidates(session, me, wanted, behind), _drawn(session, wanted, lot), me
        ):
            if found.comment.id in (after, after_drawn):
                continue
            view = claims.take(session, found.comment.id, me, lease=lease, queued=True)
            if view is None:
                continue
            session.refresh(found.comment)
            if _still_waits(session, found, wanted, me):
                return replace(found, view=view)
            claims.release(session, me, found.comment.id, view=view)
    return None


def open_one(
    session: Session, actor: Actor, comment_id: int, *, lease: timedelta = LEASE
) -> Taken | None:
    """Takes one particular comment, as when it is picked from a list; others stay as they are.

    Returns:
        The comment; ``None`` where there is none, or somebody else has it.
    """
    me = person_id(actor)
    comment = session.get(StoredComment, comment_id)
    if comment is None:
        return None
    view = claims.take(session, comment_id, me, lease=lease)
    if view is None:
        return None
    return Taken(comment, blind=waits_for_second(session, comment_id, me), view=view)


def keep_open(
    session: Session,
    actor: Actor,
    comment_id: int,
    *,
    view: str,
    queued: bool,
    lease: timedelta = LEASE,
) -> bool:
    """Renews the lease of a comment whose page is open, or takes it again if it came free.

    It comes free when the lease ran out, or when a later view of the same person was left.

    Args:
        session: A session that writes.
        actor: Who has the page open.
        comment_id: Which comment.
        view: The view of the page.
        queued: Whether the page is that of the queue.
        lease: How long it stays taken.

    Returns:
        Whether the person has it; not where somebody else does, or settled it meanwhile.
    """
    me = person_id(actor)
    if claims.renew(session, comment_id, me, lease=lease):
        return True
    comment = session.get(StoredComment, comment_id)
    if comment is None or not _may_settle(session, actor, comment, me):
        return False
    kept = claims.take(session, comment_id, me, lease=lease, queued=queued, view=view)
    return kept is not None


def count_waiting(session: Session, wanted: Wanted | None = None) -> int:
    """How many wait; :data:`COUNTED` + 1 means more than that."""
    wanted = wanted or Wanted()
    limited = (
        select(StoredComment.id)
        .where(StoredComment.review_state == wanted.state, *wanted.conditions())
        .limit(COUNTED + 1)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(limited)) or 0


def page(
    session: Session, wanted: Wanted, *, after: int | None = None, limit: int = 50
) -> Sequence[StoredComment]:
    """The waiting comments in their order, without taking any.

    Args:
        session: A session that reads.
        wanted: Which comments.
        after: The last comment of the page before.
        limit: Most comments.
    """
    start = session.get(StoredComment, after) if after is not None else None
    return session.scalars(_ordered(wanted, start).limit(limit)).all()


def _candidates(
    session: Session, me: int, wanted: Wanted, behind: StoredComment | None
) -> list[Taken]:
    taken = _is_taken()
    waiting = _ordered(wanted, behind).where(~taken)
    if wanted.state == State.OPEN:
        waiting = waiting.where(StoredComment.sample.is_(None))
    found = [Taken(comment) for comment in session.scalars(waiting.limit(_TRIED))]
    if wanted.state == State.OPEN:
        asked = (
            select(StoredComment)
            .join(SecondOpinion, SecondOpinion.comment_id == StoredComment.id)
            .where(SecondOpinion.first_person_id != me, ~taken, *wanted.conditions())
            .order_by(SecondOpinion.priority.desc(), SecondOpinion.comment_id)
            .limit(_TRIED)
        )
        if behind is not None:
            asked = asked.where(SecondOpinion.priority <= behind.priority)
        found += [Taken(comment, blind=True) for comment in session.scalars(asked)]
        # Where they would stand anyway, so that nobody can tell which is a second look.
        found.sort(key=lambda item: (-item.comment.priority, item.comment.id))
    return found


def _drawn(session: Session, wanted: Wanted, behind: StoredComment | None) -> list[Taken]:
    """Comments that were drawn by chance, in the order of their lots."""
    if wanted.state != State.OPEN:
        return []
    waiting = select(StoredComment).where(
        StoredComment.review_state == State.OPEN,
        StoredComment.sample.is_not(None),
        ~_is_taken(),
        *wanted.conditions(),
    )
    if behind is not None and behind.sample is not None:
        waiting = waiting.where(StoredComment.sample > behind.sample)
    ordered = waiting.order_by(StoredComment.sample, StoredComment.id).limit(_TRIED)
    return [Taken(comment) for comment in session.scalars(ordered)]


def _turn(worthwhile: list[Taken], drawn: list[Taken], me: int) -> list[Taken]:
    """Both kinds, first the one whose turn it is.

    Told from the two that come first, so that a page that is loaded again shows the same, while
    with each that goes the turn is drawn anew.
    """
    if not worthwhile or not drawn:
        return worthwhile or drawn
    pair = (worthwhile[0].comment.id, drawn[0].comment.id)
    return drawn + worthwhile if falls_into(TURNS, "turn", me, *pair) else worthwhile + drawn


def _is_taken() -> ColumnElement[bool]:
    return (
        select(Claim.comment_id)
        .where(Claim.comment_id == StoredComment.id, Claim.expires_at > now())
        .exists()
    )


def _ordered(wanted: Wanted, behind: StoredComment | None) -> Select[Any]:
    waiting = (
        select(StoredComment)
        .where(StoredComment.review_state == wanted.state, *wanted.conditions())
        .order_by(StoredComment.priority.desc(), StoredComment.id)
    )
    if behind is None:
        return waiting
    return waiting.where(
        # Said twice, because this is what an index is entered by.
        StoredComment.priority <= behind.priority,
        or_(
            StoredComment.priority < behind.priority,
            StoredComment.id > behind.id,
        ),
    )


def _may_settle(session: Session, actor: Actor, comment: StoredComment, me: int) -> bool:
    if comment.review_state == State.ESCALATED:
        return actor.may(May.RESOLVE_ESCALATIONS)
    return comment.review_state != State.DECIDED or waits_for_second(session, comment.id, me)


def _still_waits(session: Session, found: Taken, wanted: Wanted, me: int) -> bool:
    if found.blind:
        return waits_for_second(session, found.comment.id, me)
    return found.comment.review_state == wanted.state


def previous(session: Session, actor: Actor, comment_id: int | None = None) -> int | None:
    """The comment that the person did something to last, or before they did to this one.

    Args:
        session: A session that reads.
        actor: The person.
        comment_id: The comment that is looked at; where the person did nothing to it yet, the
            last one comes before it.
    """
    mine = Decision.person_id == person_id(actor)
    did = select(Decision.comment_id).where(mine)
    if comment_id is not None:
        here = session.scalar(
            select(func.max(Decision.id)).where(mine, Decision.comment_id == comment_id)
        )
        did = did.where(Decision.comment_id != comment_id)
        if here is not None:
            did = did.where(Decision.id < here)
    return session.scalars(did.order_by(Decision.id.desc()).limit(1)).first()

"""Where a comment stands in the review, told from its history alone.

The state is never set by hand: it follows from what was done to the present content and not taken
back. So taking something back always leads to exactly the state that would be had it not happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sedno.serving.store.tables.review import Decision


class State(StrEnum):
    """Where a comment stands."""

    NONE = "none"
    OPEN = "open"
    DECIDED = "decided"
    ESCALATED = "escalated"
    SKIPPED = "skipped"


class Verdict(StrEnum):
    """What a person can do to a comment."""

    ACCEPTED = "accepted"
    CORRECTED = "corrected"
    SKIPPED = "skipped"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Standing:
    """What the history of a content amounts to.

    Attributes:
        state: Where the comment stands.
        final: The decision that counts, if any does.
        escalated_by: What brought it to the editors, while it is with them.
        disagreement: Whether it is there because two people decided differently.
        second_after: The decision that waits for a second opinion, if one does.
    """

    state: State
    final: Decision | None = None
    escalated_by: Decision | None = None
    disagreement: bool = False
    second_after: Decision | None = None


def standing(history: Sequence[Decision], base: str) -> Standing:
    """What the history of one content amounts to.

    Args:
        history: What was done to it and not taken back, the oldest first.
        base: Where it stood before.
    """
    now = Standing(State(base))
    for done in history:
        now = _after(now, done)
    return now


def _after(now: Standing, done: Decision) -> Standing:
    match Verdict(done.verdict):
        case Verdict.SKIPPED if now.final is None:
            return Standing(State.SKIPPED)
        case Verdict.SKIPPED:
            # A second person passed: the first decision stands, and nobody else is asked.
            return Standing(now.state, now.final, now.escalated_by, now.disagreement)
        case Verdict.ESCALATED:
            return Standing(State.ESCALATED, now.final, done)
        case _:
            return _after_decision(now, done)


def _after_decision(now: Standing, done: Decision) -> Standing:
    first = now.second_after
    if first is None:
        # What an editor settled is not asked a second time.
        asked = done.second_wanted and now.escalated_by is None
        return Standing(State.DECIDED, done, second_after=done if asked else None)
    if first.person_id == done.person_id:
        return Standing(State.DECIDED, done, second_after=done)
    if first.labels == done.labels:
        return Standing(State.DECIDED, now.final)
    return Standing(State.ESCALATED, now.final, done, disagreement=True)

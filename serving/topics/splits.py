"""Splits of stored topics: parts to begin with, and what would come of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from sedno.models.topics import splitting
from sedno.models.topics.splitting import Part
from sedno.serving.topics import stored


@dataclass(frozen=True, slots=True)
class Plan:
    """A split that has not been made.

    Attributes:
        seeds: Numbers of the comments that each part is given by.
        parts: What would come of it.
    """

    seeds: list[list[int]]
    parts: list[Part]


def plan(
    session: Session, topic: str, seeds: Sequence[Sequence[int]] | None, count: int = 2
) -> Plan:
    """Looks what a split would do; changes nothing.

    Args:
        session: Where.
        topic: Id of the topic.
        seeds: Numbers of the comments that each part is given by; suggested where ``None``.
        count: How many parts to suggest.

    Raises:
        EditError: It cannot be split like that.
        LookupError: There are no topics.
    """
    found = stored.load(session)
    if found is None:
        raise LookupError("there are no topics yet; start a run first")
    given = (
        splitting.suggest(found, topic, count)
        if seeds is None
        else [[str(number) for number in part] for part in seeds]
    )
    parts = splitting.preview(found, topic, given)
    return Plan([[int(number) for number in part] for part in given], parts)

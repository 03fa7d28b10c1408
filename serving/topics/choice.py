"""What a run is asked for: which comments it reads, and what keeps topics apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sedno.serving.store.tables.comments import NAME_CHARS, StoredComment

QUESTIONS: Final = "questions"
ALL: Final = "all"
KINDS: Final = (QUESTIONS, ALL)

TOGETHER: Final = "together"
APART: Final = ("source", "brand", "product", "language", TOGETHER)
"""What keeps topics apart: a column of comments, or nothing."""

NAMES: Final = {
    "sources": "source",
    "brands": "brand",
    "products": "product",
    "languages": "language",
}
"""What a selection names, and the column of comments that it is."""

_MOST: Final = 100


class ChoiceError(ValueError):
    """A choice that cannot be: says which field, what it is and what to give instead."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which comments topics are made of; spam and toxic ones never are.

    Attributes:
        sources: Only of these; of all where empty. The same for the next three.
        since: Posted at this time or later (where that is not known: received).
        until: Posted before this time.
        everything: Whether to take comments that ask nothing too.
    """

    sources: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    everything: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether it leaves no comment out by what it is about or when it was posted."""
        return not any((*(getattr(self, name) for name in NAMES), self.since, self.until))

    def holds(self, comment: StoredComment) -> bool:
        """Whether a comment is of the part that is meant, whatever the model says of it."""
        for name, column in NAMES.items():
            wanted = getattr(self, name)
            if wanted and getattr(comment, column) not in wanted:
                return False
        return (self.since is None or comment.at >= self.since) and (
            self.until is None or comment.at < self.until
        )

    def covers(self, other: Selection) -> bool:
        """Whether every comment of the other's part is of this one's."""
        for name in NAMES:
            own, theirs = set(getattr(self, name)), set(getattr(other, name))
            if own and not (theirs and theirs <= own):
                return False
        early = self.since is None or (other.since is not None and other.since >= self.since)
        late = self.until is None or (other.until is not None and other.until <= self.until)
        return early and late

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, without what is not said."""
        out: dict[str, Any] = {"comments": ALL if self.everything else QUESTIONS}
        out |= {name: list(value) for name in NAMES if (value := getattr(self, name))}
        times = {"since": self.since, "until": self.until}
        return out | {name: at.isoformat() for name, at in times.items() if at is not None}

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Selection:
        """What :meth:`to_dict` gave."""
        names = {name: tuple(given.get(name, ())) for name in NAMES}
        since, until = (
            datetime.fromisoformat(given[name]) if given.get(name) else None
            for name in ("since", "until")
        )
        everything = given.get("comments") == ALL
        return cls(since=since, until=until, everything=everything, **names)


WHOLE: Final = Selection()
"""All that asks."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a run is asked for.

    Attributes:
        selection: Which comments it reads; ``None`` for all that runs so far have covered.
        apart: What keeps topics apart, one of :data:`APART`; ``None`` for what does so far.
    """

    selection: Selection | None = None
    apart: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types; empty where nothing is chosen."""
        out = self.selection.to_dict() if self.selection is not None else {}
        return out | ({"apart": self.apart} if self.apart is not None else {})

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Choice:
        """What :meth:`to_dict` gave."""
        selected = any(name != "apart" for name in given)
        return cls(Selection.from_dict(given) if selected else None, given.get("apart"))


def choose(
    *,
    sources: Sequence[str] = (),
    brands: Sequence[str] = (),
    products: Sequence[str] = (),
    languages: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
    comments: str | None = None,
    apart: str | None = None,
) -> Choice:
    """The choice that somebody has made.

    Whoever says anything of comments has chosen among all of them; who says nothing has not.

    Args:
        sources: As :class:`Selection` has it; the same for the next three.
        brands: As there.
        products: As there.
        languages: As there, in any case.
        since: First time taken; UTC where it names no zone.
        until: First time not taken.
        comments: One of :data:`KINDS`; ``None`` for questions, where anything else is chosen.
        apart: One of :data:`APART`.

    Raises:
        ChoiceError: A value is none that there can be.
    """
    named = {
        "sources": _names("sources", sources),
        "brands": _names("brands", brands),
        "products": _names("products", products),
        "languages": _names("languages", [language.lower() for language in languages]),
    }
    first, last = _utc("since", since), _utc("until", until)
    if first is not None and last is not None and first >= last:
        raise ChoiceError(
            f"until: {last.isoformat()} is not after since ({first.isoformat()}), so that nothing "
            "is left; give a later time"
        )
    for field, value, known in (("comments", comments, KINDS), ("apart", apart, APART)):
        if value is not None and value not in known:
            raise ChoiceError(f"{field}: is {value!r}; give one of {', '.join(known)}")
    if not any((*named.values(), first, last, comments)):
        return Choice(apart=apart)
    selection = Selection(**named, since=first, until=last, everything=comments == ALL)
    return Choice(selection, apart)


def reach_after(reach: Sequence[Selection], done: Selection) -> tuple[Selection, ...]:
    """What topics are made of after a run, as selections that hold together.

    Args:
        reach: The same before; empty before the first run.
        done: What the run read.
    """
    left = [one for one in reach if not done.covers(one)]
    if any(one.covers(done) and one.everything >= done.everything for one in left):
        return tuple(left)
    return (*left, done)


def _names(field: str, values: Sequence[str]) -> tuple[str, ...]:
    names = sorted({value.strip() for value in values} - {""})
    if len(names) > _MOST:
        raise ChoiceError(f"{field}: are {len(names)}; give at most {_MOST}, or none for all")
    for name in names:
        if len(name) > NAME_CHARS or "\x00" in name:
            raise ChoiceError(
                f"{field}: {name[:40]!r}... is no name that can be stored; give at most "
                f"{NAME_CHARS} characters, none of them NUL"
            )
    return tuple(names)


def _utc(field: str, moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise ChoiceError(
            f"{field}: is outside of all calendars; give a year from 1 to 9999"
        ) from error

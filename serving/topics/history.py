"""What happened to a topic: by runs (events) and by editors (edits), as one list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Literal

Kind = Literal[
    "born",
    "gone",
    "merged",
    "took",
    "split",
    "gave",
    "renamed",
    "hidden",
    "shown",
    "pinned",
    "unpinned",
]

_FLAGS: Final[Mapping[str, Kind]] = {
    "hide": "hidden",
    "show": "shown",
    "pin": "pinned",
    "unpin": "unpinned",
}
# Of an event between two topics: what it is to the one it happened to, and to the other.
_SIDES: Final[Mapping[str, tuple[Kind, Kind]]] = {
    "merged": ("merged", "took"),
    "split": ("split", "gave"),
}
_LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """Who had topics found, and when that was done."""

    at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Change:
    """Something that happened to a topic.

    Attributes:
        kind: ``merged`` (it became part of the other one), ``took`` (the other one became part of
            it), ``split`` (it came out of the other one), ``gave`` (the other one came out of it),
            ``born`` and ``gone`` (found for the first time, no longer found), and what editors do.
        other: Id of the other topic; ``None`` where there is none.
        other_name: Its name, or the one that it had; ``None`` where that is not known any more.
        there: Whether the other topic is still there.
        name: Of ``renamed``: the new name.
        share: Share of the smaller topic's comments that moved, from 0 to 1, where a run did it.
        run: Number of the run; ``None`` for what an editor decided.
        by: Who decided it or had topics found; ``None`` where that is not known any more.
        at: When; ``None`` as there.
    """

    kind: Kind
    other: str | None = None
    other_name: str | None = None
    there: bool = False
    name: str | None = None
    share: float | None = None
    run: int | None = None
    by: str | None = None
    at: datetime | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "kind": self.kind,
            "other": self.other,
            "other_name": self.other_name,
            "there": self.there,
            "name": self.name,
            "share": self.share,
            "run": self.run,
            "by": self.by,
            "at": self.at.isoformat() if self.at else None,
        }


def changes_of(
    topic: str,
    events: Sequence[Mapping[str, Any]],
    edits: Sequence[Mapping[str, Any]],
    *,
    names: Mapping[str, str],
    runs: Mapping[int, Run],
) -> tuple[Change, ...]:
    """What happened to a topic, the newest first.

    Args:
        topic: Its id.
        events: What happened to ids, as :meth:`sedno.models.topics.identity.Event.to_dict`.
        edits: What editors decided, as in :mod:`sedno.models.topics.edits`, the oldest first.
        names: Names of topics by id.
        runs: What is known of runs, by number.
    """
    found = [*_by_runs(topic, events, names, runs), *_by_editors(topic, edits, names)]
    # Of what has no time all is older than the oldest that has one: the log forgets the oldest.
    found.sort(key=lambda change: (change.at or _LONG_AGO, change.run or 0))
    return tuple(reversed(found))


def _by_runs(
    topic: str,
    events: Sequence[Mapping[str, Any]],
    names: Mapping[str, str],
    runs: Mapping[int, Run],
) -> Iterator[Change]:
    for event in events:
        kind, own, other = event["kind"], event["topic"], event["other"]
        if topic not in {own, other}:
            continue
        run = runs.get(event["run"])
        known: dict[str, Any] = {
            "run": event["run"],
            "by": run.by if run else None,
            "at": run.at if run else None,
        }
        if other is None:
            yield Change(kind, **known)
            continue
        far = other if own == topic else own
        yield Change(
            _SIDES[kind][0 if own == topic else 1],
            other=far,
            other_name=names.get(far),
            there=far in names,
            share=event["share"],
            **known,
        )


def _by_editors(
    topic: str, edits: Sequence[Mapping[str, Any]], names: Mapping[str, str]
) -> Iterator[Change]:
    for edit in edits:
        # Edits of a state file that an earlier version wrote are not signed.
        given = edit.get("at")
        signature: dict[str, Any] = {
            "by": edit.get("by"),
            "at": datetime.fromisoformat(given) if given else None,
        }
        for kind, far in _parts_of(topic, edit):
            yield Change(
                kind,
                other=far,
                other_name=names.get(far, edit.get("names", {}).get(far)) if far else None,
                there=far in names,
                name=edit["name"] if kind == "renamed" else None,
                **signature,
            )


def _parts_of(topic: str, edit: Mapping[str, Any]) -> Iterator[tuple[Kind, str | None]]:
    """What an edit is to a topic, with the other topic of it."""
    if edit["op"] == "merge":
        into, joined = edit["into"], edit["topics"]
        if topic == into:
            for other in joined:
                if other != into:
                    yield "took", other
        elif topic in joined:
            yield "merged", into
    elif edit["op"] == "split":
        parts = [part["id"] for part in edit["parts"] if part["id"] != edit["topic"]]
        if topic == edit["topic"]:
            for other in parts:
                yield "gave", other
        elif topic in parts:
            yield "split", edit["topic"]
    elif edit["topic"] == topic:
        yield ("renamed" if edit["op"] == "rename" else _FLAGS[edit["op"]]), None

"""What editors decide about topics, and how it survives later runs.

An edit names topics by their ids, which stay the same from run to run. Edits are kept beside the
topics as they were found and are applied anew after every run, oldest first:

- ``rename``: ``{"op": "rename", "topic": id, "name": text}``
- ``merge``: ``{"op": "merge", "topics": [ids], "into": id, "names": {id: name}}``; the names are
  those at the time, for whoever reads it later
- ``split``: ``{"op": "split", "topic": id, "parts": [{"id": id, "centre": [numbers],
  "comments": [ids]}]}``; the first part keeps the topic's id
- ``hide``, ``show``, ``pin``, ``unpin``: ``{"op": ..., "topic": id}``

An edit may say beside that who decided it, ``"by"``, and when, ``"at"`` (ISO 8601).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np

from sedno.models.topics.describe import centre, describe, related
from sedno.models.topics.records import Found, Matrix, Member, Options, Topic

Edit = Mapping[str, Any]

_FLAGS: Final = {"hide", "show", "pin", "unpin"}


class EditError(ValueError):
    """An edit that cannot be made; says which topic or comment, and what to do."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """Edits put together.

    Attributes:
        names: Topic -> the editor's name.
        hidden: Topics that are hidden.
        pinned: Topics that stay although nobody asks.
        guarded: Topics as found that a later run must find again: all that an edit names.
    """

    names: Mapping[str, str]
    hidden: frozenset[str]
    pinned: frozenset[str]
    guarded: frozenset[str]


def overlay(edits: Sequence[Edit]) -> Overlay:
    """Puts edits together, oldest first."""
    names: dict[str, str] = {}
    hidden: set[str] = set()
    pinned: set[str] = set()
    guarded: set[str] = set()
    for edit in edits:
        op = edit["op"]
        if op == "rename":
            names[edit["topic"]] = edit["name"]
        elif op == "hide":
            hidden.add(edit["topic"])
        elif op == "show":
            hidden.discard(edit["topic"])
        elif op == "pin":
            pinned.add(edit["topic"])
        elif op == "unpin":
            pinned.discard(edit["topic"])
        guarded |= {edit["topic"]} if "topic" in edit else set(edit["topics"])
    return Overlay(names, frozenset(hidden), frozenset(pinned), frozenset(guarded))


def place(members: Sequence[Member], vectors: Matrix, edits: Sequence[Edit]) -> list[str]:
    """The topic that each question is shown in: as found, then merged and split by editors."""
    shown = [member.topic for member in members]
    for edit in edits:
        if edit["op"] == "merge":
            shown = _merged(shown, members, edit)
        elif edit["op"] == "split":
            _split(shown, members, vectors, edit)
    return shown


def _merged(shown: Sequence[str], members: Sequence[Member], edit: Edit) -> list[str]:
    """A topic is of one scope: what is kept apart by something else since is merged there alone."""
    into, gone = edit["into"], set(edit["topics"]) - {edit["into"]}
    rows = list(zip(shown, members, strict=True))
    counts = Counter(member.scope for topic, member in rows if topic == into) or Counter(
        member.scope for topic, member in rows if topic in gone
    )
    if not counts:
        return list(shown)
    home = max(counts, key=lambda scope: (counts[scope], scope))
    return [into if topic in gone and member.scope == home else topic for topic, member in rows]


def _split(shown: list[str], members: Sequence[Member], vectors: Matrix, edit: Edit) -> None:
    parts = edit["parts"]
    stated = {comment: part["id"] for part in parts for comment in part["comments"]}
    centres = np.asarray([part["centre"] for part in parts], dtype=np.float32)
    for at, topic in enumerate(shown):
        if topic == edit["topic"]:
            nearest = parts[int((centres @ vectors[at]).argmax())]["id"]
            shown[at] = stated.get(members[at].comment, nearest)


def shown_topics(found: Found) -> dict[str, tuple[str, ...]]:
    """Comment id -> ids of its topics after edits, best first; empty where it has none.

    Hidden topics are left out.
    """
    hidden = overlay(found.edits).hidden
    shown = place(found.members, found.vectors, found.edits)
    scored: dict[str, list[tuple[float, str]]] = {}
    for member, topic in zip(found.members, shown, strict=True):
        into = scored.setdefault(member.comment, [])
        if topic and topic not in hidden:
            into.append((-member.score, topic))
    return {
        comment: tuple(dict.fromkeys(topic for _, topic in sorted(topics)))
        for comment, topics in scored.items()
    }


def described(
    members: Sequence[Member],
    vectors: Matrix,
    edits: Sequence[Edit],
    *,
    known: Mapping[str, Topic],
    options: Options,
    scopes: Collection[str] | None = None,
    done: Callable[[float], None] = lambda _: None,
) -> tuple[Topic, ...]:
    """The topics as editors left them, scope by scope.

    Args:
        members: All questions.
        vectors: ``(members, dim)`` their embeddings.
        edits: What editors decided, oldest first.
        known: Topics as they were, by id.
        options: How many phrases and examples to keep.
        scopes: Where something has changed; elsewhere topics stay as they were. All where
            ``None``.
        done: Is told which share of the questions is dealt with.
    """
    put = overlay(edits)
    shown = place(members, vectors, edits)
    topics = describe(
        members, vectors, shown, known=known, options=options, scopes=scopes, done=done
    )
    near = related(members, vectors, shown)
    if scopes is not None:
        topics += [topic for topic in known.values() if topic.scope not in scopes]
    found = {topic.id for topic in topics}
    # Nobody asks it in this run; what was known of it stays to be seen.
    topics += [
        replace(known[topic], size=0, share=0.0, weeks={}, authors=None)
        for topic in sorted(put.pinned - found)
        if topic in known
    ]
    # Sorting keeps the order within a scope, the largest first.
    return tuple(
        replace(
            topic,
            name=put.names.get(topic.id, topic.found_name),
            hidden=topic.id in put.hidden,
            pinned=topic.id in put.pinned,
            related=near.get(topic.id, ()),
        )
        for topic in sorted(topics, key=lambda topic: topic.scope)
    )


def rename(found: Found, topic: str, name: str) -> Found:
    """Gives a topic a name of the editor's own.

    Raises:
        EditError: There is no such topic, or the name is blank.
    """
    scope = _known(found, topic).scope
    if not name.strip():
        raise EditError(f"name: of topic {topic!r} is blank; give at least one word")
    return _with(found, {"op": "rename", "topic": topic, "name": name.strip()}, scope)


def flag(found: Found, topic: str, op: str) -> Found:
    """Hides, shows, pins or unpins a topic.

    Args:
        found: The topics.
        topic: Its id.
        op: ``hide``, ``show``, ``pin`` or ``unpin``.

    Raises:
        EditError: There is no such topic or operation.
    """
    if op not in _FLAGS:
        raise EditError(f"op: is {op!r}; give one of {', '.join(sorted(_FLAGS))}")
    return _with(found, {"op": op, "topic": topic}, _known(found, topic).scope)


def merge(found: Found, topics: Sequence[str], into: str) -> Found:
    """Makes one topic of several, now and in later runs.

    Raises:
        EditError: A topic is not there, is of another scope, or there is but one.
    """
    scopes = {_known(found, topic).scope for topic in {*topics, into}}
    if len({*topics, into}) < 2:
        raise EditError(f"topics: only {into!r} is given; give at least two different topics")
    if len(scopes) > 1:
        raise EditError(f"topics: are of several sources {sorted(scopes)}; give those of one")
    merged = sorted({*topics, into})
    names = {topic: _known(found, topic).name for topic in merged}
    edit = {"op": "merge", "topics": merged, "into": into, "names": names}
    return _with(found, edit, *scopes)


def split(found: Found, topic: str, parts: Sequence[Sequence[str]]) -> Found:
    """Makes several topics of one, now and in later runs.

    Each part is given by comments that belong to it; the topic's other questions, and later ones,
    go to the part they are nearest to. The first part keeps the id.

    Raises:
        EditError: The topic is not there, there are fewer than two parts, a part is empty, or a
            comment is not in the topic or in two parts.
    """
    scope = _known(found, topic).scope
    if len(parts) < 2 or not all(parts):
        raise EditError(
            f"parts: of topic {topic!r} are {[len(part) for part in parts]} comments; give at "
            "least two parts of at least one comment each"
        )
    every = [comment for part in parts for comment in part]
    if len(set(every)) < len(every):
        raise EditError(f"parts: a comment is in two parts of topic {topic!r}; leave it in one")
    shown = place(found.members, found.vectors, found.edits)
    rows: dict[str, list[int]] = {}
    for at, member in enumerate(found.members):
        if shown[at] == topic:
            rows.setdefault(member.comment, []).append(at)
    for comment in every:
        if comment not in rows:
            raise EditError(f"parts: comment {comment!r} is not in topic {topic!r}; leave it out")
    made = []
    next_id = found.next_id
    for number, part in enumerate(parts):
        name = topic if number == 0 else f"t{next_id}"
        next_id += number > 0
        middle = centre(found.vectors[[at for comment in part for at in rows[comment]]])
        made.append({
            "id": name,
            "comments": list(part),
            "centre": [round(float(value), 5) for value in middle],
        })  # fmt: skip
    edit = {"op": "split", "topic": topic, "parts": made}
    return _with(replace(found, next_id=next_id), edit, scope)


def signed(before: Found, found: Found, *, by: str, at: datetime) -> Found:
    """Notes who decided the edits that came since, and when; the engine itself knows no clock.

    Args:
        before: The topics before the edits.
        found: The topics with them.
        by: Name of who decided.
        at: When, with its time zone.
    """
    kept = len(before.edits)
    signature = {"by": by, "at": at.isoformat()}
    edits = (*found.edits[:kept], *({**edit, **signature} for edit in found.edits[kept:]))
    return replace(found, edits=edits)


def _known(found: Found, topic: str) -> Topic:
    for known in found.topics:
        if known.id == topic:
            return known
    raise EditError(
        f"topic: {topic!r} is not there; 'sedno topics report' lists the ids of all topics"
    )


def _with(found: Found, edit: dict[str, Any], scope: str) -> Found:
    edits = (*found.edits, edit)
    known = {topic.id: topic for topic in found.topics}
    topics = described(found.members, found.vectors, edits, known=known, options=Options(),
                       scopes={scope})  # fmt: skip
    return replace(found, edits=edits, topics=topics)

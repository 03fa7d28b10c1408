"""Only people review; a key or Sedno itself never decides."""

from __future__ import annotations

from sedno.serving.people.actor import Actor


def person_id(actor: Actor) -> int:
    """The number of the person who acts.

    Raises:
        PermissionError: It is no person.
    """
    if not actor.is_person or actor.id is None:
        raise PermissionError(f"{actor.name!r} is no person; only people review comments")
    return actor.id

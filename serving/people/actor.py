"""Who does something: a person, a key, or Sedno itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sedno.serving.people.roles import GRANTS, PIPELINE_SCOPES, May, Role, Scope

ActorKind = Literal["person", "key", "system", "stranger"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something.

    Attributes:
        kind: A person at a browser, a program with a key, Sedno itself (the command line, a
            job, a caller of this machine where nothing is locked yet), or a stranger.
        id: Number of the person or key; ``None`` for the others.
        name: The login of a person, the name of a key.
        role: The role; ``None`` for strangers.
        scopes: What a key was made for.
        session_id: The web session by which a person came; ``None`` for others.
        language: The language a person has chosen.
    """

    kind: ActorKind
    id: int | None
    name: str
    role: Role | None
    scopes: frozenset[Scope] = frozenset()
    session_id: int | None = None
    language: str | None = None

    @property
    def is_person(self) -> bool:
        """Whether it is a person, whose looks at comments are written to the audit log."""
        return self.kind == "person"

    def may(self, what: May) -> bool:
        """Whether this actor may do something."""
        grant = GRANTS[what]
        if grant.anyone:
            return True
        if self.role is None:
            return False
        if grant.signed_in:
            return True
        if self.is_person:
            return self.role in grant.roles
        return grant.scope is not None and grant.scope in self.scopes


STRANGER = Actor("stranger", None, "stranger", None)
"""Someone who has not said who they are."""

OPERATOR_KEY = Actor("key", None, "SEDNO_API_KEY", Role.PIPELINE, PIPELINE_SCOPES)
"""Whoever has the one key that the operator set."""

LOCAL = Actor("system", None, "this machine", Role.PIPELINE, PIPELINE_SCOPES)
"""A program of this machine, while there is neither a key nor a person to ask for."""

COMMAND_LINE = Actor("system", None, "command line", Role.ADMIN, frozenset(Scope))
"""Whoever runs ``sedno`` where the database is."""


def system(name: str) -> Actor:
    """Sedno itself, doing something on its own account, such as deleting what is too old."""
    return Actor("system", None, name, Role.ADMIN, frozenset(Scope))

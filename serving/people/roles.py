"""Roles of people, scopes of keys, and the one table of who may do what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What someone is here to do. A person has one; a key is always a pipeline."""

    PIPELINE = "pipeline"
    MODERATOR = "moderator"
    EDITOR = "editor"
    ADMIN = "admin"


class Scope(StrEnum):
    """What a key was made for."""

    CLASSIFY = "classify"
    COMMENTS_WRITE = "comments:write"
    COMMENTS_READ = "comments:read"
    JOBS = "jobs"
    DECISIONS_READ = "decisions:read"
    TOPICS_READ = "topics:read"
    METRICS = "metrics"
    PRIVACY = "privacy"


PIPELINE_SCOPES = frozenset(
    {Scope.CLASSIFY, Scope.COMMENTS_WRITE, Scope.COMMENTS_READ, Scope.JOBS, Scope.METRICS}
)
"""What the operator's key of ``SEDNO_API_KEY`` may do, and a key made without naming scopes."""


class May(StrEnum):
    """Things that may be done. Every route names one of them."""

    # Whoever it is, also a stranger.
    KNOCK = "knock"
    # Whoever has said who they are.
    ASK_WHO_I_AM = "ask who they are"
    # People only.
    USE_OWN_ACCOUNT = "use own account"

    CLASSIFY = "classify"
    READ_MODELS = "read models"
    READ_METRICS = "read metrics"

    WRITE_COMMENTS = "write comments"
    READ_COMMENTS = "read comments"
    EXPORT_COMMENTS = "export comments"
    RUN_JOBS = "run jobs"
    READ_JOBS = "read jobs"

    REVIEW = "review"
    HOLD_COMMENTS = "hold comments open"
    REVIEW_IN_BULK = "review in bulk"
    RESOLVE_ESCALATIONS = "resolve escalations"
    UNDO_DECISIONS = "undo decisions"
    READ_DECISIONS = "read decisions"
    EXPORT_DECISIONS = "export decisions"
    READ_OVERVIEW = "read overview"

    READ_TOPICS = "read topics"
    EDIT_TOPICS = "edit topics"
    READ_FAQ = "read answers"
    EDIT_FAQ = "edit answers"

    READ_AUDIT = "read audit"
    MANAGE_PEOPLE = "manage people"
    MANAGE_KEYS = "manage keys"
    MANAGE_MODELS = "manage models"
    MANAGE_WEBHOOKS = "manage webhooks"
    EXPORT_PERSONAL_DATA = "export personal data"
    ERASE = "erase"
    MANAGE_RETENTION = "manage retention"


@dataclass(frozen=True, slots=True)
class Grant:
    """Who may do one thing.

    Attributes:
        roles: Roles of people who may.
        scope: The scope that a key needs; ``None`` where no key may.
        anyone: Whether even a stranger may.
        signed_in: Whether all people and keys may.
    """

    roles: frozenset[Role] = frozenset()
    scope: Scope | None = None
    anyone: bool = False
    signed_in: bool = False


ROLES_OF_PEOPLE = (Role.MODERATOR, Role.EDITOR, Role.ADMIN)
"""Roles that a person can have."""

_ALL = frozenset({Role.MODERATOR, Role.EDITOR, Role.ADMIN})
_DESK = frozenset({Role.MODERATOR, Role.ADMIN})
_CONTENT = frozenset({Role.EDITOR, Role.ADMIN})
_ADMIN = frozenset({Role.ADMIN})

GRANTS: Mapping[May, Grant] = {
    May.KNOCK: Grant(anyone=True),
    May.ASK_WHO_I_AM: Grant(_ALL, signed_in=True),
    May.USE_OWN_ACCOUNT: Grant(_ALL),
    May.CLASSIFY: Grant(_ALL, Scope.CLASSIFY),
    May.READ_MODELS: Grant(_ALL, signed_in=True),
    May.READ_METRICS: Grant(_ADMIN, Scope.METRICS),
    May.WRITE_COMMENTS: Grant(_ADMIN, Scope.COMMENTS_WRITE),
    May.READ_COMMENTS: Grant(_ALL, Scope.COMMENTS_READ),
    May.EXPORT_COMMENTS: Grant(_CONTENT, Scope.COMMENTS_READ),
    May.RUN_JOBS: Grant(_ADMIN, Scope.JOBS),
    May.READ_JOBS: Grant(_ADMIN, Scope.JOBS),
    May.REVIEW: Grant(_DESK),
    May.HOLD_COMMENTS: Grant(_ALL),
    May.REVIEW_IN_BULK: Grant(_DESK),
    May.RESOLVE_ESCALATIONS: Grant(_CONTENT),
    May.UNDO_DECISIONS: Grant(_ALL),
    May.READ_DECISIONS: Grant(_ALL, Scope.DECISIONS_READ),
    May.EXPORT_DECISIONS: Grant(_ADMIN, Scope.DECISIONS_READ),
    May.READ_OVERVIEW: Grant(_ALL),
    May.READ_TOPICS: Grant(_ALL, Scope.TOPICS_READ),
    May.EDIT_TOPICS: Grant(_CONTENT),
    May.READ_FAQ: Grant(_ALL, Scope.TOPICS_READ),
    May.EDIT_FAQ: Grant(_CONTENT),
    May.READ_AUDIT: Grant(_ADMIN),
    May.MANAGE_PEOPLE: Grant(_ADMIN),
    May.MANAGE_KEYS: Grant(_ADMIN),
    May.MANAGE_MODELS: Grant(_ADMIN),
    May.MANAGE_WEBHOOKS: Grant(_ADMIN),
    May.EXPORT_PERSONAL_DATA: Grant(_ADMIN, Scope.PRIVACY),
    May.ERASE: Grant(_ADMIN, Scope.PRIVACY),
    May.MANAGE_RETENTION: Grant(_ADMIN, Scope.PRIVACY),
}
"""The table. ``docs/security.md`` shows it; a test holds the two together."""

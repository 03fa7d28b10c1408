"""Keys of programs: ``/v1/keys``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from sedno.serving.api import problems
from sedno.serving.api.dependencies import StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name
from sedno.serving.people import keys as keeping
from sedno.serving.people.roles import PIPELINE_SCOPES, Scope

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=Route)

Manager = Annotated[Actor, require(May.MANAGE_KEYS)]

_MOST_GRACE_HOURS = 24 * 90
_PROBLEMS = problem_responses(
    problems.UNAUTHORISED,
    problems.FORBIDDEN,
    problems.NOT_FOUND,
    problems.CONFLICT,
    problems.INVALID_REQUEST,
    problems.NOT_READY,
)


class KeyOut(BaseModel):
    """A key, without its secret."""

    name: str
    state: str = Field(examples=["active", "expired", "revoked"])
    scopes: list[str]
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To about five minutes.")


class KeysOut(BaseModel):
    """All keys, by name."""

    keys: list[KeyOut]


class KeyIn(BaseModel):
    """A key to make."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    scopes: list[Scope] = Field(
        sorted(PIPELINE_SCOPES), min_length=1, max_length=len(Scope), description="What it may do."
    )
    expires_at: AwareDatetime | None = Field(None, description="When it ends; never by default.")


class NewKeyOut(KeyOut):
    """A key that was made or got a new secret."""

    key: str = Field(description="The key itself. It cannot be shown again.")


class RotationIn(BaseModel):
    """How a key gets a new secret."""

    model_config = ConfigDict(extra="forbid")

    grace_hours: float = Field(
        24, ge=0, le=_MOST_GRACE_HOURS, description="How long the old secret is still taken."
    )


@router.get("", responses=_PROBLEMS)
async def list_keys(actor: Manager, store: StoreDep) -> KeysOut:
    """List all keys, without their secrets."""
    del actor

    def read() -> KeysOut:
        with store.open().session() as session:
            found = keeping.every(session)
        return KeysOut(keys=[KeyOut.model_validate(keeping.fields(key)) for key in found])

    return await in_thread(read)


@router.post("", status_code=201, responses=_PROBLEMS)
async def create_key(actor: Manager, store: StoreDep, asked: KeyIn) -> NewKeyOut:
    """Make a key. The answer is the only one that shows it."""

    def write() -> NewKeyOut:
        with store.open().transaction() as session:
            key, shown = keeping.create(
                session, actor, asked.name, asked.scopes, expires_at=asked.expires_at
            )
            return NewKeyOut.model_validate({**keeping.fields(key), "key": shown})

    return await in_thread(write)


@router.post("/{name}/rotate", responses=_PROBLEMS)
async def rotate_key(actor: Manager, store: StoreDep, name: Name, asked: RotationIn) -> NewKeyOut:
    """Give a key a new secret; the old one is taken for a while longer."""

    def write() -> NewKeyOut:
        with store.open().transaction() as session:
            key = keeping.find(session, name)
            shown = keeping.rotate(session, actor, key, grace=timedelta(hours=asked.grace_hours))
            return NewKeyOut.model_validate({**keeping.fields(key), "key": shown})

    return await in_thread(write)


@router.delete("/{name}", responses=_PROBLEMS)
async def revoke_key(actor: Manager, store: StoreDep, name: Name) -> KeyOut:
    """End a key at once."""

    def write() -> KeyOut:
        with store.open().transaction() as session:
            key = keeping.find(session, name)
            keeping.revoke(session, actor, key)
            return KeyOut.model_validate(keeping.fields(key))

    return await in_thread(write)

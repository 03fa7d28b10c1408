"""People who may work at the desk: ``/v1/me``, ``/v1/people``."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from sedno.serving.api import problems
from sedno.serving.api.dependencies import SettingsDep, StoreDep
from sedno.serving.api.guard import Actor, May, Route, require
from sedno.serving.api.offload import in_thread
from sedno.serving.api.openapi import problem_responses
from sedno.serving.api.plain import Name, Password
from sedno.serving.people import people as keeping
from sedno.serving.people.logins import LINK_MINUTES, link_of, make_link
from sedno.serving.people.own import set_own
from sedno.serving.people.people import PersonError
from sedno.serving.people.roles import Role
from sedno.serving.store.tables.people import Person

router = APIRouter(prefix="/v1", tags=["people"], route_class=Route)

Manager = Annotated[Actor, require(May.MANAGE_PEOPLE)]
PersonRole = Literal["moderator", "editor", "admin"]
Language = Literal["pl", "en"]

_PROBLEMS = problem_responses(
    problems.UNAUTHORISED,
    problems.FORBIDDEN,
    problems.NOT_FOUND,
    problems.CONFLICT,
    problems.INVALID_REQUEST,
    problems.NOT_READY,
)


class MeOut(BaseModel):
    """Who calls."""

    kind: str = Field(examples=["person", "key", "system"])
    name: str
    role: str
    may: list[str] = Field(description="All that the caller may do.")


class PersonOut(BaseModel):
    """A person."""

    login: str
    display_name: str
    role: str
    active: bool
    language: str | None
    has_password: bool
    created_at: datetime


class OwnPasswordIn(BaseModel):
    """A new password for whoever calls."""

    model_config = ConfigDict(extra="forbid")

    current: Password | None = Field(
        None, description="The present one; left out where there is none yet."
    )
    new: Password = Field(description="12 characters or more.")


class PeopleOut(BaseModel):
    """All people, by login."""

    people: list[PersonOut]


class PersonIn(BaseModel):
    """A person to make."""

    model_config = ConfigDict(extra="forbid")

    login: Name = Field(description="An e-mail address or a name, to sign in with.")
    role: PersonRole
    display_name: Name | None = Field(None, description="What others see; the login by default.")
    password: Password | None = Field(
        None, description="Where there is none, the person comes in by a link."
    )
    language: Language | None = None


class PersonChange(BaseModel):
    """What to change; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: PersonRole | None = None
    active: bool | None = None
    display_name: Name | None = None
    password: Password | None = None
    language: Language | None = None


class LinkOut(BaseModel):
    """A link that signs someone in once."""

    url: str
    minutes: int = Field(description="How long it works.")


@router.get("/me", responses=problem_responses(problems.UNAUTHORISED, problems.NOT_READY))
async def me(actor: Annotated[Actor, require(May.ASK_WHO_I_AM)]) -> MeOut:
    """Tell who calls and what they may do."""
    return MeOut(
        kind=actor.kind,
        name=actor.name,
        role=str(actor.role),
        may=[what for what in May if actor.may(what)],
    )


@router.put("/me/password", status_code=204, responses=_PROBLEMS)
async def set_own_password(
    actor: Annotated[Actor, require(May.USE_OWN_ACCOUNT)], store: StoreDep, asked: OwnPasswordIn
) -> None:
    """Set one's own password. All other sessions of the person end."""

    def write() -> None:
        set_own(store.open(), actor, current=asked.current, new=asked.new)

    await in_thread(write)


@router.get("/people", responses=_PROBLEMS)
async def list_people(actor: Manager, store: StoreDep) -> PeopleOut:
    """List all people."""
    del actor

    def read() -> PeopleOut:
        with store.open().session() as session:
            return PeopleOut(people=[_shown(person) for person in keeping.every(session)])

    return await in_thread(read)


@router.post("/people", status_code=201, responses=_PROBLEMS)
async def create_person(actor: Manager, store: StoreDep, asked: PersonIn) -> PersonOut:
    """Make a person."""

    def write() -> PersonOut:
        with store.open().transaction() as session:
            return _shown(
                keeping.create(
                    session,
                    actor,
                    asked.login,
                    Role(asked.role),
                    display_name=asked.display_name,
                    password=asked.password,
                    language=asked.language,
                )
            )

    return await in_thread(write)


@router.patch("/people/{login}", responses=_PROBLEMS)
async def change_person(
    actor: Manager, store: StoreDep, login: Name, asked: PersonChange
) -> PersonOut:
    """Change a person; one who is disabled or gets another role or password is signed out."""

    def write() -> PersonOut:
        with store.open().transaction() as session:
            person = keeping.find(session, login)
            keeping.change(
                session,
                actor,
                person,
                role=Role(asked.role) if asked.role else None,
                active=asked.active,
                display_name=asked.display_name,
                language=asked.language,
            )
            if asked.password is not None:
                keeping.set_password(session, actor, person, asked.password)
            return _shown(person)

    return await in_thread(write)


@router.post("/people/{login}/link", status_code=201, responses=_PROBLEMS)
async def create_link(
    actor: Manager, store: StoreDep, settings: SettingsDep, login: Name
) -> LinkOut:
    """Make a link that signs a person in once, without a password."""

    def write() -> LinkOut:
        with store.open().transaction() as session:
            person = keeping.find(session, login)
            if not person.active:
                raise PersonError(f"login {login!r} is disabled; let them in again first")
            token = make_link(session, actor, person)
        return LinkOut(url=link_of(settings.address, token), minutes=LINK_MINUTES)

    return await in_thread(write)


def _shown(person: Person) -> PersonOut:
    return PersonOut(
        login=person.login,
        display_name=person.display_name,
        role=person.role,
        active=person.active,
        language=person.language,
        has_password=person.password_hash is not None,
        created_at=person.created_at,
    )

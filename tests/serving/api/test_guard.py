"""Who may call what: every route, every role."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import BaseRoute
from starlette.types import Message

from sedno.serving.api.app import create_app
from sedno.serving.api.guard import Permission
from sedno.serving.api.identify import CSRF_HEADER
from sedno.serving.people import keys, people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import GRANTS, May, Role, Scope
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.people import Person

# The published schema and the files of the page that shows it: the same for everyone.
OPEN = {"/openapi.json", "/docs/assets"}
SECRET = "s" * 32
KEY = "the operator's own key"

MULTIPART = "multipart/form-data; boundary=b"
PARAMETER = r"{[^}]+}"

Headers = dict[str, str]


def permissions(dependant: Any) -> Iterator[May]:
    """What a route asks for, wherever it is asked."""
    for inner in dependant.dependencies:
        if isinstance(inner.call, Permission):
            yield inner.call.may
        yield from permissions(inner)


def routes(found: list[BaseRoute]) -> Iterator[tuple[str, str, set[May]]]:
    """Method, path and what it takes of every route."""
    for route in iter_route_contexts(found):
        path = str(route.path)
        if path in OPEN:
            continue
        dependant = getattr(route, "dependant", None)
        asked = set(permissions(dependant)) if dependant is not None else set()
        for method in sorted(getattr(route, "methods", None) or {"GET"}):
            yield method, path, asked


def all_routes() -> list[tuple[str, str, May]]:
    """Every route with the one thing that it asks for."""
    app = create_app(load_settings())
    return [
        (method, path, next(iter(asked)))
        for method, path, asked in routes(app.routes)
        if len(asked) == 1
    ]


def test_every_route_asks_for_exactly_one_thing(settings: Settings) -> None:
    """A route that forgets to ask, or asks twice, is found here."""
    app = create_app(settings)
    found = list(routes(app.routes))
    assert len(found) > 20
    assert [(method, path, asked) for method, path, asked in found if len(asked) != 1] == []


def test_every_permission_is_in_the_table() -> None:
    """And a stranger may do one thing only."""
    assert set(GRANTS) == set(May)
    assert [may for may, grant in GRANTS.items() if grant.anyone] == [May.KNOCK]
    assert all(Role.ADMIN in grant.roles for grant in GRANTS.values() if not grant.anyone)
    assert {grant.scope for grant in GRANTS.values() if grant.scope} == set(Scope)


class World:
    """A server with a person of each role and a key of each scope."""

    def __init__(self, running: Any, store: Store) -> None:
        self.client = running.client
        self.store = store
        database = store.open()
        self.people: dict[Role, Person] = {}
        self.keys: dict[Scope, str] = {}
        with database.transaction() as session:
            for role in (Role.ADMIN, Role.MODERATOR, Role.EDITOR):
                self.people[role] = people.create(session, COMMAND_LINE, f"the-{role}", role)
            for scope in Scope:
                self.keys[scope] = keys.create(session, COMMAND_LINE, f"the {scope}", [scope])[1]

    def person(self, role: Role) -> Headers:
        """A browser that has just signed in, and carries the token of its forms."""
        with self.store.open().transaction() as session:
            token = sessions.start(session, self.people[role], hours=1)
        return {
            "Cookie": f"sedno_session={token}",
            CSRF_HEADER: csrf_token(SECRET.encode(), token),
        }

    def ask(self, method: str, path: str, headers: Headers) -> int:
        """Sends a request that can go no further than its form, and gives the status."""
        path = re.sub(PARAMETER, "999999999", path)
        return int(
            self.client.request(method, path, headers=headers, follow_redirects=False).status_code
        )

    def ask_without_body(self, method: str, path: str, media: str) -> int:
        """Gives the status of a stranger's request whose body must not be asked for; 0 if it is."""
        statuses: list[int] = []

        async def receive() -> Message:
            raise AssertionError("the body was read")

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        path = re.sub(PARAMETER, "999999999", path)
        scope: dict[str, Any] = {
            "type": "http",
            "method": method,
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "root_path": "",
            "scheme": "http",
            "http_version": "1.1",
            "server": ("127.0.0.1", 8000),
            "client": ("127.0.0.1", 50_000),
            "headers": [(b"content-type", media.encode()), (b"content-length", b"1000")],
        }
        with suppress(AssertionError):
            asyncio.run(self.client.app(scope, receive, send))
        return statuses[0] if statuses else 0


@pytest.fixture
def world(run: Callable[..., Any]) -> Iterator[World]:
    """A server with people and keys."""
    more = load_settings(secret_key=SECRET, api_key=KEY)
    with run(secret_key=more.secret_key, api_key=more.api_key) as running:
        yield World(running, running.client.app.state.store)


def fits(status: int, path: str, *, allowed: bool, stranger: bool = False) -> bool:
    """Whether a status is what the table says."""
    if not allowed:
        return status == (401 if stranger else 403)
    # Whoever signs in with a wrong password is told so by 401.
    return status != 403 and (status != 401 or path.startswith("/desk/login"))


def test_every_route_and_role(world: World) -> None:
    """The table is what happens: 401 for strangers, 403 for whoever may not, else neither."""
    wrong: list[str] = []
    strangers: dict[str, Headers] = {
        "nobody": {},
        "a wrong key": {"Authorization": "Bearer sedno_0123456789ab_00"},
        "a wrong cookie": {"Cookie": "sedno_session=nothing"},
    }
    for method, path, may in all_routes():
        grant = GRANTS[may]
        for name, headers in strangers.items():
            status = world.ask(method, path, headers)
            if not fits(status, path, allowed=grant.anyone, stranger=True):
                wrong.append(f"{name}: {method} {path} ({may}) gave {status}")
        for role in (Role.MODERATOR, Role.EDITOR, Role.ADMIN):
            status = world.ask(method, path, world.person(role))
            expected = grant.anyone or grant.signed_in or role in grant.roles
            if not fits(status, path, allowed=expected):
                wrong.append(f"{role}: {method} {path} ({may}) gave {status}")
        for scope, key in world.keys.items():
            status = world.ask(method, path, {"Authorization": f"Bearer {key}"})
            expected = grant.anyone or grant.signed_in or scope is grant.scope
            if not fits(status, path, allowed=expected):
                wrong.append(f"{scope}: {method} {path} ({may}) gave {status}")
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("media", ["application/json", MULTIPART])
def test_nothing_of_a_strangers_body_is_read(world: World, media: str) -> None:
    """A file of a gigabyte is refused before its first byte: no route reads, then asks."""
    read: list[str] = []
    for method, path, may in all_routes():
        if GRANTS[may].anyone:
            continue
        if world.ask_without_body(method, path, media) != 401:
            read.append(f"{method} {path}")
    assert read == []


def test_a_form_of_the_desk_takes_no_file(world: World) -> None:
    """Whoever may knock sends fields, and nothing that would be laid on the disk."""
    fields = {"login": ("login", b"ola"), "password": ("password", b"x" * 2_000_000)}
    answer = world.client.post("/desk/login", files=fields)
    assert answer.status_code == 401
    assert "ola" not in answer.text


def test_the_operators_key_is_a_pipeline(world: World) -> None:
    """The one key of the settings goes on working, and administers nothing."""
    headers = {"Authorization": f"Bearer {KEY}"}
    assert world.client.post(
        "/v1/classify", json={"comments": ["super"]}, headers=headers
    ).is_success
    assert world.client.get("/metrics", headers=headers).is_success
    assert world.client.get("/v1/me", headers=headers).json()["role"] == "pipeline"
    assert world.client.get("/v1/people", headers=headers).status_code == 403
    assert world.client.get("/v1/audit", headers=headers).status_code == 403


def test_a_form_without_its_token_is_refused(world: World) -> None:
    """Another site's page can make a browser send the cookie, but not the token."""
    headers = world.person(Role.ADMIN)
    made = {"login": "nowy", "role": "editor"}
    token = headers.pop(CSRF_HEADER)
    refused = world.client.post("/v1/people", json=made, headers=headers)
    assert refused.status_code == 403
    assert CSRF_HEADER in refused.json()["detail"]
    for bad in ("", "x", token[:-1] + ("0" if token[-1] != "0" else "1")):
        headers[CSRF_HEADER] = bad
        assert world.client.post("/v1/people", json=made, headers=headers).status_code == 403
    assert world.client.get("/v1/people", headers=headers).is_success
    headers[CSRF_HEADER] = token
    assert world.client.post("/v1/people", json=made, headers=headers).status_code == 201


def test_another_sites_page_cannot_act(world: World) -> None:
    """Not even sign somebody in."""
    headers = {**world.person(Role.ADMIN), "Sec-Fetch-Site": "cross-site"}
    made = {"login": "nowy", "role": "editor"}
    assert world.client.post("/v1/people", json=made, headers=headers).status_code == 403
    login = world.client.post(
        "/desk/login", data={"login": "x"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert login.status_code == 403


def test_a_disabled_persons_browser_is_a_strangers(world: World) -> None:
    """From the very next request on."""
    headers = world.person(Role.EDITOR)
    assert world.client.get("/v1/me", headers=headers).is_success
    change = world.client.patch(
        "/v1/people/the-editor", json={"active": False}, headers=world.person(Role.ADMIN)
    )
    assert change.json()["active"] is False
    assert world.client.get("/v1/me", headers=headers).status_code == 401


def test_keys_over_http(world: World) -> None:
    """Made, listed without its secret, used, rotated, revoked."""
    admin = world.person(Role.ADMIN)
    made = world.client.post(
        "/v1/keys", json={"name": "feed", "scopes": ["classify"]}, headers=admin
    ).json()
    listed = world.client.get("/v1/keys", headers=admin)
    assert "feed" in listed.text
    assert made["key"].rpartition("_")[2] not in listed.text
    use = {"Authorization": f"Bearer {made['key']}"}
    assert world.client.get("/v1/me", headers=use).json()["name"] == "feed"
    turned = world.client.post(
        "/v1/keys/feed/rotate", json={"grace_hours": 0}, headers=admin
    ).json()
    assert world.client.get("/v1/me", headers=use).status_code == 401
    use = {"Authorization": f"Bearer {turned['key']}"}
    assert world.client.get("/v1/me", headers=use).is_success
    assert world.client.delete("/v1/keys/feed", headers=admin).json()["state"] == "revoked"
    assert world.client.get("/v1/me", headers=use).status_code == 401
    again = world.client.post("/v1/keys", json={"name": "feed"}, headers=admin)
    assert again.status_code == 409
    assert "is taken" in again.json()["detail"]
    actions = [
        entry["action"] for entry in world.client.get("/v1/audit", headers=admin).json()["entries"]
    ]
    assert actions[:3] == ["key.revoked", "key.rotated", "key.created"]


def test_a_fresh_machine_is_open_to_itself_only(run: Any, settings: Settings) -> None:
    """Until there is a person or a key; from then on everyone has to say who they are."""
    with run() as running:
        store = running.client.app.state.store
        assert running.classify("super").is_success
        assert not store.exists, "labels alone need no database"
        assert running.client.get("/v1/me").json()["name"] == "this machine"
        assert running.client.get("/v1/people").status_code == 403
        with store.open().transaction() as session:
            people.create(session, COMMAND_LINE, "ola", Role.ADMIN)
        assert running.classify("super").status_code == 401
        assert running.client.get("/v1/me").status_code == 401
    assert settings.is_loopback


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "192.0.2.7", "[::2]", "x"])
def test_an_open_server_answers_to_its_own_names_only(run: Any, host: str) -> None:
    """A site that gives its name this machine's address, or a proxy, is a stranger."""
    with run() as running:
        asked = running.client.get("/v1/models", headers={"Host": host})
        assert asked.status_code == 401
        for own in ("localhost:8000", "127.0.0.1", "[::1]:8000"):
            assert running.client.get("/v1/models", headers={"Host": own}).is_success

"""Whatever the published schema allows, and what it does not: no answer is a server's fault."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.core.result import Err
from starlette.testclient import TestClient

from sedno.models.classifier import Classifier
from sedno.serving.api.app import create_app
from sedno.serving.api.logs import make_log
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings

SECRET = "s" * 32
BASE = "http://127.0.0.1:8000"


def operations() -> list[Any]:
    """Every operation of the published schema."""
    app = create_app(load_settings())
    schema = schemathesis.openapi.from_dict(app.openapi())
    found = list(schema.get_all_operations())
    broken = [result for result in found if isinstance(result, Err)]
    assert broken == []
    return [result.ok() for result in found if not isinstance(result, Err)]


@dataclass(frozen=True)
class Served:
    """A server, and what an admin's browser sends along."""

    client: TestClient
    rights: dict[str, str]


@pytest.fixture(scope="module")
def served(model: Classifier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all operations."""
    chosen = load_settings(
        host="127.0.0.1",
        secret_key=SECRET,
        batch_tokens=256,
        data_dir=tmp_path_factory.mktemp("schema") / "data",
    )
    app = create_app(chosen, model, log=make_log(level="error", stream=io.BytesIO()))
    with TestClient(app, base_url=BASE, raise_server_exceptions=False) as client:
        until = time.monotonic() + 60
        while client.get("/readyz").status_code != 200:
            assert time.monotonic() < until
            time.sleep(0.05)
        with app.state.store.open().transaction() as session:
            admin = people.create(session, COMMAND_LINE, "admin", Role.ADMIN)
            token = sessions.start(session, admin, hours=1)
        yield Served(
            client,
            {
                "Cookie": f"sedno_session={token}",
                "X-CSRF-Token": csrf_token(SECRET.encode(), token),
            },
        )


@pytest.mark.parametrize("operation", operations(), ids=lambda found: found.label)
def test_no_request_breaks_the_server(served: Served, operation: Any) -> None:
    """With an admin's rights, so that nothing stops at the door."""

    @settings(
        max_examples=12,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=st.one_of(*(operation.as_strategy(generation_mode=m) for m in GenerationMode)))
    def check(case: Any) -> None:
        made = case.as_transport_kwargs(base_url=BASE)
        names = ("method", "url", "headers", "params", "data", "json", "files")
        known = {name: made[name] for name in names if name in made}
        asked = requests.Request(**known).prepare()
        # Bytes as latin-1, which is what HTTP sends.
        sent = {
            name: value.decode("latin-1") if isinstance(value, bytes) else str(value)
            for name, value in asked.headers.items()
        }
        response = served.client.request(
            str(asked.method),
            str(asked.url).removeprefix(BASE),
            content=asked.body if isinstance(asked.body, bytes | str) else None,
            headers=sent | served.rights,
            follow_redirects=False,
        )
        assert response.status_code < 500, (
            f"{asked.method} {asked.url} {asked.body!r:.500} gave {response.text[:500]}"
        )

    check()

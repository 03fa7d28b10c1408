"""Whatever the published schema allows, and what it does not: no answer is a server's fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode

from sedno.serving.api.app import create_app
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings

SECRET = "s" * 32
BASE = "http://testserver"


def operations() -> list[Any]:
    """Every operation of the published schema."""
    app = create_app(load_settings())
    schema = schemathesis.openapi.from_dict(app.openapi())
    return [result.ok() for result in schema.get_all_operations()]


@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize("operation", operations(), ids=lambda found: found.label)
def test_no_request_breaks_the_server(
    run: Callable[..., Any], operation: Any, mode: GenerationMode
) -> None:
    """With an admin's rights, so that nothing stops at the door."""
    more = load_settings(secret_key=SECRET)
    with run(secret_key=more.secret_key) as running:
        store = running.client.app.state.store
        with store.open().transaction() as session:
            admin = people.create(session, COMMAND_LINE, "admin", Role.ADMIN)
            people.create(session, COMMAND_LINE, "other", Role.ADMIN)
            token = sessions.start(session, admin, hours=1)
        rights = {
            "Cookie": f"sedno_session={token}",
            "X-CSRF-Token": csrf_token(SECRET.encode(), token),
        }

        @settings(
            max_examples=12,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            made = case.as_transport_kwargs(base_url=BASE)
            names = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
            known = {name: made[name] for name in names if name in made}
            asked = requests.Request(**known).prepare()
            response = running.client.request(
                str(asked.method),
                str(asked.url).removeprefix(BASE),
                content=asked.body,
                headers={**asked.headers, **rights},
                follow_redirects=False,
            )
            assert response.status_code < 500, (
                f"{asked.method} {asked.url} {asked.body!r:.500} gave {response.text[:500]}"
            )

        check()

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sedno.serving.desk import words
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.passwords import PasswordError, check
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings

SECRET = "s" * 32


@pytest.mark.parametrize("password", ["short", "x" * 300, "abab" * 5, "moje haslo ola 1234"])
def test_every_fault_of_a_password_has_words(password: str) -> None:
    """The page says in its own language what the rules say."""
    with pytest.raises(PasswordError) as caught:
        check(password, login="ola@example.org")
    assert caught.value.reason in words.PASSWORD_FAULTS


def test_a_first_password_is_set_on_the_page(run: Callable[..., Any]) -> None:
    """By somebody who came by a link; then it signs in, and the present one is asked for."""
    more = load_settings(secret_key=SECRET)
    with run(secret_key=more.secret_key) as running:
        client = running.client
        with client.app.state.store.open().transaction() as session:
            person = people.create(session, COMMAND_LINE, "ola", Role.EDITOR)
            token = sessions.start(session, person, hours=1)
        browser = {"Cookie": f"sedno_session={token}", "Accept": "text/html"}
        form = {"csrf_token": csrf_token(SECRET.encode(), token)}

        def send(**fields: str) -> Any:
            return client.post(
                "/desk/account", data=form | fields, headers=browser, follow_redirects=False
            )

        page = client.get("/desk/account", headers=browser)
        assert page.status_code == 200
        assert 'name="current"' not in page.text
        fault = send(new="dwa inne słowa", again="dwa inne slowa")
        assert fault.status_code == 422
        assert 'role="alert"' in fault.text
        assert send(new="dwa inne słowa", again="dwa inne słowa").status_code == 303
        assert 'name="current"' in client.get("/desk/account", headers=browser).text
        again = {"new": "trzy nowe słowa", "again": "trzy nowe słowa"}
        assert send(current="x", **again).status_code == 422
        login = {"login": "Ola", "password": "dwa inne słowa", "back": "/desk"}
        came = client.post("/desk/login", data=login, follow_redirects=False)
        assert came.status_code == 303
        cookie = came.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
        secure = client.post("https://127.0.0.1/desk/login", data=login, follow_redirects=False)
        assert secure.headers["set-cookie"].startswith("__Host-sedno_session=")
        assert "secure" in secure.headers["set-cookie"].lower()
        bad = login | {"password": "x"}
        assert client.post("/desk/login", data=bad).status_code == 401

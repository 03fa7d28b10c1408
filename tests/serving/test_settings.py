from __future__ import annotations

import pytest

from sedno.serving.settings import (
    Settings,
    SettingsError,
    load_settings,
    unknown_variables,
    variable_of,
)


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of whoever runs the tests gets in."""
    for name in Settings.model_fields:
        monkeypatch.delenv(variable_of(name), raising=False)


def test_arguments_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """An argument that was not given leaves the variable, that leaves the default."""
    assert load_settings().port == 8000
    monkeypatch.setenv("SEDNO_PORT", "9000")
    assert load_settings(port=None).port == 9000
    assert load_settings(port=9001).port == 9001


def test_every_fault_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the variable, its value and what it means; not one fault at a time."""
    monkeypatch.setenv("SEDNO_PORT", "99999")
    monkeypatch.setenv("SEDNO_LOG_LEVEL", "loud")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    told = str(caught.value)
    assert "SEDNO_PORT is '99999'" in told
    assert "SEDNO_LOG_LEVEL is 'loud'" in told
    assert "Port to listen on" in told


def test_a_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in an error nor in what a log would print of the settings."""
    monkeypatch.setenv("SEDNO_API_KEY", "too short")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert "too short" not in str(caught.value)
    key = "long enough to be taken"
    assert key not in repr(load_settings(api_key=key))


def test_origins_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    """Separated by commas; what is no origin is refused with an example."""
    monkeypatch.setenv("SEDNO_CORS_ORIGINS", "https://a.example, http://b.example")
    assert load_settings().cors_origins == ("https://a.example", "http://b.example")
    monkeypatch.setenv("SEDNO_CORS_ORIGINS", "a.example")
    with pytest.raises(SettingsError, match=r"is no origin; write it like https://"):
        load_settings()


@pytest.mark.parametrize(
    ("host", "key", "open_"),
    [
        ("127.0.0.1", None, False),
        ("::1", None, False),
        ("localhost", None, False),
        ("0.0.0.0", None, True),  # noqa: S104 - not listened on
        ("0.0.0.0", "k" * 16, False),  # noqa: S104 - not listened on
        ("box.example", None, True),
    ],
)
def test_who_can_reach_it(host: str, key: str | None, open_: bool) -> None:
    """An address that others reach is open unless a key is asked for."""
    assert load_settings(host=host, api_key=key).is_open_to_others is open_


def test_a_variable_that_sets_nothing() -> None:
    """Is told with what was likely meant; those of other commands are known."""
    environ = {"SEDNO_PRT": "1", "SEDNO_MODELS": "x", "SEDNO_DATA": "y", "OTHER": "z"}
    assert unknown_variables(environ) == {"SEDNO_PRT": "SEDNO_PORT"}


@pytest.mark.parametrize(
    ("url", "secret", "message"),
    [
        ("ftp://a.example", "whsec_" + "a" * 44, "SEDNO_WEBHOOK_URL: "),
        ("https://a.example/x", None, "is set without SEDNO_WEBHOOK_SECRET"),
        ("https://a.example/x", "whsec_short", "SEDNO_WEBHOOK_SECRET: "),
        ("https://a.example/x", "b" * 44, "openssl rand -base64 32"),
    ],
)
def test_a_webhook_is_whole(url: str, secret: str | None, message: str) -> None:
    """Address and key go together; neither is shown."""
    with pytest.raises(SettingsError) as caught:
        load_settings(webhook_url=url, webhook_secret=secret)
    assert message in str(caught.value)
    assert "a.example" not in str(caught.value)

from __future__ import annotations

import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.keep import keep
from sedno.serving.people.secrets import pseudonym_key
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.settings import load_settings
from sedno.serving.store.opening import Store

Sedno = Callable[..., Any]
GOOD = "poprawny koń bateria"


@pytest.fixture(autouse=True)
def _own_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder of data of its own."""
    monkeypatch.setenv("SEDNO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("SEDNO_DATABASE_URL", raising=False)


def test_the_first_admin_comes_by_a_link(sedno: Sedno, tmp_path: Path) -> None:
    """One command on an empty machine; what it makes is private."""
    done = sedno("users", "create", "ola@example.org", "--role", "admin", "--link")
    assert done.code == 0, done.err
    assert done.out.startswith("http://127.0.0.1:8000/desk/login/link?token=")
    assert "ola@example.org is now admin" in done.err
    files = list((tmp_path / "data").iterdir())
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    listed = json.loads(sedno("users", "list", "--json").out)
    assert [(person["login"], person["role"]) for person in listed] == [
        ("ola@example.org", "admin")
    ]


def test_a_password_from_standard_input(sedno: Sedno, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is taken from scripts; a weak one is refused with the reason."""
    monkeypatch.setattr("sys.stdin", io.StringIO(GOOD + "\n"))
    assert sedno("users", "create", "jan", "--role", "moderator").code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    done = sedno("users", "reset", "jan")
    assert done.code == 1
    assert "at least 12" in done.err
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "no password" in sedno("users", "reset", "jan").err


def test_people_come_and_go(sedno: Sedno) -> None:
    """Made, given a role, disabled, let in again; the last admin stays."""
    sedno("users", "create", "ola", "--role", "admin", "--link")
    assert "last active admin" in sedno("users", "disable", "ola").err
    sedno("users", "create", "jan", "--role", "editor", "--link")
    assert sedno("users", "role", "jan", "moderator").code == 0
    assert sedno("users", "disable", "jan").code == 0
    assert "disabled" in sedno("users", "login-link", "jan").err
    assert "disabled" in sedno("users", "list").out
    assert sedno("users", "disable", "jan", "--undo").code == 0
    assert "token=" in sedno("users", "login-link", "jan").out
    assert "is taken" in sedno("users", "create", "OLA", "--role", "editor", "--link").err
    assert "no such person" in sedno("users", "login-link", "nikt").err


def test_the_life_of_a_key(sedno: Sedno) -> None:
    """The key is all that standard output holds, so that a script can take it."""
    made = sedno("keys", "create", "import", "--scope", "jobs", "--expires-in", "90d")
    assert made.out.startswith("sedno_")
    assert made.out.count("\n") == 1
    listed = sedno("keys", "list")
    assert "jobs" in listed.out
    assert made.out.strip().rpartition("_")[2] not in listed.out
    assert sedno("keys", "rotate", "import", "--grace", "0m").out != made.out
    assert sedno("keys", "revoke", "import").code == 0
    assert json.loads(sedno("keys", "list", "--json").out)[0]["state"] == "revoked"
    assert "was revoked" in sedno("keys", "rotate", "import").err
    assert "scope 'all' is none" in sedno("keys", "create", "x", "--scope", "all").err
    assert "no span of time" in sedno("keys", "create", "x", "--expires-in", "soon").err


def test_privacy_from_the_command_line(sedno: Sedno) -> None:
    """Export, count, erase; the log tells it."""
    settings = load_settings()
    store = Store(settings)
    preparer = Preparer(Pseudonyms(pseudonym_key(settings)))
    rows = [{"source": "yt", "id": f"{at}", "author": "Ala", "text": "super"} for at in range(3)]
    with store.open().transaction() as session:
        keep(session, [preparer.prepare(row) for row in rows])
    store.close()
    whose = ("--source", "yt", "--author", "Ala")
    held = sedno("privacy", "export", *whose)
    assert [json.loads(line)["comment"]["external_id"] for line in held.out.splitlines()] == [
        "0", "1", "2",
    ]  # fmt: skip
    pseudonym = sedno("privacy", "pseudonym", *whose).out.strip()
    assert json.loads(held.out.splitlines()[0])["comment"]["author"] == pseudonym
    assert "Would erase 3 comments" in sedno("privacy", "erase", *whose, "--dry-run").err
    one = sedno("privacy", "erase", "--source", "yt", "--external-id", "0", "--yes")
    assert "Erased 1 comments" in one.err
    assert "Erased 2 comments" in sedno("privacy", "erase", "--pseudonym", pseudonym, "--yes").err
    assert "say whose" in sedno("privacy", "erase", "--source", "yt", "--yes").err
    told = sedno("audit", "--action", "author.", "--format", "jsonl").out.splitlines()
    assert [json.loads(line)["action"] for line in told][-1] == "author.erased"
    assert "Ala" not in sedno("audit").out


def test_retention_from_the_command_line(sedno: Sedno) -> None:
    """Set, listed, applied, taken away."""
    assert sedno("privacy", "retention", "set", "yt", "30").code == 0
    assert json.loads(sedno("privacy", "retention", "list", "--json").out) == {"*": None, "yt": 30}
    assert "for ever" in sedno("privacy", "retention", "list").out
    assert "Nothing is older" in sedno("privacy", "retention", "apply").out
    assert sedno("privacy", "retention", "remove", "yt").code == 0
    assert "has no rule" in sedno("privacy", "retention", "remove", "yt").err


def test_a_database_that_cannot_be_reached(sedno: Sedno, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is told with the setting, and without the password that stands in it."""
    monkeypatch.setenv("SEDNO_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x")
    done = sedno("users", "list")
    assert done.code == 1
    assert "SEDNO_DATABASE_URL" in done.err
    assert "geheim" not in done.err


def test_nothing_that_others_reach_starts_without_someone_to_let_in(
    sedno: Sedno, toy: Path
) -> None:
    """Neither with an empty database nor without one."""
    for _ in range(2):
        done = sedno("serve", "--host", "0.0.0.0", "--port", "0", "--model", toy)  # noqa: S104
        assert done.code == 1
        assert "sedno users create" in done.err
        assert sedno("users", "list").code == 0


def test_another_key_stops_the_start(
    sedno: Sedno, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rather than storing authors who are never found again."""
    assert sedno("users", "list").code == 0
    monkeypatch.setenv("SEDNO_PSEUDONYM_KEY", "o" * 32)
    done = sedno("serve", "--port", "0", "--model", toy)
    assert done.code == 1
    assert "Bring the first one back" in done.err


def test_a_database_that_is_away_is_no_one_to_let_in(
    sedno: Sedno, toy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Others could come in as strangers, so it does not start where they reach it."""
    monkeypatch.setenv("SEDNO_DATABASE_URL", "postgresql://u:geheim@127.0.0.1:1/x")
    done = sedno("serve", "--host", "0.0.0.0", "--port", "0", "--model", toy)  # noqa: S104
    assert done.code == 1
    assert "cannot be reached" in done.err
    assert "geheim" not in done.err

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from fastapi.routing import iter_route_contexts
from sqlalchemy import select

from sedno.models.taxonomy import TASKS
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings
from sedno.serving.store.tables.comments import StoredComment

KEY = "the operator's own key"
SECRET = "s" * 32


@dataclass
class Office:
    """A server with comments of two authors, and an admin's browser."""

    client: Any
    admin: dict[str, str]
    moderator: dict[str, str]
    key: dict[str, str]

    def audit(self) -> list[dict[str, Any]]:
        """The audit log, newest first."""
        found = self.client.get("/v1/audit", headers=self.admin).json()["entries"]
        assert isinstance(found, list)
        return found


@pytest.fixture
def office(run: Callable[..., Any]) -> Iterator[Office]:
    """The server, with three comments that came over HTTP."""
    more = load_settings(secret_key=SECRET, api_key=KEY)
    with run(secret_key=more.secret_key, api_key=more.api_key) as running:
        store = running.client.app.state.store
        browsers = {}
        with store.open().transaction() as session:
            for role in (Role.ADMIN, Role.MODERATOR):
                person = people.create(session, COMMAND_LINE, f"the-{role}", role)
                token = sessions.start(session, person, hours=1)
                browsers[role] = {
                    "Cookie": f"sedno_session={token}",
                    "X-CSRF-Token": csrf_token(SECRET.encode(), token),
                }
        key = {"Authorization": f"Bearer {KEY}"}
        comments = [
            {"source": "yt", "id": f"c{at}", "author": author, "text": f"tel. 600 123 45{at}"}
            for at, author in enumerate(("Ala Nowak", "Ala Nowak", "Ola"))
        ]
        kept = running.client.post("/v1/comments", json={"comments": comments}, headers=key)
        assert kept.is_success, kept.text
        yield Office(running.client, browsers[Role.ADMIN], browsers[Role.MODERATOR], key)


def test_what_was_sent_is_not_what_is_stored(office: Office) -> None:
    """No name and no number of a person comes back out, whoever asks."""
    listed = office.client.get("/v1/comments", headers=office.key).text
    assert "Ala Nowak" not in listed
    assert "600" not in listed
    assert "[telefon]" in listed


def test_access_and_erasure(office: Office) -> None:
    """By the name as the platform gave it; what is left is the others'."""
    whose = {"source": "yt", "author": "Ala Nowak"}
    held = office.client.post("/v1/privacy/export", json=whose, headers=office.admin)
    assert held.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line)["comment"]["external_id"] for line in held.text.splitlines()] == [
        "c0",
        "c1",
    ]
    erase = "/v1/privacy/erase"
    would = office.client.post(erase, json={**whose, "dry_run": True}, headers=office.admin).json()
    assert (would["comments"], would["dry_run"]) == (2, True)
    done = office.client.post(erase, json=whose, headers=office.admin).json()
    assert done["comments"] == 2
    left = office.client.get("/v1/comments", headers=office.key).json()["comments"]
    assert [comment["external_id"] for comment in left] == ["c2"]
    actions = [entry["action"] for entry in office.audit()]
    assert actions[:3] == ["author.erased", "author.erasure_begun", "author.exported"]
    assert "Ala" not in json.dumps(office.audit())


def test_half_a_question_erases_nothing(office: Office) -> None:
    """It has to be said whose comments."""
    for body in ({}, {"source": "yt"}, {"author": "Ola"}, {"pseudonym": "x"}):
        refused = office.client.post("/v1/privacy/erase", json=body, headers=office.admin)
        assert refused.status_code == 409, body
    assert len(office.client.get("/v1/comments", headers=office.key).json()["comments"]) == 3


def test_retention_is_set_and_taken_away(office: Office) -> None:
    """By source; * is always there."""
    put = "/v1/privacy/retention"
    rule = {"source": "yt", "days": 30}
    assert office.client.put(put, json=rule, headers=office.admin).json() == {
        "days": {"*": None, "yt": 30}
    }
    office.client.put(put, json={"source": "yt", "days": None}, headers=office.admin)
    assert office.client.get(put, headers=office.admin).json() == {"days": {"*": None}}
    for days in (0, -1, 10**9, "x"):
        bad = office.client.put(put, json={"source": "yt", "days": days}, headers=office.admin)
        assert bad.status_code == 422


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/v1/comments", "comments.list"),
        ("/v1/comments/1", "comment.read"),
        ("/desk/comments", "comments.listed"),
        ("/desk/comments/1", "comment.read"),
        ("/desk/review", "comment.read"),
    ],
)
def test_each_look_of_a_person_is_written_down(office: Office, path: str, action: str) -> None:
    """Over HTTP and at the desk; a program's is not."""
    before = len(office.audit())
    office.client.get(path, headers=office.key)
    assert len(office.audit()) == before
    assert office.client.get(path, headers=office.moderator).is_success
    newest = office.audit()[0]
    assert (newest["actor"], newest["action"]) == ("the-moderator", action)


@pytest.mark.parametrize(
    "path",
    [
        *("/v1/comments", "/v1/comments?q=tel", "/v1/comments/export?format=csv"),
        *("/v1/review/queue", "/v1/decisions", "/v1/decisions/export?format=csv"),
        *("/v1/decisions/training-set", "/desk/comments?text=tel", "/desk/escalations"),
        *("/desk/decisions", "/desk/comments/3/around", "/v1/jobs/1/results"),
    ],
)
def test_an_author_is_told_of_each_look(office: Office, path: str) -> None:
    """One entry a page says which comments were shown, and none which words were looked for."""
    with office.client.app.state.store.open().transaction() as session:
        for comment in session.scalars(select(StoredComment)):
            comment.text_key = f"k{comment.id}"
            comment.review_state = "open"
            comment.embedding = np.ones(384, np.float16).tobytes()
    if "jobs" in path:
        lines = [
            {"source": "yt", "id": f"c{at}", "author": "Ala Nowak", "text": "x"} for at in (0, 1)
        ]
        file = "".join(json.dumps(line) + "\n" for line in lines).encode()
        made = office.client.post(
            "/v1/jobs/files", files={"file": ("x.jsonl", file)}, headers=office.key
        )
        assert made.is_success, made.text
        until = time.monotonic() + 60
        while office.client.get("/v1/jobs/1", headers=office.key).json()["state"] != "done":
            assert time.monotonic() < until
            time.sleep(0.05)
    for comment in (1, 2):
        if "decisions" in path:
            body = {"version": 1, "labels": {task.name: task.labels[0] for task in TASKS}}
            act = f"/v1/review/{comment}/decision"
            assert office.client.post(act, json=body, headers=office.moderator).is_success
        elif "escalations" in path:
            act = f"/v1/review/{comment}/escalation"
            body = {"version": 1}
            assert office.client.post(act, json=body, headers=office.moderator).is_success
    before = office.audit()[0]["id"]
    answer = office.client.get(path, headers=office.admin)
    assert answer.is_success, answer.text
    new = [entry for entry in office.audit() if entry["id"] > before]
    assert len(new) in (1, 2)
    assert "tel" not in json.dumps([entry["detail"] for entry in new])
    whose = {"source": "yt", "author": "Ala Nowak"}
    held = office.client.post("/v1/privacy/export", json=whose, headers=office.admin)
    assert len(held.text.splitlines()) == 2
    for line in held.text.splitlines():
        looks = [one["action"] for one in json.loads(line)["looks"]]
        assert new[0]["action"] in looks, looks


def test_the_log_is_exported(office: Office) -> None:
    """As JSONL and CSV, and that is in the log as well; filters and pages hold."""
    lines = office.client.get("/v1/audit/export", headers=office.admin).text.splitlines()
    assert json.loads(lines[-1])["action"] == "audit.exported"
    text = office.client.get("/v1/audit/export?format=csv", headers=office.admin).text
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["action"] for row in rows[-2:]] == ["audit.exported", "audit.exported"]
    page = office.client.get("/v1/audit?limit=1&action=person.", headers=office.admin).json()
    assert page["entries"][0]["action"] == "person.created"
    second = f"/v1/audit?limit=1&action=person.&before={page['next_before']}"
    older = office.client.get(second, headers=office.admin).json()
    assert older["entries"][0]["id"] < page["entries"][0]["id"]
    assert older["next_before"] is None


def test_people_over_http(office: Office) -> None:
    """Made, listed without the hash, changed, sent a link; a bad password is never repeated."""
    made = {"login": "Ewa@example.org", "role": "editor", "password": "poprawny koń bateria"}
    created = office.client.post("/v1/people", json=made, headers=office.admin)
    assert created.status_code == 201
    assert created.json()["has_password"] is True
    listed = office.client.get("/v1/people", headers=office.admin).text
    assert "argon2" not in listed
    link = office.client.post("/v1/people/ewa@example.org/link", headers=office.admin).json()
    assert "/desk/login/link?token=" in link["url"]
    path = "/v1/people/ewa@example.org"
    assert office.client.patch(path, json={"role": "moderator"}, headers=office.admin).json()[
        "role"
    ] == "moderator"  # fmt: skip
    weak = office.client.patch(path, json={"password": "tajne123"}, headers=office.admin)
    assert weak.status_code == 409
    assert "tajne123" not in weak.text
    assert office.client.get("/v1/people/x/link", headers=office.admin).status_code == 405
    nobody = office.client.patch("/v1/people/nikt", json={}, headers=office.admin)
    assert nobody.status_code == 404
    long = office.client.patch(path, json={"password": "tajne" * 999}, headers=office.admin)
    assert long.status_code == 422
    assert "tajne" not in long.text
    for login in ("\x00", "\ud800", "a b"):
        body = json.dumps({"login": login, "role": "editor"})
        bad = office.client.post(
            "/v1/people",
            content=body,
            headers={**office.admin, "Content-Type": "application/json"},
        )
        assert bad.status_code in {409, 422}, bad.text


def test_no_text_is_shown_unnoticed(office: Office) -> None:
    """Every page and route that shows a person a comment's text leaves a trace of it."""
    marker = "Lampart w kuchni"
    rows = [
        {"source": "yt", "id": f"m{at}", "author": f"a{at}", "text": f"{marker} {at % 2}?"}
        for at in range(4)
    ]
    file = "".join(json.dumps(row) + "\n" for row in rows)
    sent = office.client.post("/v1/comments", json={"comments": rows}, headers=office.key)
    assert sent.is_success
    job = office.client.post(
        "/v1/jobs/files", files={"file": ("x.jsonl", file.encode())}, headers=office.key
    )
    assert job.is_success, job.text
    path = f"/v1/jobs/{job.json()['id']}"
    until = time.monotonic() + 60
    while office.client.get(path, headers=office.key).json()["state"] != "done":
        assert time.monotonic() < until
        time.sleep(0.05)
    found = office.client.get("/v1/comments?q=lampart", headers=office.key).json()["comments"]
    number = found[0]["id"]
    note = {"version": 1, "note": "x"}
    escalated = office.client.post(
        f"/v1/review/{number}/escalation", json=note, headers=office.moderator
    )
    assert escalated.is_success, escalated.text
    shown, unnoticed = [], []
    for route in iter_route_contexts(office.client.app.routes):
        if "GET" not in (getattr(route, "methods", None) or ()):
            continue
        path = str(route.path).replace("{comment_id}", str(number))
        path = re.sub(r"{\w+}", "1", path)
        before = office.audit()[0]["id"]
        answer = office.client.get(path, headers=office.admin)
        if marker in answer.text:
            shown.append(path)
            if office.audit()[0]["id"] == before:
                unnoticed.append(path)
    assert len(shown) >= 5, shown
    assert unnoticed == []

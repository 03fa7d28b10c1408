"""The review through HTTP, with a moderator's session."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from sedno.models.taxonomy import TASKS
from sedno.serving.api.identify import CSRF_HEADER
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings
from sedno.serving.store.base import now
from sedno.serving.store.tables.comments import StoredComment

SECRET = "s" * 32
LABELS = {task.name: task.labels[0] for task in TASKS}


class Moderator:
    """A moderator's program."""

    def __init__(self, running: Any) -> None:
        self.client = running.client
        self.database = running.client.app.state.store.open()
        with self.database.transaction() as session:
            anna = people.create(session, COMMAND_LINE, "anna", Role.ADMIN)
            token = sessions.start(session, anna, hours=1)
            for number in range(3):
                session.add(
                    StoredComment(
                        source="s",
                        external_id=f"c{number}",
                        text=f"=tekst {number}",
                        text_key=str(number),
                        folded="tekst",
                        at=now(),
                        state="classified",
                        review_state="open",
                        priority=float(number),
                        doubt=0.5,
                    )
                )
        self.headers = {
            "Cookie": f"sedno_session={token}",
            CSRF_HEADER: csrf_token(SECRET.encode(), token),
        }

    def get(self, path: str) -> Any:
        """Reads."""
        return self.client.get(path, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        """Sends."""
        return self.client.post(path, headers=self.headers, json=body)


@pytest.fixture
def anna(run: Callable[..., Any]) -> Iterator[Moderator]:
    """A moderator with three comments that wait."""
    with run(secret_key=load_settings(secret_key=SECRET).secret_key) as running:
        yield Moderator(running)


def test_the_way_of_a_comment(anna: Moderator) -> None:
    """Queue, next, decision, undo: as at the desk."""
    queue = anna.get("/v1/review/queue?limit=2").json()
    assert [one["external_id"] for one in queue["comments"]] == ["c2", "c1"]
    rest = anna.get(f"/v1/review/queue?after={queue['next_after']}").json()
    assert [one["external_id"] for one in rest["comments"]] == ["c0"]
    got = anna.post("/v1/review/next").json()["comment"]
    assert got["external_id"] == "c2"
    path = f"/v1/review/{got['id']}"
    done = anna.post(f"{path}/decision", {"labels": LABELS, "version": got["version"]})
    assert (done.status_code, done.json()["verdict"]) == (200, "corrected")
    assert anna.post("/v1/review/undo", {}).json()["comments"] == [got["id"]]
    assert anna.post("/v1/review/undo", {}).status_code == 409
    assert anna.post(f"{path}/skip", {"version": 1}).json()["verdict"] == "skipped"
    assert anna.post(f"{path}/escalation", {"version": 1, "note": "?"}).status_code == 200
    assert anna.get("/v1/review/overview").json()["comments"]["escalated"] == 1


def test_what_cannot_be_done_is_told(anna: Moderator) -> None:
    """Unknown comment, changed text, wrong label, wrong filter: each by its name."""
    got = anna.post("/v1/review/next").json()["comment"]["id"]
    body = {"labels": LABELS, "version": 1}
    assert anna.post("/v1/review/999/decision", body).status_code == 404
    changed = anna.post(f"/v1/review/{got}/decision", {**body, "version": 7})
    assert (changed.status_code, "changed" in changed.json()["detail"]) == (409, True)
    bad = anna.post(f"/v1/review/{got}/decision", {**body, "labels": {**LABELS, "mood": "x"}})
    assert bad.status_code == 422
    assert "no task 'mood'" in bad.json()["detail"]
    assert anna.get("/v1/review/queue?label=mood:glad").status_code == 422


def test_decisions_are_exported(anna: Moderator) -> None:
    """As records with all that was done, and as a training set with what counts."""
    for labels in (LABELS, {**LABELS, "sentiment": "mixed"}):
        got = anna.post("/v1/review/next").json()["comment"]
        anna.post(
            f"/v1/review/{got['id']}/decision",
            {"labels": labels, "version": 1, "note": "=1+1"},
        )
    anna.post("/v1/review/undo", {})
    listed = anna.get("/v1/decisions?limit=1").json()
    assert listed["decisions"][0]["undone_by"] == "anna"
    assert listed["next_before"] == listed["decisions"][0]["id"]
    lines = anna.get("/v1/decisions/export").text.splitlines()
    assert [json.loads(line)["labels"]["sentiment"] for line in lines] == ["negative", "mixed"]
    table = list(csv.DictReader(io.StringIO(anna.get("/v1/decisions/export?format=csv").text)))
    assert [row["sentiment_decided"] for row in table] == ["negative", "mixed"]
    assert table[0]["note"] == "'=1+1", "a spreadsheet must not take it for a formula"
    learned = anna.get("/v1/decisions/training-set").text.splitlines()
    assert [json.loads(line)["labels"] for line in learned] == [LABELS]

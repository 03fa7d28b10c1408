from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from sedno.serving.jobs import board
from sedno.serving.people import people, sessions
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.roles import Role
from sedno.serving.people.tokens import csrf_token
from sedno.serving.settings import load_settings
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.jobs import Job

SECRET = "s" * 32


def wait_until(true: Callable[[], bool]) -> None:
    """Waits, up to a minute."""
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until, "it never came true"
        time.sleep(0.05)


def test_edits_without_the_extra(run: Any, no_topics_extra: None) -> None:
    """They are refused with what to install."""
    del no_topics_extra
    with run(secret_key=load_settings(secret_key=SECRET).secret_key) as running:
        client = running.client
        database = client.app.state.store.open()
        with database.transaction() as session:
            person = people.create(session, COMMAND_LINE, "ewa", Role.EDITOR)
            token = sessions.start(session, person, hours=1)
        editor = {
            "Cookie": f"sedno_session={token}",
            "X-CSRF-Token": csrf_token(SECRET.encode(), token),
        }
        refused = client.post("/v1/topics/t1/edits", json={"op": "hide"}, headers=editor)
        assert refused.status_code == 409
        assert "pip install 'sedno[topics]'" in refused.json()["detail"]


def test_a_split_is_looked_at_and_made(run: Any) -> None:
    """What the preview shows is what comes of it; what cannot be is told."""
    with run(secret_key=load_settings(secret_key=SECRET).secret_key) as running:
        client = running.client
        database = client.app.state.store.open()
        comments = [
            {"id": f"c-{at}", "source": "yt", "text": f"Kiedy drugi sezon {'proszę ' * at}?"}
            for at in range(8)
        ]
        client.post("/v1/comments", json={"comments": comments})
        with database.transaction() as session:
            session.execute(
                update(StoredComment).values(
                    authenticity="real", toxicity="ok", question="question", question_score=0.9
                )
            )
            person = people.create(session, COMMAND_LINE, "ewa", Role.EDITOR)
            token = sessions.start(session, person, hours=1)
        editor = {
            "Cookie": f"sedno_session={token}",
            "X-CSRF-Token": csrf_token(SECRET.encode(), token),
        }
        client.post("/v1/topics/runs", headers=editor)
        wait_until(lambda: client.get("/v1/topics", headers=editor).json()["run"] == 1)
        topic = client.get("/v1/topics", headers=editor).json()["topics"][0]
        path = f"/v1/topics/{topic['id']}"
        looked = client.post(f"{path}/split-preview", json={}, headers=editor)
        assert looked.status_code == 200, looked.text
        parts = looked.json()["parts"]
        assert sum(part["size"] for part in parts) == topic["size"]
        given = {"op": "split", "parts": [part["given_by"] for part in parts]}
        assert client.post(f"{path}/edits", json=given, headers=editor).status_code == 204
        listed = client.get("/v1/topics", headers=editor).json()["topics"]
        assert sorted(one["size"] for one in listed) == sorted(part["size"] for part in parts)
        for refused in ({"op": "split"}, {"op": "split", "parts": [[1], [1]]}):
            assert client.post(f"{path}/edits", json=refused, headers=editor).status_code == 409
        few = client.post(f"{path}/split-preview", json={"parts": [[10**9], [1]]}, headers=editor)
        assert few.status_code == 409
        none = client.post("/v1/topics/t999/split-preview", json={}, headers=editor)
        assert none.status_code == 404


@pytest.mark.parametrize("number", [0, 8])
def test_topics_over_http(run: Any, number: int) -> None:
    """Found by a job, listed, edited, exported; with nothing to find the list is empty."""
    more = load_settings(secret_key=SECRET)
    with run(secret_key=more.secret_key) as running:
        client = running.client
        database = client.app.state.store.open()
        comments = [
            {"id": f"c-{at}", "source": "yt", "text": f"Kiedy drugi sezon {'proszę ' * at}?"}
            for at in range(number)
        ]
        if comments:
            kept = client.post("/v1/comments", json={"comments": comments})
            assert kept.is_success, kept.text
        with database.transaction() as session:
            session.execute(
                update(StoredComment).values(
                    authenticity="real", toxicity="ok", question="question", question_score=0.9
                )
            )
            token = sessions.start(
                session, people.create(session, COMMAND_LINE, "ewa", Role.EDITOR), hours=1
            )
        editor = {
            "Cookie": f"sedno_session={token}",
            "X-CSRF-Token": csrf_token(SECRET.encode(), token),
        }

        def listed(query: str = "") -> Any:
            return client.get(f"/v1/topics{query}", headers=editor).json()

        assert listed()["run"] == 0
        started = client.post("/v1/topics/runs", headers=editor)

        def done() -> bool:
            with database.session() as session:
                job = session.get_one(Job, started.json()["job_id"])
                assert job.error is None, job.error
                return bool(job.state == "done")

        wait_until(done)
        assert listed()["run"] == 1
        found = listed()
        assert found["questions"] == number
        assert client.get("/v1/topics/t999", headers=editor).status_code == 404
        rename = {"op": "rename", "name": "Sezon"}
        assert client.post("/v1/topics/t999/edits", json=rename, headers=editor).status_code == 404
        rows = client.get("/v1/topics/export", headers=editor)
        assert len(list(csv.reader(io.StringIO(rows.text)))) == 1 + len(found["topics"])
        if not number:
            assert found["topics"] == []
            return
        topic = found["topics"][0]
        asked = listed("?q=sezon")
        assert asked["searched_by"] == "meaning"
        assert topic["id"] in [one["id"] for one in asked["topics"]]
        assert asked["topics"][0]["likeness"] is not None
        assert found["searched_by"] is None
        path = f"/v1/topics/{topic['id']}"
        assert client.post(f"{path}/edits", json=rename, headers=editor).status_code == 204
        hide = {"op": "hide"}
        assert client.post(f"{path}/edits", json=hide, headers=editor).status_code == 204
        alone = {"op": "merge"}
        assert client.post(f"{path}/edits", json=alone, headers=editor).status_code == 409
        whole = client.get(path, headers=editor).json()
        assert (whole["name"], whole["hidden"]) == ("Sezon", True)
        assert len(whole["asked"]) == topic["size"]
        told = [(one["kind"], one["name"], one["by"]) for one in whole["history"]]
        assert told == [("hidden", None, "ewa"), ("renamed", "Sezon", "ewa")]
        assert topic["id"] not in [one["id"] for one in listed()["topics"]]
        assert topic["id"] in [one["id"] for one in listed("?hidden=true")["topics"]]


def test_a_run_is_chosen_followed_and_cancelled(run: Any) -> None:
    """By an editor: what cannot be is refused with its field; others see no run at all."""
    with run(secret_key=load_settings(secret_key=SECRET).secret_key, job_workers=0) as running:
        client = running.client
        database = client.app.state.store.open()
        headers: dict[str, dict[str, str]] = {}
        with database.transaction() as session:
            for name, role in (("ewa", Role.EDITOR), ("anna", Role.MODERATOR)):
                person = people.create(session, COMMAND_LINE, name, role)
                token = sessions.start(session, person, hours=1)
                headers[name] = {
                    "Cookie": f"sedno_session={token}",
                    "X-CSRF-Token": csrf_token(SECRET.encode(), token),
                }
            other = board.create(session, board.SELECTION, {}, created_by="admin").id
        editor = headers["ewa"]
        for given, field in (
            ({"comments": "some"}, "#/body/comments"),
            ({"apart": "author"}, "#/body/apart"),
            ({"source": "yt"}, "#/body/source"),
            ({"since": "2026-02-02T00:00:00Z", "until": "2026-02-01T00:00:00Z"}, "#/body/until"),
            ({"products": ["a\u0000"]}, "#/body/products/0"),
        ):
            refused = client.post("/v1/topics/runs", json=given, headers=editor)
            assert refused.status_code == 422, given
            assert field in [error["pointer"] for error in refused.json()["errors"]], refused.text
        started = client.post(
            "/v1/topics/runs",
            json={"products": ["Kubek"], "languages": ["PL"], "since": "2026-11-01T00:00:00",
                  "comments": "all", "apart": "brand"},
            headers=editor,
        )  # fmt: skip
        assert started.status_code == 202, started.text
        told = started.json()
        assert told["choice"] == {
            "products": ["Kubek"], "languages": ["pl"], "since": "2026-11-01T00:00:00+00:00",
            "comments": "all", "apart": "brand",
        }  # fmt: skip
        assert (told["state"], told["step"], told["total"], told["share"]) == (
            "queued", None, None, 0.0,
        )  # fmt: skip
        path = f"/v1/topics/runs/{told['job_id']}"
        assert client.get(path, headers=editor).json() == told
        assert client.get(path, headers=headers["anna"]).status_code == 403
        assert client.get(f"/v1/topics/runs/{other}", headers=editor).status_code == 404
        plain = client.post("/v1/topics/runs", json={}, headers=editor).json()
        assert plain["choice"] == {}
        assert plain["job_id"] != told["job_id"]
        cancelled = client.post(f"{path}/cancel", headers=editor)
        assert cancelled.json()["state"] == "cancelled"
        assert client.post(f"{path}/cancel", headers=editor).status_code == 409
        none = client.post(f"/v1/topics/runs/{other}/cancel", headers=editor)
        assert none.status_code == 404
        listed = client.get("/v1/topics", headers=editor).json()
        assert (listed["apart"], listed["made_of"]) == ("source", [{"comments": "questions"}])

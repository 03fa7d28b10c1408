from __future__ import annotations

import csv
import io
import time
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

WAIT = 30.0


@pytest.fixture(params=["sqlite", "postgresql"])
def api(
    request: pytest.FixtureRequest, run: Any, new_database_url: Callable[[str], str]
) -> Iterator[Any]:
    """An application that works on jobs, on each kind of database."""
    url = SecretStr(new_database_url(request.param))
    with run(database_url=url, job_workers=1) as running:
        yield running


def finished(api: Any, job: int) -> Any:
    """The job once it has ended."""
    until = time.monotonic() + WAIT
    while time.monotonic() < until:
        found = api.client.get(f"/v1/jobs/{job}").json()
        if found["state"] in {"done", "failed", "cancelled"}:
            return found
        time.sleep(0.05)
    raise AssertionError(found)


def send(api: Any, name: str, content: bytes, query: str = "") -> Any:
    """Sends a file as a job."""
    return api.client.post(f"/v1/jobs/files{query}", files={"file": (name, content)})


def test_a_file_becomes_stored_comments(api: Any) -> None:
    """Its results come as pages and as downloads, in the order of its rows."""
    content = "id;treść;autor\n1;Kiedy drugi sezon?;jan\n2;;ola\n3;Żółw;jan\n"
    response = send(api, "plik.csv", content.encode("cp1250"), "?source=sklep")
    assert response.status_code == 202, response.text
    job = response.json()["id"]
    assert response.headers["Location"] == f"/v1/jobs/{job}"
    done = finished(api, job)
    assert (done["state"], done["total"], done["done"]) == ("done", 3, 3)
    assert done["counts"] == {"stored": 2, "rejected": 1}
    first = api.client.get(f"/v1/jobs/{job}/results?limit=2").json()
    assert [row["outcome"] for row in first["results"]] == ["stored", "rejected"]
    second = api.client.get(f"/v1/jobs/{job}/results?after={first['next']}").json()
    assert second["results"][0]["comment"]["text"] == "Żółw"
    assert second["next"] is None
    table = api.client.get(f"/v1/jobs/{job}/results/export").content.decode()
    rows = list(csv.DictReader(io.StringIO(table, newline="")))
    assert [(row["row"], row["outcome"], row["source"]) for row in rows] == [
        ("1", "stored", "sklep"),
        ("2", "rejected", ""),
        ("3", "stored", "sklep"),
    ]
    lines = api.client.get(f"/v1/jobs/{job}/results/export?format=jsonl").content.splitlines()
    assert orjson.loads(lines[0])["comment"]["answer"]["labels"]
    whole = api.client.get(f"/v1/jobs/{job}/results/export?format=parquet").content
    assert pq.read_table(io.BytesIO(whole)).column("row").to_pylist() == [1, 2, 3]


def test_parquet_files_are_taken(api: Any) -> None:
    """By the ending of their name, or as the query says."""
    whole = io.BytesIO()
    pq.write_table(pa.table({"id": ["a", "b"], "text": ["raz", "dwa"]}), whole)
    for name, query in (("in.parquet", ""), ("in", "?format=parquet")):
        response = send(api, name, whole.getvalue(), query)
        assert response.status_code == 202, response.text
        assert sum(finished(api, response.json()["id"])["counts"].values()) == 2


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("in.xls", b"a", "tells no format"),
        ("in.csv", b"a;b\n1;2\n", "text"),
        ("in.parquet", b"no", "arquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    api: Any, name: str, content: bytes, told: str
) -> None:
    """With what is wrong with it; there is no job then."""
    response = send(api, name, content)
    assert response.status_code == 422
    assert told in response.json()["errors"][0]["detail"]
    assert api.client.get("/v1/jobs").json() == {"jobs": [], "next": None}


def test_comments_left_to_a_job_get_their_answers(api: Any) -> None:
    """And the whole store can be answered anew."""
    sent = [{"id": n, "text": f"Komentarz {n}"} for n in range(3)]
    body = api.client.post("/v1/comments?classify=job", json=sent).json()
    assert finished(api, body["job"])["counts"] == {"classified": 3}
    found = api.client.get("/v1/comments").json()["comments"]
    assert {comment["state"] for comment in found} == {"classified"}
    again = api.client.post("/v1/jobs", json={"again": True}).json()
    assert finished(api, again["id"])["counts"] == {"classified": 3}
    some = api.client.post("/v1/jobs", json={"selection": {"text": "komentarz"}}).json()
    assert finished(api, some["id"])["total"] == 0
    listed = api.client.get("/v1/jobs?limit=2").json()
    assert [job["id"] for job in listed["jobs"]] == [some["id"], again["id"]]
    older = api.client.get(f"/v1/jobs?before={listed['next']}").json()
    assert [job["id"] for job in older["jobs"]] == [body["job"]]


def test_jobs_are_cancelled_retried_and_deleted(api: Any) -> None:
    """Each only in a state that allows it; else 409 says which."""
    api.model.hold()
    body = api.client.post("/v1/comments?classify=job", json=[{"id": 1, "text": "a"}]).json()
    job = f"/v1/jobs/{body['job']}"
    assert api.model.entered.acquire(timeout=WAIT)
    assert api.client.delete(job).status_code == 409
    assert api.client.post(f"{job}/retry").status_code == 409
    assert api.client.post(f"{job}/cancel").json()["state"] == "running"
    api.model.let_go()
    assert finished(api, body["job"])["state"] == "cancelled"
    assert api.client.post(f"{job}/cancel").status_code == 409
    assert api.client.post(f"{job}/retry").status_code == 200
    assert finished(api, body["job"])["state"] == "done"
    assert api.client.delete(job).status_code == 204
    assert api.client.get(job).status_code == 404
    assert api.client.get(f"{job}/results").status_code == 404
    assert api.client.get(f"{job}/results/export").status_code == 404


def test_a_selection_that_can_find_nothing_is_refused(api: Any) -> None:
    """By name, before there is a job."""
    for selection in ({"state": "new"}, {"labels": {"mood": "x"}}, {"source": "\x00"}, {"x": 1}):
        assert api.client.post("/v1/jobs", json={"selection": selection}).status_code == 422

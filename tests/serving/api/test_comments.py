from __future__ import annotations

import csv
import gzip
import io
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest
from pydantic import SecretStr

AUTHOR = "jan.kowalski.1987"


@pytest.fixture(params=["sqlite", "postgresql"])
def api(
    request: pytest.FixtureRequest, run: Any, new_database_url: Callable[[str], str]
) -> Iterator[Any]:
    """An application on each kind of database."""
    url = SecretStr(new_database_url(request.param))
    with run(database_url=url, job_workers=0) as running:
        yield running


def comment(number: int, text: str = "", **more: Any) -> dict[str, Any]:
    """A comment as a pipeline sends it."""
    return {"id": f"c-{number}", "source": "sklep", "text": text or f"Komentarz {number}", **more}


def keep(api: Any, *comments: Any, **more: Any) -> Any:
    """Sends comments and gives the response."""
    return api.client.post("/v1/comments", json={"comments": list(comments)}, **more)


def test_comments_are_kept_and_answered(api: Any) -> None:
    """Each outcome is told, and the answer can be read back."""
    response = keep(api, comment(1, "Kiedy drugi sezon?"), comment(2))
    assert response.status_code == 200, response.text
    body = response.json()
    assert body["counts"] == {"stored": 2, "unchanged": 0, "updated": 0, "rejected": 0}
    assert [(r["id"], r["outcome"], r["state"]) for r in body["results"]] == [
        ("c-1", "stored", "classified"),
        ("c-2", "stored", "classified"),
    ]
    one = api.client.get(f"/v1/comments/{body['results'][0]['comment']}").json()
    assert one["external_id"] == "c-1"
    assert one["answer"]["model"] == body["model"]
    assert set(one["answer"]["labels"]) >= {"sentiment", "toxicity"}
    assert (
        api.client.post("/v1/classify", json={"comments": ["Kiedy drugi sezon?"]}).json()[
            "results"
        ][0]["labels"]
        == one["answer"]["labels"]
    )


def test_sent_again_nothing_changes(api: Any) -> None:
    """And the model is not asked again; a change is told as one."""
    assert keep(api, comment(1), comment(2)).status_code == 200
    api.model.passes.clear()
    body = keep(api, comment(1), comment(2, "inny tekst"), comment(3)).json()
    assert [r["outcome"] for r in body["results"]] == ["unchanged", "updated", "stored"]
    assert {r["state"] for r in body["results"]} == {"classified"}
    assert sum(api.model.passes) == 2


def test_what_cannot_be_kept_costs_nothing_else(api: Any) -> None:
    """Each is rejected with its reason; warnings tell what was left out."""
    body = keep(
        api,
        comment(1),
        {"text": "bez numeru"},
        comment(2, " "),
        7,
        {"id": "c\x00", "text": "a"},
        comment(5, posted_at="wczoraj", reach=-1, product=["a"], post_id="p\x00"),
    ).json()
    told = [(r["id"], r["outcome"], r.get("reason", "").split(":")[0]) for r in body["results"]]
    assert told == [
        ("c-1", "stored", ""),
        (None, "rejected", "missing_field"),
        ("c-2", "rejected", "empty_text"),
        (None, "rejected", "wrong_type"),
        ("c\x00", "rejected", "bad_id"),
        ("c-5", "stored", ""),
    ]
    assert [w.split(":")[0] for w in body["results"][5]["warnings"]] == [
        *("bad_time", "wrong_type", "bad_id", "wrong_type"),
    ]


def test_nothing_personal_is_written(api: Any) -> None:
    """The author is a pseudonym, the telephone number a mark; not even the file knows them."""
    text = "Dzwońcie: 601 202 303, pisał jan@example.com"
    (result,) = keep(api, comment(1, text, author=AUTHOR)).json()["results"]
    one = api.client.get(f"/v1/comments/{result['comment']}").json()
    assert one["text"] == "Dzwońcie: [telefon], pisał [e-mail]"
    assert len(one["author"]) == 26
    held = orjson.dumps(api.client.get("/v1/comments/export?format=jsonl").text)
    for secret in (AUTHOR, "601 202 303", "jan@example.com"):
        assert secret.encode() not in held
    assert keep(api, comment(1, text, author=AUTHOR)).json()["counts"]["unchanged"] == 1


def test_lines_and_packed_bodies_are_read(api: Any) -> None:
    """A broken line costs no other; an array and a single object are taken as well."""
    lines = b'{"id": 1, "text": "a"}\n\n{"id": 2, "te\n"tekst"\n{"id": 3, "text": "c"}'
    response = api.client.post(
        "/v1/comments?source=plik",
        content=gzip.compress(lines),
        headers={"Content-Type": "application/x-ndjson", "Content-Encoding": "gzip"},
    )
    assert [r["outcome"] for r in response.json()["results"]] == [
        *("stored", "rejected", "rejected", "stored"),
    ]
    assert {r.get("source") for r in response.json()["results"]} == {"plik", None}
    assert api.client.post("/v1/comments", json=[comment(1)]).json()["counts"]["stored"] == 1
    assert api.client.post("/v1/comments", json=comment(1)).json()["counts"]["unchanged"] == 1
    assert api.client.post("/v1/comments", json={"comments": []}).json()["results"] == []
    assert api.client.post("/v1/comments", json=7).status_code == 422
    assert api.client.post("/v1/comments", json={"comments": 7}).status_code == 422


def test_more_than_a_request_may_have_is_refused(api: Any) -> None:
    """Before any of them is kept."""
    assert keep(api, *({"id": n, "text": "a"} for n in range(10_001))).status_code == 422
    assert api.client.get("/v1/comments").json() == {"comments": [], "next": None}


@pytest.mark.parametrize("packed", [False, True])
def test_ten_thousand_ordinary_comments_go_through(run: Any, packed: bool) -> None:
    """With 2,000 characters of text and context each, of which many take three bytes."""
    text, context = "Kiedy znów będzie? ", "これはクリームです。"
    items = [
        comment(number, f"{number:05} {text * 25}"[:500], context=(context * 150)[:1500])
        for number in range(10_000)
    ]
    body = orjson.dumps(items)
    assert len(body) > 40 << 20
    headers = {"Content-Type": "application/json"}
    if packed:
        body, headers["Content-Encoding"] = gzip.compress(body, 1), "gzip"
    with run(job_workers=0) as running:
        response = running.client.post("/v1/comments?classify=job", content=body, headers=headers)
    assert response.status_code == 202, response.text[:500]
    assert {one["outcome"] for one in response.json()["results"]} == {"stored"}
    assert len(response.json()["results"]) == 10_000


@pytest.mark.parametrize("packed", [False, True])
def test_a_body_that_is_too_large_names_its_setting(run: Any, packed: bool) -> None:
    """The limit of comments to be kept is not that of other requests."""
    body = orjson.dumps([comment(1, "x" * 3000)])
    headers = {"Content-Type": "application/json"}
    if packed:
        body, headers["Content-Encoding"] = gzip.compress(body), "gzip"
    with run(max_ingest_bytes=2048) as running:
        response = running.client.post("/v1/comments", content=body, headers=headers)
    assert response.status_code == 413
    assert "larger SEDNO_MAX_INGEST_BYTES" in response.json()["detail"]


def test_a_repeat_gets_the_same_answer(api: Any) -> None:
    """By the key; the same key for something else is refused."""
    key = {"Idempotency-Key": "abc"}
    first = keep(api, comment(1), {"id": 9, "text": ""}, headers=key)
    again = keep(api, comment(1), {"id": 9, "text": ""}, headers=key)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    other = keep(api, comment(2), headers=key)
    assert (other.status_code, other.json()["type"]) == (422, "urn:sedno:problem:key-reused")
    assert keep(api, comment(1), headers={"Idempotency-Key": "x" * 300}).status_code == 422
    assert api.client.post("/v1/comments?source=%00", json=[comment(1)]).status_code == 422


def test_a_repeat_gets_answers_and_warnings_too(api: Any) -> None:
    """All that the first one's answer had, also of a wording that has changed since."""
    sent = [comment(1, reach=-1), comment(2), comment(2, "inny tekst"), {"id": 9, "text": ""}]
    more = {"headers": {"Idempotency-Key": "k"}, "params": {"answers": "true"}}
    first = keep(api, *sent, **more)
    assert first.json()["results"][0]["warnings"]
    assert first.json()["results"][2]["answer"]["labels"]
    assert keep(api, comment(2, "znów inny")).status_code == 200
    again = keep(api, *sent, **more)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()


def test_a_repeat_waits_for_the_first(api: Any) -> None:
    """While it is under way, 409; and after it failed it may be sent anew."""
    key = {"Idempotency-Key": "abc"}
    api.model.hold()
    thread, answers = api.background(lambda: keep(api, comment(1), headers=key))
    assert api.model.entered.acquire(timeout=10)
    busy = keep(api, comment(1), headers=key)
    assert (busy.status_code, busy.headers["Retry-After"]) == (409, "5")
    api.model.let_go()
    thread.join()
    assert answers[0].status_code == 200
    api.model.failure = RuntimeError("broken")
    assert keep(api, comment(2), headers={"Idempotency-Key": "b"}).status_code == 500
    api.model.failure = None
    after = keep(api, comment(2), headers={"Idempotency-Key": "b"})
    assert (after.status_code, after.json()["results"][0]["state"]) == (200, "classified")
    assert after.json()["results"][0]["outcome"] == "unchanged"


def test_answers_may_be_left_to_a_job(api: Any) -> None:
    """Then nothing waits for the model; the answer names the job."""
    response = api.client.post("/v1/comments?classify=job", json=[comment(1), comment(2)])
    body = response.json()
    assert response.status_code == 202
    assert response.headers["Location"] == f"/v1/jobs/{body['job']}"
    assert {r["state"] for r in body["results"]} == {"waiting"}
    assert api.client.get("/v1/comments?state=waiting").json()["comments"] != []


def test_answers_come_along_where_asked_for(api: Any) -> None:
    """In the shape of /v1/classify."""
    (result,) = api.client.post("/v1/comments?answers=true", json=[comment(1)]).json()["results"]
    assert result["answer"]["id"] == "c-1"


def test_lists_can_be_filtered_and_paged(api: Any) -> None:
    """Every comment once, by a filter or none; what cannot be meant is refused by name."""
    many = [comment(n, source="ab"[n % 2], posted_at=1_700_000_000 + n) for n in range(7)]
    many[3]["text"] = "Żółw"
    assert keep(api, *many).status_code == 200

    def walk(query: str) -> list[str]:
        out: list[str] = []
        cursor = ""
        while True:
            page = api.client.get(f"/v1/comments?limit=3&{query}{cursor}").json()
            out += [found["external_id"] for found in page["comments"]]
            if page["next"] is None:
                return out
            cursor = f"&cursor={page['next']}"

    assert walk("") == [f"c-{n}" for n in reversed(range(7))]
    assert walk("source=a") == ["c-6", "c-4", "c-2", "c-0"]
    assert walk("q=zolw") == ["c-3"]
    assert walk("since=2023-11-14T22:13:25Z") == ["c-6", "c-5"]
    label = api.client.get("/v1/comments").json()["comments"][0]["answer"]["labels"]["sentiment"]
    assert "c-6" in walk(
        f"sentiment={label['label']}&sentiment_min={label['scores'][label['label']] - 1e-3}"
    )
    for bad, field in {
        "sentiment=angry": "sentiment",
        "state=new": "state",
        "q=!!": "text",
        "cursor=xyz": "cursor",
        "source=%00": "source",
        "since=0001-01-01T00:00:00%2B23:00": "since",
        "limit=0": "limit",
        "nonsense=1": "nonsense",
        "q=a%00": "text",
    }.items():
        refused = api.client.get(f"/v1/comments?{bad}")
        assert refused.status_code == 422, bad
        assert field in refused.json()["errors"][0]["pointer"]
    assert api.client.get("/v1/comments/999").status_code == 404
    assert api.client.get(f"/v1/comments/{10**30}").status_code == 422


def test_downloads_hold_all_that_a_filter_leaves(api: Any) -> None:
    """As CSV, JSONL and Parquet, whatever the letters."""
    texts = ['Zażółć, "gęślą"', "jaźń\nw dwóch liniach", "🎉", "zwykły"]
    assert keep(api, *map(comment, itertools.count(), texts)).status_code == 200
    assert keep(api, comment(9, source="inne")).status_code == 200

    def load(form: str) -> Any:
        response = api.client.get(f"/v1/comments/export?source=sklep&format={form}")
        assert response.status_code == 200
        assert f'filename="comments.{form}"' in response.headers["Content-Disposition"]
        return response.content

    rows = list(csv.DictReader(io.StringIO(load("csv").decode(), newline="")))
    assert [row["text"] for row in rows] == texts
    lines = [orjson.loads(line) for line in load("jsonl").splitlines()]
    assert [line["text"] for line in lines] == texts
    table = pq.read_table(io.BytesIO(load("parquet"))).to_pylist()
    assert [row["text"] for row in table] == texts
    assert (
        table[0]["sentiment"]
        == rows[0]["sentiment"]
        == lines[0]["answer"]["labels"]["sentiment"]["label"]
    )
    assert api.client.get("/v1/comments/export?format=xls").status_code == 422

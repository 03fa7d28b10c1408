from __future__ import annotations

import asyncio
import json

from aiohttp import web

from sedno.evaluation.bench.http_load import bodies, load


def test_bodies_hold_every_comment_once() -> None:
    """Forty-five comments are two full requests and a short one."""
    texts = [f"komentarz {number}" for number in range(45)]
    requests = [json.loads(body)["comments"] for body in bodies(texts, 20)]
    assert [len(comments) for comments in requests] == [20, 20, 5]
    assert [comment["text"] for comments in requests for comment in comments] == texts
    ids = [comment["id"] for comments in requests for comment in comments]
    assert len(set(ids)) == 45


async def _answer(request: web.Request) -> web.Response:
    """Answers as the API does, but refuses one comment and forgets another."""
    comments = (await request.json())["comments"]
    if any(comment["text"] == "refuse" for comment in comments):
        return web.Response(status=429)
    known = [{"needs_review": False} for comment in comments if comment["text"] != "forget"]
    return web.json_response({"results": known})


async def _round(requests: list[bytes], clients: int) -> tuple[int, int]:
    app = web.Application()
    app.router.add_post("/v1/classify", _answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        port = runner.addresses[0][1]
        done = await load(f"http://127.0.0.1:{port}", requests, clients)
    finally:
        await runner.cleanup()
    return len(done.latencies), done.failures


def test_every_request_is_sent_once_and_bad_answers_are_counted() -> None:
    """A refusal and a lost row are failures; speed bought with either would be no speed."""
    requests = bodies(["a"] * 30 + ["refuse"] + ["b"] * 9 + ["forget"] + ["c"] * 9, 10)
    assert asyncio.run(_round(requests, clients=4)) == (5, 2)

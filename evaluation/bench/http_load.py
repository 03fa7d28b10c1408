"""Through HTTP with many clients, beside the bare classifier on the same comments."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import statistics
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from sedno.evaluation.bench.clock import median_ratio, percentile
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import distinct
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.evaluation.extras import MissingExtraError
from sedno.models.classifier import Classifier

try:
    import aiohttp
except ModuleNotFoundError as error:
    raise MissingExtraError("aiohttp", "bench") from error

NAME = "http_load"
FLOOR = 75.0

_START_SECONDS = 60.0
_HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Round:
    """One round of requests: wall seconds, seconds of each request, and how many failed."""

    seconds: float
    latencies: tuple[float, ...]
    failures: int


def run(setting: Setting) -> Finding:
    """Times a real server process with many clients, and the classifier alone in between."""
    sizes = setting.sizes
    per_round = sizes.clients * sizes.requests * sizes.per_request
    at_once = sizes.per_request * sizes.clients
    texts = distinct(setting.inputs.texts, per_round * sizes.rounds + at_once)
    warm = texts[-at_once:]
    bare: list[float] = []
    rounds: list[Round] = []
    with (
        server(setting) as address,
        Classifier(setting.artifact, threads=setting.threads, cache_size=0) as classifier,
    ):
        classifier.predict(warm)
        asyncio.run(load(address, bodies(warm, sizes.per_request), sizes.clients))
        for number in range(sizes.rounds):
            part = texts[number * per_round : (number + 1) * per_round]
            requests = bodies(part, sizes.per_request)
            started = time.perf_counter()
            classifier.predict(part)
            bare.append(time.perf_counter() - started)
            rounds.append(asyncio.run(load(address, requests, sizes.clients)))
    latencies = [1000 * latency for done in rounds for latency in done.latencies]
    share = 100.0 * median_ratio(bare, [done.seconds for done in rounds])
    return Finding(
        name=NAME,
        title="Through HTTP with many clients",
        how=(
            f"`sedno serve` as a process of its own; {sizes.clients} clients post "
            f"{sizes.per_request} comments at a time, {sizes.requests} requests each a round, "
            f"{sizes.rounds} rounds; before each round the bare classifier answers the same "
            "comments in one call. No comment is sent twice. Server, clients and all share the "
            "machine's cores."
        ),
        figures=(
            Figure("HTTP against the bare classifier", share, "%", FLOOR),
            Figure(
                "requests without a good answer",
                float(sum(done.failures for done in rounds)),
                "requests",
                0.0,
                most=True,
            ),
            Figure(
                "through HTTP",
                per_round / statistics.median(done.seconds for done in rounds),
                "comments/s",
            ),
            Figure("bare classifier", per_round / statistics.median(bare), "comments/s"),
            Figure("latency, median", percentile(latencies, 0.50), "ms"),
            Figure("latency, 95th percentile", percentile(latencies, 0.95), "ms"),
            Figure("latency, 99th percentile", percentile(latencies, 0.99), "ms"),
        ),
    )


def bodies(texts: Sequence[str], per_request: int) -> list[bytes]:
    """Request bodies of ``per_request`` comments each."""
    return [
        json.dumps(
            {
                "comments": [
                    {"id": str(start + at), "text": text}
                    for at, text in enumerate(texts[start : start + per_request])
                ]
            },
            ensure_ascii=False,
        ).encode()
        for start in range(0, len(texts), per_request)
    ]


async def load(address: str, requests: Sequence[bytes], clients: int) -> Round:
    """Lets ``clients`` clients work through ``requests``, each sending its next one at once."""
    waiting = iter(requests)
    latencies: list[float] = []
    failures = 0

    async def client(session: aiohttp.ClientSession) -> None:
        nonlocal failures
        for body in waiting:
            started = time.perf_counter()
            async with session.post(
                f"{address}/v1/classify",
                data=body,
                headers={"Content-Type": "application/json"},
            ) as response:
                answer = await response.read()
            latencies.append(time.perf_counter() - started)
            failures += not _good(response.status, body, answer)

    limits = aiohttp.TCPConnector(limit=clients)
    async with aiohttp.ClientSession(connector=limits) as session:
        started = time.perf_counter()
        await asyncio.gather(*(client(session) for _ in range(clients)))
        return Round(time.perf_counter() - started, tuple(latencies), failures)


def _good(status: int, body: bytes, answer: bytes) -> bool:
    """Whether every comment has an answer; counting a key costs less than parsing."""
    return status == HTTPStatus.OK and answer.count(b'"needs_review"') == body.count(b'"text": ')


@contextmanager
def server(setting: Setting) -> Iterator[str]:
    """A running ``sedno serve``; gives its address once it says it is ready.

    Raises:
        BenchError: It ended or was not ready in a minute.
    """
    port = _free_port()
    address = f"http://{_HOST}:{port}"
    environment = {
        **os.environ,
        "SEDNO_HOST": _HOST,
        "SEDNO_PORT": str(port),
        "SEDNO_MODEL": str(setting.artifact),
    }
    if setting.threads is not None:
        environment["SEDNO_THREADS"] = str(setting.threads)
    log = setting.work / "serve.log"
    with (
        log.open("wb") as lines,
        subprocess.Popen(  # noqa: S603 - our own command
            setting.command("serve"), env=environment, stdout=lines, stderr=lines
        ) as process,
    ):
        try:
            _wait_until_ready(address, process, log)
            yield address
        finally:
            process.terminate()
            try:
                process.wait(timeout=35)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with direct.open(f"{address}/readyz", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    tail = log.read_text(encoding="utf-8", errors="replace")[-500:]
    raise BenchError(f"sedno serve was not ready after {_START_SECONDS:.0f} s: {tail}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        port: int = probe.getsockname()[1]
        return port

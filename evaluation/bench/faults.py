"""Kills the server at random moments while comments and files come in; nothing may be lost.

Clients do what a careful pipeline does: they repeat what was not answered, with the same
``Idempotency-Key``. In the end every comment has to be there once, in its last wording, with one
answer, and every row of every file has to have one result.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sedno.evaluation.bench.databases import on_each, without
from sedno.evaluation.bench.fault_moderator import Moderator
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import distinct
from sedno.evaluation.bench.process import Server
from sedno.evaluation.bench.setting import BenchError, Setting

NAME = "faults"

PER_REQUEST = 20
_KEY = "a made-up key of the fault test"
_FILE_EVERY = 4
# A request that a kill cut off holds its Idempotency-Key for two minutes.
_SETTLE_SECONDS = 300.0
_MASK = re.compile(r"\[[\w-]+\]")
_SHOWN = 5
_TAKEN = (200, 202)
_OK = 200


@dataclass(slots=True)
class Damage:
    """What was found wrong in the end.

    Attributes:
        kills: How often the server was killed.
        sent: Comments that were sent and acknowledged.
        decisions: Decisions of the moderator that were acknowledged.
        lost: Comments that are not there, or in an older wording.
        doubled: Comments that are there twice, or rows with two results.
        half: Comments without an answer, jobs that did not end, rows without a result.
    """

    kills: int = 0
    sent: int = 0
    decisions: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    half: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        """How much."""
        return len(self.lost) + len(self.doubled) + len(self.half)

    def told(self) -> str:
        """The first few of each kind; empty where nothing is wrong."""
        kinds = {"lost": self.lost, "doubled": self.doubled, "half": self.half}
        return "; ".join(
            f"{kind}: {', '.join(found[:_SHOWN])}" for kind, found in kinds.items() if found
        )


def run(setting: Setting) -> Finding:
    """Kills a real server on each kind of database."""
    figures: list[Figure] = []
    skipped: list[str] = []
    wrong: list[str] = []
    for backend, place, url in on_each(setting, skipped):
        found = torment(
            setting.command(),
            {"SEDNO_MODEL": str(setting.artifact)},
            url,
            place,
            texts=setting.inputs.texts,
            kills=setting.sizes.faults,
        )
        if found.total:
            wrong.append(f" On {backend}, {found.told()}.")
        figures += [
            Figure(f"{backend}: lost, doubled or half", float(found.total), "", 0.0, most=True),
            Figure(f"{backend}: kills", float(found.kills), ""),
            Figure(f"{backend}: comments acknowledged", float(found.sent), ""),
            Figure(f"{backend}: decisions acknowledged", float(found.decisions), ""),
        ]
    return Finding(
        name=NAME,
        title="Killed at random moments",
        how=(
            "`sedno serve` is killed (SIGKILL) at random moments, from its start on. A client "
            f"keeps sending comments, {PER_REQUEST} at a time, changes some of them later and "
            "sends files as jobs; what is not answered is sent again. A moderator decides on "
            "comments all the while and takes some decisions back. In the end every acknowledged "
            "comment has to be there once, in its last wording, answered; every row of every file "
            "has to have one result; and every decision has to stand once, with its comment "
            f"decided and an entry of the audit log, or not at all.{without(skipped)}"
            + "".join(wrong)
        ),
        figures=tuple(figures),
    )


def torment(
    command: Sequence[str],
    environment: Mapping[str, str],
    url: str,
    work: Path,
    *,
    texts: Sequence[str],
    kills: int,
    seed: int = 0,
    longest: float = 3.0,
) -> Damage:
    """Kills a server ``kills`` times while a client sends, then counts the damage.

    Args:
        command: The ``sedno`` command.
        environment: More settings.
        url: An empty database.
        work: A folder for files.
        texts: Comments to begin with.
        kills: How often.
        seed: The same seed kills after the same times.
        longest: Most seconds between a start and a kill.

    Raises:
        BenchError: The server does not come up any more.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    server = Server(
        command,
        {
            **environment,
            "SEDNO_DATABASE_URL": url,
            "SEDNO_DATA_DIR": str(work / "data"),
            "SEDNO_API_KEY": _KEY,
            "SEDNO_JOB_LEASE_SECONDS": "2",
            "SEDNO_SECOND_OPINION_SHARE": "0",
            # Nearly nothing is certain enough, so that the moderator has work.
            "SEDNO_TARGET_ERROR": "0.0001",
        },
        work / "serve.log",
    )
    server.run("db", "migrate")
    pipeline = server.as_another(Authorization=f"Bearer {_KEY}")
    client = _Client(pipeline, texts, seed)
    moderator = Moderator(server)
    threads = [
        threading.Thread(target=client.send_until_told, name="sedno-client"),
        threading.Thread(target=moderator.work_until_told, name="sedno-moderator"),
    ]
    damage = Damage()
    server.start()
    server.wait_until_ready()
    for thread in threads:
        thread.start()
    try:
        for number in range(kills):
            time.sleep(rng.uniform(0.0, longest))
            server.kill()
            damage.kills += 1
            server.start()
            if number % 3 == 0:
                # Else it may be killed again before it is ready.
                server.wait_until_ready()
        server.wait_until_ready()
        client.stop.set()
        moderator.stop.set()
        for thread in threads:
            thread.join(_SETTLE_SECONDS)
            if thread.is_alive():
                raise BenchError(f"{thread.name} did not get through")
        for fault in (client.fault, moderator.fault):
            if fault is not None:
                raise BenchError(f"a client did not get through: {fault}")
        _settle(pipeline, damage)
        _check(pipeline, client, damage)
        lost, doubled, half = moderator.check()
        damage.decisions = len(moderator.decided)
        damage.lost += lost
        damage.doubled += doubled
        damage.half += half
    finally:
        client.stop.set()
        moderator.stop.set()
        server.stop()
    return damage


class _Client:
    """A careful pipeline.

    Attributes:
        expected: The acknowledged wording of each comment, by id.
        files: Rows of each file, by its job.
    """

    def __init__(self, server: Server, texts: Sequence[str], seed: int) -> None:
        self._server = server
        self._texts = iter(distinct(texts, 20_000, seed=seed))
        self.expected: dict[str, str] = {}
        self.files: dict[int, int] = {}
        self.changed = 0
        self.stop = threading.Event()
        self.fault: str | None = None

    def send_until_told(self) -> None:
        number = 0
        while not self.stop.is_set() and self.fault is None:
            number += 1
            if number % _FILE_EVERY == 0:
                self._send_file(number)
            else:
                self._send_batch(number)

    def _send_batch(self, number: int) -> None:
        sent = {f"b{number}-{place}": next(self._texts) for place in range(PER_REQUEST)}
        earlier = f"b{number - 1}-0"
        if earlier in self.expected:
            sent[earlier] = self.expected[earlier] + " (poprawione)"
        comments = [{"id": one, "source": "bench", "text": text} for one, text in sent.items()]
        mode = "now" if number % 2 else "job"
        while True:
            answer = self._server.post_json(
                f"/v1/comments?classify={mode}", comments, Idempotency_Key=f"key-{number}"
            )
            if answer.status in _TAKEN:
                break
            if not self._again(answer.status, answer.body):
                return
        outcomes = Counter(result["outcome"] for result in answer.json()["results"])
        if outcomes["rejected"]:
            self.fault = f"comments were rejected: {answer.body[:300]!r}"
        self.changed += earlier in sent
        self.expected |= sent

    def _send_file(self, number: int) -> None:
        sent = {f"f{number}-{place}": next(self._texts) for place in range(3 * PER_REQUEST)}
        lines = [
            json.dumps({"id": one, "source": "bench", "text": text}) for one, text in sent.items()
        ]
        content = "\n".join(lines).encode()
        while True:
            answer = self._server.post_file("/v1/jobs/files", f"{number}.jsonl", content)
            if answer.status in _TAKEN:
                break
            if not self._again(answer.status, answer.body):
                return
        self.files[int(answer.json()["id"])] = len(sent)
        self.expected |= sent

    def _again(self, status: int, body: bytes) -> bool:
        """Whether to send it again: the server was not there, or asked to wait."""
        if status in {0, 409, 429, 503}:
            time.sleep(0.05)
            return True
        self.fault = f"status {status}: {body[:300]!r}"
        return False


def _settle(server: Server, damage: Damage) -> None:
    """Waits for the jobs, and has answered what requests that broke off left behind."""
    until = time.monotonic() + _SETTLE_SECONDS
    server.post_json("/v1/jobs", {"selection": {"state": "waiting"}})
    open_jobs: list[Any] = []
    while time.monotonic() < until:
        open_jobs = [
            job
            for state in ("queued", "running")
            for job in server.get(f"/v1/jobs?limit=500&state={state}").json()["jobs"]
        ]
        if not open_jobs:
            return
        time.sleep(0.2)
    damage.half += [f"job {job['id']} is {job['state']}" for job in open_jobs]


def _check(server: Server, client: _Client, damage: Damage) -> None:
    damage.sent = len(client.expected)
    lines = server.get("/v1/comments/export?format=jsonl").body.splitlines()
    found: dict[str, Any] = {}
    for line in lines:
        comment = json.loads(line)
        if comment["external_id"] in found:
            damage.doubled.append(f"comment {comment['external_id']}")
        found[comment["external_id"]] = comment
    for one, text in client.expected.items():
        if one not in found or not _as_kept(found[one]["text"], text):
            damage.lost.append(f"comment {one}")
        elif found[one]["state"] != "classified":
            damage.half.append(f"comment {one} is {found[one]['state']}")
    rows = json.loads(server.run("db", "status", "--json"))["rows"]
    if not len(found) <= rows["predictions"] <= len(found) + client.changed:
        damage.doubled.append(f"{rows['predictions']} predictions of {len(found)} comments")
    if rows["job_chunks"]:
        damage.half.append(f"{rows['job_chunks']} parts of files that are not done")
    for job, length in client.files.items():
        _check_job(server, job, length, damage)


def _as_kept(stored: str, sent: str) -> bool:
    """Whether it is what was sent, but for what is masked on the way in."""
    return bool(re.fullmatch(".+".join(map(re.escape, _MASK.split(stored))), sent, re.DOTALL))


def _check_job(server: Server, job: int, length: int, damage: Damage) -> None:
    answer = server.get(f"/v1/jobs/{job}")
    if answer.status != _OK:
        damage.lost.append(f"job {job}")
        return
    told = answer.json()
    places = [
        row["row"] for row in server.get(f"/v1/jobs/{job}/results?limit=500").json()["results"]
    ]
    if told["state"] != "done" or set(places) != set(range(1, length + 1)):
        damage.half.append(f"job {job}: {told['state']}, {len(places)} of {length} rows")
    if len(places) != len(set(places)) or sum(told["counts"].values()) != length:
        damage.doubled.append(f"job {job}: counts {told['counts']} of {length} rows")

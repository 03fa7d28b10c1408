"""Comments kept and classified through HTTP, beside the bare classifier on the same ones."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sedno.evaluation.bench.clock import median_ratio
from sedno.evaluation.bench.databases import on_each, without
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import as_sent, distinct
from sedno.evaluation.bench.process import Server, running
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.models.classifier import Classifier

NAME = "ingest"
FLOOR = 70.0

_PER_REQUEST = 500
_CLIENTS = 2
_OK = 200


def run(setting: Setting) -> Finding:
    """Times ingest with classification on each kind of database."""
    figures: list[Figure] = []
    skipped: list[str] = []
    per_round = setting.sizes.comments
    rounds = setting.sizes.rounds
    for backend, _, url in on_each(setting, skipped):
        bare, kept = _measure(setting, url, backend)
        share = 100.0 * median_ratio(bare, kept)
        figures.append(Figure(f"{backend}: against the bare classifier", share, "%", FLOOR))
        rate = per_round / statistics.median(kept)
        figures.append(Figure(f"{backend}: kept and classified", rate, "comments/s"))
        bare_rate = per_round / statistics.median(bare)
        figures.append(Figure(f"{backend}: bare classifier", bare_rate, "comments/s"))
    return Finding(
        name=NAME,
        title="Comments kept and classified",
        how=(
            "`sedno serve` with its database as processes of their own; "
            f"{_CLIENTS} clients post {per_round:,} comments a round, {_PER_REQUEST} at a time, "
            f"with author, post and time, {rounds} rounds; each is masked, stored, classified and "
            "its answer stored before the request ends. Before each round the bare classifier "
            f"answers the same comments in one call. No comment is sent twice.{without(skipped)}"
        ),
        figures=tuple(sorted(figures, key=lambda figure: figure.floor is None)),
    )


def _measure(setting: Setting, url: str, backend: str) -> tuple[list[float], list[float]]:
    per_round, rounds = setting.sizes.comments, setting.sizes.rounds
    texts = distinct(setting.inputs.texts, per_round * (rounds + 1))
    environment = {
        "SEDNO_MODEL": str(setting.artifact),
        "SEDNO_DATABASE_URL": url,
        "SEDNO_DATA_DIR": str(setting.work / backend / "data"),
    }
    if setting.threads is not None:
        environment["SEDNO_THREADS"] = str(setting.threads)
    server = Server(setting.command(), environment, setting.work / backend / "serve.log")
    bare: list[float] = []
    kept: list[float] = []
    with (
        running(server),
        Classifier(setting.artifact, threads=setting.threads, cache_size=0) as classifier,
    ):
        _send(server, texts[:per_round], first=0)
        for number in range(1, rounds + 1):
            part = texts[number * per_round : (number + 1) * per_round]
            begun = time.perf_counter()
            classifier.predict(part)
            bare.append(time.perf_counter() - begun)
            kept.append(_send(server, part, first=number * per_round))
    return bare, kept


def _send(server: Server, texts: Sequence[str], *, first: int) -> float:
    """Posts comments; seconds until the last is answered."""
    comments = as_sent(texts, first=first, prefix="b")
    parts = [comments[at : at + _PER_REQUEST] for at in range(0, len(comments), _PER_REQUEST)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        answers = list(clients.map(lambda part: server.post_json("/v1/comments", part), parts))
    seconds = time.perf_counter() - begun
    for part, answer in zip(parts, answers, strict=True):
        if answer.status != _OK or answer.json()["counts"]["stored"] != len(part):
            raise BenchError(f"ingest answered {answer.status}: {answer.body[:300]!r}")
    return seconds

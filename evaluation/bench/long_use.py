"""A server in use for long: does its memory stay where it was?"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from sedno.evaluation.bench.databases import on_each, without
from sedno.evaluation.bench.fault_moderator import Moderator
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.inputs import as_sent, stream
from sedno.evaluation.bench.long_file import FLOOR_GROWTH, growth
from sedno.evaluation.bench.process import Server, running
from sedno.evaluation.bench.setting import BenchError, Setting
from sedno.evaluation.extras import MissingExtraError

try:
    import psutil
except ModuleNotFoundError as error:
    raise MissingExtraError("psutil", "bench") from error

NAME = "long_use"

_PER_REQUEST = 20
_CACHED = 1_000
"""Texts whose answers the server remembers: fewer than by default, so that this memory, which has
its bound, is full before growth is looked at."""

_KEY = "a-key-of-a-server-that-is-thrown-away"
_PAGES = (
    "/v1/comments?limit=50&authenticity=spam",
    "/v1/comments?limit=50&q=super",
    "/v1/review/queue?limit=50",
    "/desk/comments",
    "/desk/overview",
)
_OK = 200


def run(setting: Setting) -> Finding:
    """Uses a server on each kind of database and watches its memory."""
    figures: list[Figure] = []
    skipped: list[str] = []
    rounds = setting.sizes.uses
    for backend, place, url in on_each(setting, skipped):
        resident, decisions = _measure(setting, url, place)
        figures += [
            Figure(
                f"{backend}: memory grows over the run by",
                growth(resident),
                "%",
                FLOOR_GROWTH,
                most=True,
            ),
            Figure(f"{backend}: median memory", statistics.median(resident) / 1e6, "MB"),
            Figure(f"{backend}: highest memory", max(resident) / 1e6, "MB"),
            Figure(f"{backend}: decisions made", decisions, "decisions"),
        ]
    return Finding(
        name=NAME,
        title="A server in use for long",
        how=(
            f"`sedno serve`, asked {rounds:,} times over: {_PER_REQUEST} new comments kept and "
            f"classified ({rounds * _PER_REQUEST:,} in all), {len(_PAGES)} lists, searches and "
            "pages of the desk, one comment taken from the queue and decided on, every fifth "
            f"decision undone. The server remembers the answers to {_CACHED:,} texts. Resident "
            "memory of the server and its children after each round; "
            f"growth is a straight-line fit after the first fifth.{without(skipped)}"
        ),
        figures=tuple(sorted(figures, key=lambda figure: figure.floor is None)),
    )


def _measure(setting: Setting, url: str, place: Path) -> tuple[list[int], int]:
    """Resident bytes after each round, and how many decisions were made."""
    server = Server(
        setting.command(),
        {
            "SEDNO_MODEL": str(setting.artifact),
            "SEDNO_DATABASE_URL": url,
            "SEDNO_DATA_DIR": str(place / "data"),
            "SEDNO_API_KEY": _KEY,
            "SEDNO_CACHE_SIZE": str(_CACHED),
        },
        place / "serve.log",
    )
    server.run("db", "migrate")
    pipeline = server.as_another(Authorization=f"Bearer {_KEY}")
    moderator = Moderator(server)
    resident: list[int] = []
    with running(server):
        for comments in _requests(setting):
            moderator.work_once()
            answer = pipeline.post_json("/v1/comments", comments)
            if answer.status != _OK or answer.json()["counts"]["stored"] != len(comments):
                raise BenchError(f"ingest answered {answer.status}: {answer.body[:300]!r}")
            for path in _PAGES:
                page = server.get(path)
                if page.status != _OK:
                    raise BenchError(f"{path} answered {page.status}: {page.body[:200]!r}")
            if moderator.fault is not None:
                raise BenchError(moderator.fault)
            resident.append(_resident(server))
    return resident, len(moderator.decided)


def _requests(setting: Setting) -> Iterator[Sequence[dict[str, Any]]]:
    texts = stream(setting.inputs.texts, setting.sizes.uses * _PER_REQUEST)
    for first in range(0, setting.sizes.uses * _PER_REQUEST, _PER_REQUEST):
        yield as_sent(islice(texts, _PER_REQUEST), first=first, prefix="u")


def _resident(server: Server) -> int:
    if server.process is None:
        return 0
    whole = psutil.Process(server.process.pid)
    return sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True)))

"""Pages of a full database through HTTP: lists, searches, and the review queue."""

from __future__ import annotations

import secrets
import urllib.parse
from pathlib import Path

from sedno.evaluation.bench.clock import percentile
from sedno.evaluation.bench.databases import on_each, without
from sedno.evaluation.bench.findings import Figure, Finding
from sedno.evaluation.bench.process import Server, running
from sedno.evaluation.bench.setting import BenchError, Setting

NAME = "stored_pages"
MOST_MS = 100.0

PAGES = {
    "newest": "",
    "source": "source=sklep",
    "post": "source=sklep&post_id=p-{post}",
    "language": "language=uk",
    "spam": "authenticity=spam",
    "unsure spam": "authenticity=spam&authenticity_max=0.55",
    "toxic Ukrainian": "toxicity=toxic&language=uk",
    "one week": "since={since}&until={until}",
    "toxic of a week": "since={since}&until={until}&toxicity=toxic",
    "open for review": "review_state=open",
    "open and toxic": "review_state=open&toxicity=toxic",
    "a common word": "q=super",
    "two words": "q=dzwiek+kiedy",
    "a beginning": "q=prze",
    "a word and a label": "q=super&sentiment=negative",
    "one comment by its id": "external_id=f-777",
    "a post of any source": "post_id=p-{post}",
    "a rare language": "language=is",
    "a rare language of a source": "language=is&source=blog",
    "a rare language, toxic": "language=is&toxicity=toxic",
    "a rare language, open": "language=is&review_state=open",
    "a language that there is not": "language=xx&source=sklep",
    "escalated of a source": "review_state=escalated&source=blog",
    "failed of a source": "state=failed&source=blog",
    "a product": "product=krem-9",
    "a model that there is not": "model=older@1",
    "five labels": "toxicity=toxic&authenticity=spam&sentiment=mixed&question=question"
    "&substance=generic",
    "least sure of all": "substance_max=0.4502",
    "least sure of a label": "substance=generic&substance_max=0.4502",
    "so unsure is none": "toxicity=ok&toxicity_max=0.1",
    "so unsure is none, of a source": "source=blog&toxicity=ok&toxicity_max=0.1",
    "a word of a rare language": "q=super&language=is",
    "a word of an old week": "q=super&since={since}&until={until}",
}
"""Query of each page of the list."""

QUEUE = {
    "the queue": "",
    "the queue of a source": "source=sklep",
    "the queue of a language": "language=uk",
    "the queue of a rare language": "language=is",
    "the queue of a label": "label=toxicity:toxic",
    "the queue of a label, language and source": "label=authenticity:spam&language=uk&source=blog",
    "the queue of a language that there is not": "language=xx",
    "what was skipped": "state=skipped&source=blog",
}
"""Query of each page of the queue."""

BESIDE = {
    "beside a comment: its author and similar ones": "/desk/comments/{post}/around",
    "the overview": "/desk/overview",
}
"""Pages that are no lists: told, not judged."""

_TIMES = 20
_OK = 200


def run(setting: Setting) -> Finding:
    """Times the pages on each kind of database."""
    figures: list[Figure] = []
    skipped: list[str] = []
    for backend, place, url in on_each(setting, skipped):
        times, beside = _measure(setting, url, place)
        slowest = max(times, key=lambda name: percentile(times[name], 0.95))
        figures.append(
            Figure(
                f"{backend}: slowest page ({slowest}), 95th percentile",
                percentile(times[slowest], 0.95),
                "ms",
                MOST_MS,
                most=True,
            )
        )
        figures += [
            Figure(f"{backend}: {name}, 95th percentile", percentile(values, 0.95), "ms")
            for name, values in (times | beside).items()
        ]
    return Finding(
        name=NAME,
        title="Pages of a full database",
        how=(
            f"{setting.sizes.stored:,} made-up comments with answers are stored; `sedno serve` is "
            f"asked through HTTP for each page {_TIMES} times, every second time for the page "
            "that follows. The pages of the desk are its own: one takes a comment and counts what "
            "waits. What stands beside a comment is fetched after its page and told without a "
            f"floor, like the overview. The first request of each kind is left out."
            f"{without(skipped)}"
        ),
        figures=tuple(sorted(figures, key=lambda figure: figure.floor is None)),
    )


def _measure(
    setting: Setting, url: str, place: Path
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    server = Server(
        setting.command(),
        {
            "SEDNO_MODEL": str(setting.artifact),
            "SEDNO_DATABASE_URL": url,
            "SEDNO_DATA_DIR": str(place / "data"),
            "SEDNO_JOB_WORKERS": "0",
        },
        place / "serve.log",
    )
    server.run("db", "fill", str(setting.sizes.stored))
    password = secrets.token_urlsafe(24)
    server.run("users", "create", "bench", "--role", "admin", given=password + "\n")
    known = {
        "post": str(setting.sizes.stored // 400),
        "since": "2024-01-08T00:00:00Z",
        "until": "2024-01-15T00:00:00Z",
    }
    with running(server):
        form = urllib.parse.urlencode({"login": "bench", "password": password})
        signed_in = server.send(
            "/desk/login", form.encode(), {"Content-Type": "application/x-www-form-urlencoded"}
        )
        if signed_in.status != _OK:
            raise BenchError(f"the desk's login answered {signed_in.status}")
        times = {
            name: _list(server, "/v1/comments", query.format(**known), "cursor", "next")
            for name, query in PAGES.items()
        }
        for name, query in QUEUE.items():
            times[name] = _list(server, "/v1/review/queue", query, "after", "next_after")
            times[f"the desk: {name}"] = _ask(server, f"/desk/review?{query}")
        times["the desk: its list"] = _ask(server, "/desk/comments")
        beside = {name: _ask(server, path.format(**known)) for name, path in BESIDE.items()}
    return times, beside


def _list(server: Server, path: str, query: str, after: str, following: str) -> list[float]:
    times: list[float] = []
    cursor = ""
    for number in range(_TIMES + 1):
        answer = server.get(f"{path}?limit=50&{query}{cursor}")
        if answer.status != _OK:
            raise BenchError(f"the page {query!r} answered {answer.status}: {answer.body[:200]!r}")
        last = answer.json()[following]
        cursor = f"&{after}={last}" if last and number % 2 == 0 else ""
        times.append(1000 * answer.seconds)
    return times[1:]


def _ask(server: Server, path: str) -> list[float]:
    times: list[float] = []
    for _ in range(_TIMES + 1):
        answer = server.get(path)
        if answer.status != _OK:
            raise BenchError(f"{path} answered {answer.status}: {answer.body[:200]!r}")
        times.append(1000 * answer.seconds)
    return times[1:]

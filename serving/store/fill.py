"""Fills a database with made-up comments and answers, to measure how it does when it is full."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

import numpy as np
from sqlalchemy import insert, text

from sedno.models.taxonomy import TASKS
from sedno.serving.review.priority import priority
from sedno.serving.store.base import day_of
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signature
from sedno.serving.store.tables.comments import CLASSIFIED, StoredComment, StoredPrediction
from sedno.serving.store.words import derived

SOURCES = ("youtube", "facebook", "instagram", "sklep", "forum", "blog")
LANGUAGES = ("pl", "pl", "pl", "pl", "pl", "pl", "pl", "uk", "en", "de")

_BATCH = 2_000
_START = datetime(2024, 1, 1, tzinfo=UTC)
_SYLLABLES = (
    *("ka", "ro", "wi", "cza", "szy", "dźwię", "ło", "mą", "prze", "sta", "nie", "ści"),
    *("kie", "dy", "dru", "gi", "se", "zon", "pol", "ski", "żó", "łw", "ba", "te", "ria"),
)
_COMMON = ("super", "dzięki", "kiedy", "dźwięk", "odcinek", "nie", "jest", "polecam", "bardzo")
_WORDS = 30_000
# What is rare comes at these remainders, so that there is some of it in any great number.
_RARE = 7
_SETTLED = {9_001: "escalated", 997: "skipped", 11: "decided"}
_SURE = 0.55
_REACH_KNOWN = 0.5
# By task, how often each label comes: like the comments under large channels.
_SHARES = {
    "substance": (0.45, 0.55),
    "authenticity": (0.93, 0.07),
    "sentiment": (0.2, 0.35, 0.38, 0.07),
    "question": (0.12, 0.88),
    "toxicity": (0.05, 0.95),
}


def fill(
    database: Database,
    rows: int,
    *,
    seed: int = 0,
    on_progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Adds comments of a source's usual mixture, each with an answer.

    Args:
        database: Where; its tables must be there.
        rows: How many.
        seed: The same seed gives the same comments.
        on_progress: Called with the rows done.
    """
    made = _comments(rows, random.Random(seed))  # noqa: S311 - nothing secret
    done = 0
    while batch := list(_take(made, _BATCH)):
        with database.transaction() as session:
            found = session.execute(
                insert(StoredComment).returning(StoredComment.id, sort_by_parameter_order=True),
                batch,
            )
            ids = found.scalars().all()
            session.execute(
                insert(StoredPrediction),
                [
                    {
                        "comment_id": number,
                        "version": 1,
                        "model": row["model"],
                        "created_at": row["received_at"],
                        "answer": row["answer"],
                    }
                    for number, row in zip(ids, batch, strict=True)
                ],
            )
        done += len(batch)
        on_progress(done)
    # PostgreSQL would do the rest of it in the background sooner or later, beside what is measured.
    tidy = "VACUUM (ANALYZE)" if database.engine.dialect.name == "postgresql" else "ANALYZE"
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(tidy))


def _take(rows: Iterator[dict[str, Any]], most: int) -> Iterator[dict[str, Any]]:
    yield from islice(rows, most)


def _comments(rows: int, rng: random.Random) -> Iterator[dict[str, Any]]:
    words = ["".join(rng.choices(_SYLLABLES, k=rng.randint(1, 4))) for _ in range(_WORDS)]
    # Words come as they do in any language, the rank-th in proportion to 1/rank.
    weights = list(accumulate(1.0 / (rank + 10) for rank in range(_WORDS)))
    for number in range(rows):
        length = min(60, 2 + int(rng.expovariate(1 / 12)))
        said = rng.choices(words, cum_weights=weights, k=length)
        if number % 3 == 0:
            said[0] = rng.choice(_COMMON)
        yield _comment(number, " ".join(said), rng)


def _comment(number: int, said: str, rng: random.Random) -> dict[str, Any]:
    at = _START + timedelta(seconds=number * 60 + rng.randint(-30_000, 30_000))
    labels: dict[str, Any] = {}
    columns: dict[str, Any] = {}
    doubtful = False
    for task in TASKS:
        label = rng.choices(task.labels, weights=_SHARES[task.name])[0]
        score = round(1 - rng.random() ** 2 * 0.55, 4)
        rest = round((1 - score) / (len(task.labels) - 1), 4)
        review = score < _SURE
        doubtful = doubtful or review
        scores = {name: score if name == label else rest for name in task.labels}
        labels[task.name] = {"label": label, "scores": scores, "review": review}
        columns |= {task.name: label, f"{task.name}_score": score}
    language = rng.choice(LANGUAGES)
    if number % 5_003 == _RARE:
        language = "is"
    answer = {
        "id": f"f-{number}",
        "language": language,
        "labels": labels,
        "needs_review": doubtful,
        "model": "made-up@1",
    }
    reach = int(rng.paretovariate(0.8) * 50) if rng.random() < _REACH_KNOWN else None
    reach = None if reach is None else min(reach, 10**9)
    worth = priority(answer, reach)
    return {
        "source": rng.choice(SOURCES),
        "external_id": f"f-{number}",
        "text": said,
        **derived(said),
        "language": language,
        "author": f"{rng.randrange(max(1, number // 4 + 1)):026d}",
        "posted_at": at,
        "at": at,
        "post_id": f"p-{number // 200}",
        "product": f"krem-{number % 10}" if number % 701 == _RARE else None,
        "reach": reach,
        "received_at": at,
        "received_day": day_of(at),
        "updated_at": at,
        "version": 1,
        "state": CLASSIFIED,
        "model": "made-up@1",
        **columns,
        "signature": signature({name: answer["label"] for name, answer in labels.items()}),
        "spam_probability": labels["authenticity"]["scores"]["spam"],
        "toxic_probability": labels["toxicity"]["scores"]["toxic"],
        "answer": answer,
        "needs_review": doubtful,
        "doubt": worth.doubt,
        "priority": worth.value,
        "review_state": next(
            (state for every, state in _SETTLED.items() if number % every == _RARE),
            "open" if doubtful else "none",
        ),
        "embedding": (np.frombuffer(rng.randbytes(384), np.int8) / np.float16(2_500)).tobytes(),
    }

"""However a page is found, it holds the same comments: those that a look at each one leaves."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sedno.models.taxonomy import TASK_BY_NAME, TASKS
from sedno.serving.store import comments, selective
from sedno.serving.store.comments import Filters, Scores
from sedno.serving.store.database import Database
from sedno.serving.store.signature import signature
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.words import derived, fold

START = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = ("żółw", "zolwie", "kiedy", "po", "poczta", "sezon", "x1")
COLUMNS = {
    "source": ("sklep", "blog"),
    "language": ("pl", "uk", None),
    "review_state": ("none", "open", "decided"),
    "state": ("classified", "failed"),
    "model": ("m@1", "m@2", None),
    "product": ("krem", None),
    "post_id": ("p", "q"),
    "needs_review": (True, False),
}


def made_up(chance: random.Random, number: int) -> StoredComment:
    """A comment of any kind; one in ten has no answer."""
    text = " ".join(chance.choices(WORDS, k=3))
    answered = chance.random() > 0.1
    labels = {task.name: chance.choice(task.labels) for task in TASKS} if answered else {}
    scores = {f"{name}_score": chance.choice((0.3, 0.6, 0.9)) for name in labels}
    return StoredComment(
        external_id=str(number),
        text=text,
        **derived(text),
        at=START + timedelta(minutes=chance.randrange(60)),
        signature=signature(labels),
        **{name: chance.choice(values) for name, values in COLUMNS.items()},
        **labels,
        **scores,
    )


def asked_for(chance: random.Random) -> Filters:
    """Filters of any kind."""
    given: dict[str, Any] = {
        name: chance.choice(("nothing", *filter(None, values)) if name != "state" else values)
        for name, values in COLUMNS.items()
        if name not in ("needs_review", "review_state") and chance.random() < 0.2
    }
    for name in ("needs_review", "review_state"):
        if chance.random() < 0.2:
            given[name] = chance.choice(COLUMNS[name])
    names = [task.name for task in TASKS]
    labelled = chance.sample(names, chance.choice((0, 0, 1, 2)))
    scored = chance.sample(names, chance.choice((0, 0, 1, 2)))
    spans = (Scores(0.5), Scores(most=0.7), Scores(0.5, 0.7), Scores())
    if chance.random() < 0.3:
        given["since"] = START + timedelta(minutes=chance.randrange(60))
    if chance.random() < 0.4:
        given["text"] = " ".join(chance.sample(("zolw", "po", "kie", "sezon", "x1", "Żół"), 1))
    return Filters(
        labels={name: chance.choice(TASK_BY_NAME[name].labels) for name in labelled},
        scores={name: chance.choice(spans) for name in scored},
        **given,
    )


def leaves(filters: Filters, comment: StoredComment) -> bool:
    """Whether a look at the comment itself lets it pass."""
    for name in COLUMNS:
        wanted = getattr(filters, name)
        if wanted is not None and getattr(comment, name) != wanted:
            return False
    if any(getattr(comment, task) != label for task, label in filters.labels.items()):
        return False
    for task, span in filters.scores.items():
        score = getattr(comment, f"{task}_score")
        if span != Scores() and (score is None or not span.least <= score <= span.most):
            return False
    if filters.since is not None and comment.at < filters.since:
        return False
    return all(
        any(
            word.startswith(looked_for) if len(looked_for) > 2 else word == looked_for
            for word in comment.folded.split()
        )
        for looked_for in fold(filters.text or "").split()
    )


@pytest.mark.parametrize(("few", "some"), [(0, 0), (0, 40), (5, 10), (2_000, 20_000)])
def test_every_way_gives_the_same_pages(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int, some: int
) -> None:
    """Read off an index, or the few of one filter looked at one by one."""
    monkeypatch.setattr(selective, "FEW", few)
    monkeypatch.setattr(selective, "SOME", some)
    chance = random.Random(few + some)
    kept = [made_up(chance, number) for number in range(150)]
    with database.transaction() as session:
        session.add_all(kept)
    found_any = 0
    for _ in range(120):
        filters = asked_for(chance)
        order = (lambda c: c.id) if filters.text else (lambda c: (c.at, c.id))
        expected = [c.id for c in sorted(filter(lambda c: leaves(filters, c), kept), key=order)]
        seen: list[int] = []
        cursor = None
        with database.session() as session:
            while True:
                page = comments.page(session, filters, cursor=cursor, limit=7)
                seen += [comment.id for comment in page.comments]
                cursor = page.next
                if cursor is None:
                    break
            assert seen == expected[::-1], filters
            assert comments.count(session, filters) == len(expected), filters
        found_any += bool(expected)
    assert found_any > 40

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from sedno.serving.review import acts, bulk, queue
from sedno.serving.review.agreement import Share, kappa
from sedno.serving.review.overview import overview
from sedno.serving.review.sampling import lot
from sedno.serving.store.base import now, today
from sedno.serving.store.migrate import revise
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch, Decision


def test_kappa_is_agreement_beyond_chance() -> None:
    """The textbook's table: 20 + 15 agree of 50, where chance alone gives half."""
    pairs = [("a", "a")] * 20 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("b", "b")] * 15
    found = kappa(pairs)
    assert (found.pairs, found.agreed) == (50, 35)
    assert found.kappa == pytest.approx(0.4)


def test_kappa_says_nothing_where_chance_explains_all() -> None:
    """No pair, or one label only."""
    assert kappa([]).kappa is None
    assert kappa([("a", "a")] * 9).kappa is None


def test_kappa_agrees_with_scikit_learn() -> None:
    """On random labels, against a library that is widely trusted."""
    metrics = pytest.importorskip("sklearn.metrics")
    rng = random.Random(3)
    pairs = [(rng.choice("abc"), rng.choice("abcc")) for _ in range(300)]
    expected = metrics.cohen_kappa_score(*zip(*pairs, strict=True))
    assert kappa(pairs).kappa == pytest.approx(expected)


def test_an_interval_holds_for_few_cases() -> None:
    """Ten of ten does not mean always."""
    interval = Share(10, 10).interval
    assert interval is not None
    assert interval[0] == pytest.approx(0.722, abs=0.001)
    assert Share(0, 0).interval is None


def test_the_figures_of_the_page(desk: Any) -> None:
    """Backlog, decisions today, agreement, share without a look, kappa; a stroke counts once."""
    kept, corrected, undone, skipped = (desk.add(f"t{n}") for n in range(4))
    desk.add("pewny", score=0.95, state="none")
    sampled = desk.add("z próby", score=0.95, sample=0.001)
    source = desk.add("kup")
    desk.add("kup")
    with desk.transaction() as session:
        acts.decide(session, desk.anna, kept, desk.proposed, version=1, second_share=1.0)
        acts.decide(session, desk.anna, corrected, desk.other, version=1)
        acts.decide(session, desk.anna, undone, desk.other, version=1)
        acts.undo(session, desk.anna)
        acts.skip(session, desk.anna, skipped, version=1)
        acts.decide(session, desk.anna, sampled, desk.other, version=1)
        assert queue.take_next(session, desk.piotr) is not None
        acts.decide(session, desk.piotr, kept, desk.proposed, version=1)
        batch = bulk.count(session, desk.anna, source, desk.proposed).batch.id
        bulk.step(session, desk.anna, batch)
        found = overview(session)
    assert found.standing == {"none": 1, "open": 1, "decided": 5, "escalated": 0, "skipped": 1}
    assert found.automatic == Share(2, 8)
    assert found.automatic_weeks[-1][1] == Share(2, 8)
    assert found.days[-1][1] == 6
    assert found.counted == 5
    assert found.weeks[-1].shares["sentiment"] == Share(3, 5)
    assert found.weeks[-1].shares["toxicity"] == Share(5, 5)
    assert found.sample.sure["sentiment"] == Share(0, 1)
    assert found.sample.sure["toxicity"] == Share(1, 1)
    assert (found.kappas["sentiment"].pairs, found.kappas["sentiment"].agreed) == (1, 1)
    assert found.second_opinions == 0


def test_only_first_decisions_on_drawn_comments_count(desk: Any) -> None:
    """What was picked by hand, decided in a stroke or a second time says nothing of the sample."""
    spam = {"authenticity": "spam"}
    drawn = [desk.add(f"a{n}", answer=desk.said(0.7, **spam), sample=n / 1000) for n in range(3)]
    sure = desk.add("b", answer=desk.said(0.95), sample=0.005)
    picked = desk.add("c", answer=desk.said(0.95), state="none")
    in_stroke = desk.add("d", sample=0.006)
    source = desk.add("d")
    undone = desk.add("e", sample=0.007)
    really = {**desk.proposed, "authenticity": "spam"}
    with desk.transaction() as session:
        acts.decide(session, desk.anna, drawn[0], really, version=1, second_share=1.0)
        acts.decide(session, desk.anna, drawn[1], desk.proposed, version=1)
        acts.decide(session, desk.anna, sure, desk.other, version=1)
        acts.decide(session, desk.anna, picked, desk.other, version=1)
        acts.decide(session, desk.anna, undone, desk.other, version=1)
        acts.undo(session, desk.anna)
        # The second opinion is no first decision.
        acts.decide(session, desk.piotr, drawn[0], desk.other, version=1)
        batch = bulk.count(session, desk.anna, source, desk.proposed).batch
        assert in_stroke not in [number for number, _ in batch.members]
        bulk.step(session, desk.anna, batch.id)
        found = overview(session).sample
    assert (found.decided, found.waiting) == (3, 3)
    assert found.precision == {"spam": Share(1, 2), "toxic": Share(3, 3)}
    assert found.right["authenticity"] == Share(2, 3)
    assert found.right["sentiment"] == Share(2, 3)
    assert found.sure["sentiment"] == Share(0, 1)


def test_page_and_queue_agree_on_what_waits(desk: Any) -> None:
    """A comment that the model failed at waits like any other."""
    desk.add("a")
    desk.add("b", state="open", answer={**desk.said(), "labels": {}, "needs_review": True})
    with desk.transaction() as session:
        session.execute(
            update(StoredComment).where(StoredComment.text == "b").values(state="failed")
        )
        assert queue.count_waiting(session) == 2
        found = overview(session)
    assert found.standing["open"] == 2
    assert found.backlog[-1][1] == 2
    assert found.automatic == Share(0, 2)


def test_strokes_erase_no_history(desk: Any) -> None:
    """However many comments were decided in strokes since, earlier decisions still count."""
    early = [desk.add(f"t{n}") for n in range(3)]
    with desk.transaction() as session:
        for comment in early:
            acts.decide(session, desk.anna, comment, desk.proposed, version=1)
        session.execute(update(Decision).values(day=Decision.day - 20))
        old = session.scalars(select(Decision)).first()
        columns = {column.name: getattr(old, column.name) for column in Decision.__table__.columns}
        batch = BulkBatch(
            source_comment_id=early[0],
            person_id=1,
            by="anna",
            labels=desk.proposed,
            members=[],
            created_at=now(),
        )
        session.add(batch)
        session.flush()
        stroke = {**columns, "day": today(), "batch_id": batch.id, "looked": False}
        del stroke["id"]
        session.execute(insert(Decision), [stroke] * 20_500)
        found = overview(session)
    assert found.counted == 3
    assert sum(number for _, number in found.days) == 20_503
    assert sum(week.shares["toxicity"].whole for week in found.weeks) == 3


def test_the_backlog_of_the_days_before(desk: Any) -> None:
    """What came in and what was decided since tell what waited then."""
    first, second, third = (desk.add(f"t{n}") for n in range(3))
    back = {first: 40, second: 10, third: 3}
    with desk.transaction() as session:
        for comment, days in back.items():
            session.execute(
                update(StoredComment)
                .where(StoredComment.id == comment)
                .values(received_day=today() - days)
            )
        session.expire_all()
        for comment in (first, second):
            acts.decide(session, desk.anna, comment, desk.proposed, version=1)
        moved = update(Decision).where(Decision.comment_id == second)
        session.execute(moved.values(day=today() - 5))
        acts.undo(session, desk.anna, None)
        acts.decide(session, desk.anna, second, desk.proposed, version=1)
        session.execute(moved.values(day=today() - 5))
        waited = [number for _, number in overview(session).backlog]
    assert waited == [1] * 17 + [2] * 5 + [1] * 2 + [2] * 3 + [1]


def test_migrated_decisions_count_as_they_did(desk: Any) -> None:
    """Figures of decisions that were there before the columns were."""
    number = next(n for n in itertools.count(1) if lot(n, 1) is not None)
    desk.add("pierwszy", id=number, sample=lot(number, 1))
    source = desk.add("kup")
    desk.add("kup")
    with desk.transaction() as session:
        acts.decide(session, desk.anna, number, desk.other, version=1)
        batch = bulk.count(session, desk.anna, source, desk.proposed).batch.id
        bulk.step(session, desk.anna, batch)
        before = overview(session)
    with desk.database.engine.begin() as connection:
        revise(connection, "0007")
        revise(connection, "head")
    with desk.transaction() as session:
        assert overview(session) == before
    assert before.sample.decided == 1
    assert before.counted == 2

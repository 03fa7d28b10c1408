from __future__ import annotations

import random
from typing import Any

import pytest

from sedno.serving.review import acts, bulk, queue
from sedno.serving.review.agreement import Share, kappa
from sedno.serving.review.overview import overview


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
    sampled = desk.add("z próby", score=0.95)
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
    assert found.days[-1][1] == 6
    assert found.counted == 5
    assert found.weeks[-1].shares["sentiment"] == Share(3, 5)
    assert found.weeks[-1].shares["toxicity"] == Share(5, 5)
    assert found.sure["sentiment"] == Share(0, 1)
    assert found.sure["toxicity"] == Share(1, 1)
    assert (found.kappas["sentiment"].pairs, found.kappas["sentiment"].agreed) == (1, 1)
    assert found.second_opinions == 0

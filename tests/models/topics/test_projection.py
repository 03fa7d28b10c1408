from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sedno.models.topics import engine, projection, state
from sedno.models.topics.describe import related
from sedno.models.topics.records import Asked, Member, Options, Topic, Unit

Make = Callable[..., list[Asked]]


def places(found: Any) -> np.ndarray[Any, Any]:
    """Where the questions are drawn."""
    return np.array([(member.x, member.y) for member in found.members], dtype=float)


def test_questions_of_a_topic_lie_together(make: Make) -> None:
    """Nearer to those of their own topic than to all others, inside the unit square."""
    found = projection.drawn(engine.fit(make(60), model="m@1"), seed=0)
    at = places(found)
    assert at.min() >= 0.0
    assert at.max() <= 1.0
    away = np.linalg.norm(at[:, None] - at[None], axis=2)
    topics = np.array([member.topic for member in found.members])
    assert len(set(topics)) == 3
    alike = topics[:, None] == topics[None]
    assert away[alike].mean() < 0.5 * away[~alike].mean()


def test_the_same_questions_make_the_same_map(make: Make) -> None:
    """To the last digit, so that a page does not change where nothing has."""
    found = engine.fit(make(40), model="m@1")
    once, again = (projection.drawn(found, seed=3) for _ in range(2))
    assert (places(once) == places(again)).all()


@pytest.mark.parametrize("count", [0, 1, 2, 3, 5, 6, 9])
def test_few_questions_have_a_place_too(make: Make, count: int) -> None:
    """Too few for neighbourhoods: still a place for each, and no warning."""
    found = projection.drawn(engine.fit(make(count), model="m@1"), seed=0)
    assert len(found.members) == count
    assert all(0.0 <= (member.x or 0.0) <= 1.0 for member in found.members)
    assert all(member.x is not None for member in found.members)


def test_copies_stand_around_one_place() -> None:
    """All identical: each can be seen, none is far."""
    vector = np.eye(1, 32, dtype=np.float32)[0]
    asked = [Asked(f"q{at}", (Unit("Ile kosztuje?", vector),)) for at in range(40)]
    found = projection.drawn(engine.fit(asked, model="m@1"), seed=0)
    assert len({(member.x, member.y) for member in found.members}) == len(asked)


def test_of_many_questions_every_topic_has_its_share() -> None:
    """A sample: no more than asked for, and the smallest topic is in it."""
    shown = ["a"] * 900 + ["b"] * 98 + ["c"] * 2
    rows = projection.sample(shown, seed=0, most=100)
    kept = [shown[row] for row in rows]
    assert len(rows) == len(set(rows.tolist())) <= 100
    assert kept.count("c") >= 1
    assert 85 <= kept.count("a") <= 92
    assert (rows == projection.sample(shown, seed=0, most=100)).all()
    assert len(projection.sample([f"t{at}" for at in range(50)], seed=0, most=10)) == 10


def test_places_are_kept_in_the_state_and_later_questions_join(make: Make, tmp_path: Any) -> None:
    """The map does not jump when comments come; a new one stands beside those it is like."""
    found = projection.drawn(engine.fit(make(30), model="m@1"), seed=0)
    state.save(found, tmp_path / "topics.state")
    kept = state.load(tmp_path / "topics.state")
    assert (places(kept) == places(found)).all()
    grown = projection.joined(engine.update(kept, make(6, first=30)))
    assert (places(grown)[:30] == places(found)).all()
    at = places(grown)
    for new in range(30, 36):
        away = np.linalg.norm(at[:30] - at[new], axis=1)
        assert grown.members[int(away.argmin())].topic == grown.members[new].topic
    full = projection.joined(engine.update(kept, make(6, first=30)), most=30)
    assert [member.x for member in full.members[30:]] == [None] * 6


def test_a_state_of_before_is_read(make: Make, tmp_path: Any) -> None:
    """Without places, products and neighbours."""
    found = engine.fit(make(12), Options(), model="m@1")
    bare = replace(found, topics=tuple(replace(topic, related=()) for topic in found.topics))
    state.save(bare, tmp_path / "topics.state")
    kept = state.load(tmp_path / "topics.state")
    assert {member.x for member in kept.members} == {None}
    old = {name: value for name, value in bare.topics[0].to_dict().items()
           if name not in {"products", "related"}}  # fmt: skip
    assert Topic.from_dict(old).to_dict() == bare.topics[0].to_dict()


def test_near_topics_know_each_other() -> None:
    """Two of one matter, others of none; nobody is related to itself."""
    rng = np.random.default_rng(0)
    away = np.eye(8, 32)
    # The first two lean the same way.
    lean = [2.0, 2.0, 0.0, 0.0, 0.0, 0.0]
    rows = [at % 6 for at in range(120)]
    vectors = np.stack(
        [away[kind] + lean[kind] * away[7] + 0.05 * rng.normal(size=32) for kind in rows]
    ).astype(np.float32)
    members = [
        Member(str(at), 0, "?", "s", f"t{kind}", 1.0, True, None, None, None, None)
        for at, kind in enumerate(rows)
    ]
    found = related(members, vectors, [member.topic for member in members])
    assert found == {"t0": ("t1",), "t1": ("t0",)} | {f"t{at}": () for at in range(2, 6)}
    assert related(members[:1], vectors[:1], ["t0"]) == {}


def test_products_are_counted(make: Make) -> None:
    """By comment, the most frequent first; who names none is not counted."""
    asked = [
        replace(one, product=("Kurtka", "Plecak", None)[at // 3 % 3])
        for at, one in enumerate(make(45))
    ]
    found = engine.fit(asked, model="m@1")
    assert [dict(topic.products) for topic in found.topics] == [{"Kurtka": 5, "Plecak": 5}] * 3

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sedno.serving.privacy.erase import erase_where
from sedno.serving.review import acts, alike, bulk, queue
from sedno.serving.review.errors import NothingToUndoError
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import BulkBatch

UNIT = np.eye(384, dtype=np.float32)


def near(cosine: float) -> Any:
    """A vector at this cosine to the first axis."""
    return cosine * UNIT[0] + np.sqrt(1 - cosine**2) * UNIT[1]


def count(desk: Any, comment: int) -> Any:
    """Counts what is alike."""
    with desk.transaction() as session:
        counted = bulk.count(session, desk.anna, comment, desk.other)
        return counted.batch.id, counted


def run(desk: Any, batch: int, size: int = 2) -> BulkBatch:
    """Goes through a batch to its end."""
    while True:
        with desk.transaction() as session:
            stepped = bulk.step(session, desk.anna, batch, size=size)
        if stepped.state == "done":
            return stepped


def test_alike_is_the_same_text_or_nearly_the_same_meaning(desk: Any) -> None:
    """Waiting comments only; the examples begin with the least alike."""
    source = desk.add("Kup teraz", embedding=UNIT[0])
    copy = desk.add("Kup teraz", source="tiktok:@b")
    close = desk.add("Kup już teraz", embedding=near(0.98))
    skipped = desk.add("Kup", embedding=near(0.99), state="skipped")
    desk.add("Kup mi kota", embedding=near(0.9))
    desk.add("Kup teraz", state="decided")
    desk.add("Kup teraz.", embedding=np.ones(8))
    _, counted = count(desk, source)
    assert [member for member, _ in counted.batch.members] == [source, copy, skipped, close]
    assert [example.id for example in counted.examples] == [close, skipped, copy]
    assert desk.state(copy) == "open", "nothing happens before it is confirmed"


def test_exactly_the_counted_ones_are_decided(desk: Any) -> None:
    """What came, changed, was settled or opened meanwhile is left alone; progress is told."""
    source = desk.add("x")
    kept = [desk.add("x") for _ in range(3)]
    changed, settled, opened = desk.add("x"), desk.add("x"), desk.add("x", score=0.3)
    batch, counted = count(desk, source)
    assert len(counted.batch.members) == 7
    late = desk.add("x")
    with desk.transaction() as session:
        session.get_one(StoredComment, changed).version = 2
        acts.decide(session, desk.piotr, settled, desk.proposed, version=1)
        assert queue.open_one(session, desk.piotr, opened) is not None
    with desk.transaction() as session:
        begun = bulk.step(session, desk.anna, batch, size=2)
    assert (begun.state, begun.at) == ("running", 2)
    done = run(desk, batch)
    assert (done.at, done.applied) == (7, 4)
    assert {desk.state(comment) for comment in kept} == {"decided"}
    assert [desk.state(c) for c in (changed, opened, late)] == ["open"] * 3


@pytest.mark.parametrize("finished", [True, False])
def test_one_key_takes_it_all_back(desk: Any, finished: bool) -> None:
    """Also when the stroke is still under way; and it does not go on afterwards."""
    source = desk.add("x")
    states = {desk.add("x", state=state): state for state in ("open", "skipped", "open")}
    states[source] = "open"
    batch, _ = count(desk, source)
    if finished:
        run(desk, batch)
    else:
        with desk.transaction() as session:
            bulk.step(session, desk.anna, batch, size=2)
    with desk.transaction() as session:
        undone = acts.undo(session, desk.anna)
        assert undone.batch_id == batch
        assert len(undone.decisions) == (4 if finished else 2)
    assert {comment: desk.state(comment) for comment in states} == states
    with desk.transaction() as session:
        assert bulk.step(session, desk.anna, batch).state == "undone"
    assert {comment: desk.state(comment) for comment in states} == states


@pytest.mark.parametrize("finished", [True, False])
def test_the_rest_is_taken_back_where_the_source_is_gone(desk: Any, finished: bool) -> None:
    """Erased or expired, the comment the stroke began at takes no undo along; the last one does."""
    source = desk.add("x")
    rest = [desk.add("x") for _ in range(3)]
    batch, _ = count(desk, source)
    if finished:
        run(desk, batch)
    else:
        with desk.transaction() as session:
            bulk.step(session, desk.anna, batch, size=2)
    erase_where(desk.database, StoredComment.id == source)
    if not finished:
        assert run(desk, batch).applied == 4, "it goes on without the comment it began at"
    with desk.transaction() as session:
        undone = acts.undo(session, desk.anna)
        assert undone.batch_id == batch
        assert len(undone.decisions) == 3
    assert {desk.state(comment) for comment in rest} == {"open"}
    for comment in rest:
        with desk.database.session() as session:
            assert session.get(BulkBatch, batch) is not None
        erase_where(desk.database, StoredComment.id == comment)
    with desk.database.session() as session:
        assert session.get(BulkBatch, batch) is None


def test_a_batch_is_its_makers(desk: Any) -> None:
    """Nobody else goes on with it or takes it back, save an editor."""
    source = desk.add("x")
    desk.add("x")
    batch, _ = count(desk, source)
    with pytest.raises(NothingToUndoError), desk.transaction() as session:
        bulk.step(session, desk.piotr, batch)
    run(desk, batch)
    with pytest.raises(NothingToUndoError), desk.transaction() as session:
        acts.undo_batch(session, desk.piotr, batch)
    with desk.transaction() as session:
        assert len(acts.undo_batch(session, desk.ewa, batch).decisions) == 2


def test_nothing_alike(desk: Any) -> None:
    """A stroke over nothing else decides the comment itself."""
    comment = desk.add("x")
    batch, counted = count(desk, comment)
    assert counted.batch.members == [[comment, 1]]
    assert counted.examples == ()
    assert run(desk, batch).applied == 1


def test_similar_comments_are_shown_once_a_text(desk: Any) -> None:
    """Of the same source, whatever was decided; not the comment's own copies."""
    source = desk.add("a", embedding=UNIT[0])
    desk.add("a", embedding=UNIT[0])
    first = desk.add("b", embedding=near(0.95), state="decided")
    desk.add("b", embedding=near(0.95))
    second = desk.add("c", embedding=near(0.9))
    desk.add("d", embedding=near(0.5))
    desk.add("e", embedding=near(0.95), source="tiktok:@b")
    with desk.database.session() as session:
        found = alike.similar(session, session.get_one(StoredComment, source))
    assert [item.id for item in found][-1] == second
    assert len(found) == 2
    assert found[0].id >= first

"""A second opinion is blind: nothing tells the second person what the first decided."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from sedno.serving.people import audit
from sedno.serving.people.actor import COMMAND_LINE, Actor
from sedno.serving.people.roles import Role
from sedno.serving.review import acts, blind, bulk, queue, records
from sedno.serving.review.errors import TakenError
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Claim, Decision

ADMIN = Actor("person", 9, "admin", Role.ADMIN)
PIPELINE = Actor("key", 1, "a key that has Anna's number", Role.PIPELINE)


def decided_by_anna(desk: Any) -> int:
    """A comment that Anna decided and that waits for a second opinion."""
    comment: int = desk.add()
    with desk.transaction() as session:
        acts.decide(session, desk.anna, comment, desk.other, version=1, second_share=1.0)
    return comment


def seen(desk: Any, actor: Actor, comment: int) -> tuple[int, int, int, str]:
    """What someone sees of it: decisions listed, exported, in the log; and where it stands."""
    with desk.database.session() as session:
        listed = [one for one in records.page(session, actor) if one.comment_id == comment]
        exported = [one for one in records.every(session, actor) if one.comment_id == comment]
        about = audit.Wanted(subject_kind="comment", subject=str(comment))
        entries = audit.page(session, about, *blind.entries_for(actor))
        assert len(list(audit.every(session, about, *blind.entries_for(actor)))) == len(entries)
        found = session.get_one(StoredComment, comment)
        state = blind.states_for(session, actor, [found])[comment]
    return len(listed), len(exported), len(entries), state


def test_the_first_decision_is_hidden_until_the_second(desk: Any) -> None:
    """From everybody but who took it; programs and the command line see all."""
    other = desk.add()
    with desk.transaction() as session:
        acts.decide(session, desk.anna, other, desk.other, version=1)
    comment = decided_by_anna(desk)
    for actor in (desk.piotr, desk.ewa, ADMIN):
        assert seen(desk, actor, comment) == (0, 0, 0, "open"), actor.name
        assert seen(desk, actor, other) == (1, 1, 1, "decided"), actor.name
    for actor in (desk.anna, COMMAND_LINE, PIPELINE):
        assert seen(desk, actor, comment) == (1, 1, 1, "decided"), actor.name
    with desk.transaction() as session:
        acts.decide(session, desk.piotr, comment, desk.other, version=1)
    for actor in (desk.anna, desk.piotr, desk.ewa, ADMIN):
        assert seen(desk, actor, comment) == (2, 2, 2, "decided"), actor.name


def test_a_lease_that_ran_out_does_not_lose_the_second_opinion(desk: Any) -> None:
    """It may be given as long as nobody else has; a third person is told that it is taken."""
    comment = decided_by_anna(desk)
    with desk.transaction() as session:
        taken = queue.take_next(session, desk.piotr)
        assert taken is not None
        assert taken.blind
        for claim in session.scalars(select(Claim)):
            session.delete(claim)
    with desk.transaction() as session:
        acts.decide(session, desk.piotr, comment, desk.other, version=1)
    with pytest.raises(TakenError), desk.transaction() as session:
        acts.decide(session, ADMIN, comment, desk.other, version=1)


def test_a_stroke_over_alike_ones_gives_the_second_opinion_too(desk: Any) -> None:
    """The comment it begins at is decided with the others, and comes back with them."""
    comment = decided_by_anna(desk)
    copy = desk.add()
    with desk.transaction() as session:
        batch = bulk.count(session, desk.piotr, comment, desk.proposed).batch.id
        done = bulk.step(session, desk.piotr, batch)
        assert (done.state, done.applied) == ("done", 2)
    assert (desk.state(comment), desk.state(copy)) == ("escalated", "decided"), "they differ"
    with desk.transaction() as session:
        acts.undo(session, desk.piotr)
        left = session.scalars(select(Decision.by).where(Decision.undone_at.is_(None))).all()
        assert left == ["anna"]
    assert (desk.state(comment), desk.state(copy)) == ("decided", "open")
    assert seen(desk, desk.piotr, comment)[0] == 1, "what they did and took back is theirs to see"

"""Whatever people do, in whatever order: undo leads to what would be had it not happened."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sedno.serving.review import acts, bulk
from sedno.serving.review.errors import ReviewError
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.review import Decision, Escalation, SecondOpinion

WHO = st.sampled_from(("anna", "piotr", "ewa"))
WHICH = st.integers(0, 2)
ACT = st.one_of(
    st.tuples(st.just("decide"), WHO, WHICH, st.booleans()),
    st.tuples(st.just("skip"), WHO, WHICH, st.just(False)),
    st.tuples(st.just("escalate"), WHO, WHICH, st.just(False)),
    st.tuples(st.just("bulk"), WHO, WHICH, st.booleans()),
)


def do(desk: Any, ids: list[int], act: tuple[str, str, int, bool]) -> list[int] | None:
    """Does something; the decisions it made, or nothing where it was refused."""
    what, name, which, other = act
    who = getattr(desk, name)
    labels = desk.other if other else desk.proposed
    try:
        with desk.transaction() as session:
            if what == "decide":
                made = acts.decide(session, who, ids[which], labels, version=1, second_share=0.5)
                return [made.id]
            if what == "skip":
                return [acts.skip(session, who, ids[which], version=1).id]
            if what == "escalate":
                return [acts.escalate(session, who, ids[which], version=1, note="?").id]
            batch = bulk.count(session, who, ids[which], labels).batch
            bulk.step(session, who, batch.id)
            return [
                row.id for row in session.query(Decision).filter(Decision.batch_id == batch.id)
            ] or None
    except ReviewError:
        return None


def picture(desk: Any) -> Any:
    """All that the desk shows of the comments."""
    with desk.database.session() as session:
        return (
            sorted((row.id, row.review_state) for row in session.query(StoredComment)),
            sorted(
                (row.comment_id, row.decision_id, row.reason) for row in session.query(Escalation)
            ),
            sorted((row.comment_id, row.first_person_id) for row in session.query(SecondOpinion)),
        )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ACT, max_size=8))
def test_undoing_everything_leads_back_step_by_step(
    desk: Any, steps: list[tuple[str, str, int, bool]]
) -> None:
    """Before each act a picture is taken; undone in the reverse order, each picture returns."""
    ids = [desk.add("kup teraz", state=state) for state in ("open", "none", "skipped")]
    pictures = []
    for act in steps:
        before = picture(desk)
        made = do(desk, ids, act)
        if made:
            pictures.append((before, made, getattr(desk, act[1])))
        else:
            assert picture(desk) == before, "what is refused changes nothing"
    for before, made, who in reversed(pictures):
        with desk.transaction() as session:
            acts.undo(session, who, made[0])
        assert picture(desk) == before
    with desk.transaction() as session:  # the next example begins with nothing
        for row in session.query(StoredComment):
            session.delete(row)


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(ACT, min_size=1, max_size=6), st.integers(0, 5))
def test_undoing_one_is_as_if_it_had_never_been(
    desk: Any, steps: list[tuple[str, str, int, bool]], at: int
) -> None:
    """Also out of order, with others' work behind it: no decision of others is lost."""
    ids = [desk.add("kup", state="open") for _ in range(3)]
    made = [(act, found) for act in steps if (found := do(desk, ids, act))]
    if made:
        act, decisions = made[at % len(made)]
        with desk.transaction() as session:
            acts.undo(session, getattr(desk, act[1]), decisions[0])
            standing = {row.id: row.undone_at is None for row in session.query(Decision)}
        others = {number for _, found in made for number in found} - set(decisions)
        assert all(standing[number] for number in others)
        assert not any(standing[number] for number in decisions)
    with desk.transaction() as session:
        for row in session.query(StoredComment):
            session.delete(row)

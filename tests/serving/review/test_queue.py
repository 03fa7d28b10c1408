from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from sedno.serving.review import acts, claims, queue
from sedno.serving.review.queue import Wanted


def take(desk: Any, who: Any, wanted: Wanted | None = None, **more: Any) -> int | None:
    """What the person gets next."""
    with desk.transaction() as session:
        taken = queue.take_next(session, who, wanted, **more)
        return None if taken is None else int(taken.comment.id)


def test_the_most_worthwhile_comes_first(desk: Any) -> None:
    """Doubt and reach decide, not the time of arrival; what needs no look never comes."""
    sure, seen, doubtful = (
        desk.add(score=0.9),
        desk.add(score=0.9, reach=10**6),
        desk.add(score=0.4),
    )
    desk.add(score=0.3, state="none")
    order = []
    after = None
    for _ in range(3):
        after = take(desk, desk.anna, after=after)
        order.append(after)
    assert order == [seen, doubtful, sure]


def test_two_people_never_get_the_same(desk: Any) -> None:
    """Many at once, from threads of their own: every comment is open with one person only."""
    ids = {desk.add() for _ in range(8)}
    got: list[int | None] = []
    gate = threading.Barrier(8)

    def work(number: int) -> None:
        who = type(desk.anna)("person", 100 + number, f"p{number}", desk.anna.role)
        gate.wait()
        got.append(take(desk, who))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(got)) == 8
    assert set(got) == ids


def test_a_lease_that_ran_out_frees_the_comment(desk: Any) -> None:
    """A closed browser does not keep a comment; a renewed lease does."""
    comment = desk.add()
    assert take(desk, desk.anna, lease=timedelta(seconds=-1)) == comment
    assert take(desk, desk.piotr) == comment
    assert take(desk, desk.anna) is None
    with desk.transaction() as session:
        assert not claims.renew(session, comment, desk.anna.id, lease=queue.LEASE)
        assert claims.renew(session, comment, desk.piotr.id, lease=queue.LEASE)


def test_next_gives_back_what_was_open(desk: Any) -> None:
    """Going on without deciding frees the comment for others, and comes round at the end."""
    first, second = desk.add(score=0.4), desk.add(score=0.6)
    assert take(desk, desk.anna) == first
    assert take(desk, desk.anna, after=first) == second
    assert take(desk, desk.piotr) == first
    assert take(desk, desk.anna, after=second) is None


def test_a_page_that_is_loaded_again_shows_the_same(desk: Any) -> None:
    """What is open stays open."""
    desk.add()
    comment = take(desk, desk.anna)
    with desk.database.session() as session:
        current = queue.current(session, desk.anna)
        assert current is not None
        assert current.comment.id == comment
        assert queue.current(session, desk.piotr) is None


def test_a_view_that_goes_leaves_its_successor_alone(desk: Any) -> None:
    """The page before a reload is left after the new one has come; its release is too late."""
    desk.add()
    with desk.transaction() as session:
        before = queue.take_next(session, desk.anna)
        current = queue.current(session, desk.anna)
        assert before is not None
        assert current is not None
        after = queue.show_again(session, desk.anna, current)
        assert after is not None
    comment = before.comment.id
    with desk.transaction() as session:
        claims.release(session, desk.anna.id, comment, view=before.view)
    assert take(desk, desk.piotr) is None
    with desk.transaction() as session:
        claims.release(session, desk.anna.id, comment, view=after.view)
    assert take(desk, desk.piotr) == comment


def test_a_second_tab_leaves_the_first_alone(desk: Any) -> None:
    """What is opened from a link is taken too, and the queue passes it by."""
    first, second, third = desk.add(score=0.4), desk.add(score=0.5), desk.add(score=0.6)
    assert take(desk, desk.anna) == first
    with desk.transaction() as session:
        assert queue.open_one(session, desk.anna, second) is not None
    assert take(desk, desk.piotr) == third
    with desk.transaction() as session:
        current = queue.current(session, desk.anna)
        assert current is not None
        assert current.comment.id == first
    assert take(desk, desk.anna, after=first) is None, "the second is open in the other tab"
    assert take(desk, desk.piotr, after=third) == first


@pytest.mark.parametrize("state", ["open", "escalated"])
def test_an_open_page_takes_again_what_came_free(desk: Any, state: str) -> None:
    """As when a later view of it is closed; editors too; never what somebody else has."""
    comment = desk.add(state=state)
    who = desk.ewa if state == "escalated" else desk.anna

    def keep() -> bool:
        with desk.transaction() as session:
            return queue.keep_open(session, who, comment, view="first", queued=False)

    with desk.transaction() as session:
        later = queue.open_one(session, who, comment)
        assert later is not None
    assert keep()
    with desk.transaction() as session:
        claims.release(session, who.id, comment, view="first")
        assert claims.has(session, comment, who.id), "the later view has it"
        claims.release(session, who.id, comment, view=later.view)
    assert keep()
    with desk.transaction() as session:
        assert claims.has(session, comment, who.id)
        claims.release(session, who.id, comment, view="first")
        assert queue.open_one(session, desk.piotr, comment) is not None
    assert not keep()


def test_a_page_does_not_take_again_what_is_settled(desk: Any) -> None:
    """Nor what was handed to the editors, for whom is none."""
    for verdict in ("decided", "escalated"):
        comment = desk.add(state=verdict)
        with desk.transaction() as session:
            assert not queue.keep_open(session, desk.anna, comment, view="v", queued=True)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Wanted(source="tiktok:@b"), ["b"]),
        (Wanted(language="de"), ["c"]),
        (Wanted(label="toxicity:ok"), ["d"]),
        (Wanted(state="skipped"), ["e"]),
        (Wanted(language="fr"), []),
    ],
)
def test_filters(desk: Any, wanted: Wanted, expected: list[str]) -> None:
    """By source, language, label, and what was skipped."""
    desk.add("a")
    desk.add("b", source="tiktok:@b")
    desk.add("c", language="de")
    desk.add("d", toxicity="ok")
    desk.add("e", state="skipped")
    with desk.database.session() as session:
        assert [comment.text for comment in queue.page(session, wanted)] == expected
        assert queue.count_waiting(session, wanted) == len(expected)
    assert (take(desk, desk.anna, wanted) is not None) == bool(expected)


@pytest.mark.parametrize("bad", [{"label": "mood:glad"}, {"label": "x"}, {"state": "decided"}])
def test_what_is_no_filter_is_refused(bad: dict[str, str]) -> None:
    """The message names the value and how to write it."""
    with pytest.raises(ValueError, match=next(iter(bad.values()))):
        Wanted(**bad)


def test_pages_follow_each_other(desk: Any) -> None:
    """No comment is lost or doubled between pages, also among equals."""
    ids = {desk.add(score=score) for score in (0.4, 0.4, 0.4, 0.6, 0.6)}
    seen: list[int] = []
    with desk.database.session() as session:
        while page := queue.page(session, Wanted(), after=seen[-1] if seen else None, limit=2):
            seen += [comment.id for comment in page]
    assert len(seen) == 5
    assert set(seen) == ids


def test_drawn_comments_have_a_steady_share_of_the_turns(desk: Any) -> None:
    """However much is worth more: about one in ten, in the order of the lots, all in the end."""
    for _ in range(90):
        desk.add(score=0.4)
    drawn = [desk.add(score=0.99, sample=(7 * n % 30) / 3_000) for n in range(30)]
    lots = sorted(drawn, key=lambda number: 7 * drawn.index(number) % 30)
    got = []
    while (comment := take(desk, desk.anna)) is not None:
        got.append(comment)
        with desk.transaction() as session:
            acts.decide(session, desk.anna, comment, desk.proposed, version=1)
    assert [number for number in got if number in drawn] == lots
    assert 2 <= sum(number in drawn for number in got[:90]) <= 20
    assert len(got) == 120


def test_next_goes_on_in_both_orders(desk: Any) -> None:
    """Who goes on without deciding comes past all once, the drawn ones too."""
    for number in range(40):
        desk.add(score=0.4 + number / 100)
    for number in range(5):
        desk.add(score=0.99, sample=number / 1_000)
    after: dict[str, Any] = {}
    got = []
    for _ in range(45):
        with desk.transaction() as session:
            taken = queue.take_next(session, desk.anna, **after)
            assert taken is not None
            got.append(taken.comment.id)
            after["after" if taken.comment.sample is None else "after_drawn"] = got[-1]
    assert len(set(got)) == 45

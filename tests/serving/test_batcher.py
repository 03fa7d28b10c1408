"""The batcher: requests share passes, nobody starves, nothing is lost."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import pytest

from sedno.datasets.comment import Comment
from sedno.models.prediction import Prediction
from sedno.serving.batcher import Batcher, BatcherClosedError, Bounds, QueueFullError

WAIT = 5.0


@dataclass
class Gate:
    """A classifier whose passes wait until they are let through, and are noted."""

    passes: list[list[str]] = field(default_factory=list)
    flags: list[tuple[bool, bool]] = field(default_factory=list)
    poison: str = ""
    begun: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    through: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(
        self, comments: Sequence[Comment], /, *, explain: bool, embeddings: bool
    ) -> list[Prediction]:
        self.passes.append([comment.id for comment in comments])
        self.flags.append((explain, embeddings))
        self.begun.release()
        assert self.through.acquire(timeout=WAIT)
        if self.poison in [comment.id for comment in comments]:
            raise ValueError(self.poison)
        return [Prediction(comment.id, "pl", {}, "gate@1") for comment in comments]

    def open(self) -> None:
        """Lets every pass through from now on."""
        self.through.release(1_000)


@dataclass
class Notes:
    """An observer that keeps what it is told."""

    waited: list[float] = field(default_factory=list)
    passes: list[tuple[int, int]] = field(default_factory=list)
    errors: list[Exception] = field(default_factory=list)

    def pass_begun(self, *, waited: Sequence[float]) -> None:
        self.waited += waited

    def pass_over(self, *, comments: int, tokens: int, seconds: float) -> None:
        self.passes.append((comments, tokens))
        assert seconds >= 0

    def request_failed(self, error: Exception) -> None:
        self.errors.append(error)


def bounds(**changed: float) -> Bounds:
    """Roomy bounds with small passes, save for what is changed."""
    values = {"queue_comments": 100, "queue_tokens": 10_000, "queue_seconds": 60.0}
    values |= {"pass_tokens": 40, **changed}
    return Bounds(
        queue_comments=int(values["queue_comments"]),
        queue_tokens=int(values["queue_tokens"]),
        queue_seconds=values["queue_seconds"],
        pass_tokens=int(values["pass_tokens"]),
    )


def comments(name: str, count: int) -> list[Comment]:
    """Comments with ids name0, name1, ..."""
    return [Comment(f"{name}{number}", "tekst") for number in range(count)]


@contextmanager
def batcher(
    gate: Gate,
    limits: Bounds | None = None,
    *,
    observer: Notes | None = None,
    rate: float | None = None,
) -> Iterator[Batcher]:
    """A batcher that is closed at the end."""
    made = Batcher(gate, limits or bounds(), observer=observer or Notes(), rate=rate)
    try:
        yield made
    finally:
        gate.open()
        assert made.close(timeout=WAIT)


@contextmanager
def busy(
    gate: Gate, limits: Bounds | None = None, *, rate: float | None = None
) -> Iterator[Batcher]:
    """A batcher whose thread is held in a pass, so that what comes now has to wait."""
    with batcher(gate, limits, rate=rate) as made:
        made.submit(comments("busy", 1), [1])
        assert gate.begun.acquire(timeout=WAIT)
        yield made


def ids(predictions: Sequence[Prediction]) -> list[str]:
    """The ids, in order."""
    return [prediction.id for prediction in predictions]


def test_answers_come_in_the_order_of_the_comments() -> None:
    """A request's predictions stand in the order of its comments, over many passes."""
    gate = Gate()
    gate.open()
    asked = comments("a", 57)
    with batcher(gate) as shared:
        answered = shared.submit(asked, [7] * 57).result(WAIT)
    assert ids(answered) == [comment.id for comment in asked]
    assert len(gate.passes) > 5


def test_waiting_requests_share_a_pass() -> None:
    """What came while a pass was running goes into one pass together."""
    gate = Gate()
    with busy(gate) as shared:
        answers = [shared.submit(comments(name, 2), [5, 5]) for name in "abc"]
        gate.open()
        for answer in answers:
            answer.result(WAIT)
    assert gate.passes[1] == ["a0", "a1", "b0", "b1", "c0", "c1"]


def test_a_small_request_behind_a_huge_one_waits_for_one_pass() -> None:
    """One comment behind a thousand is in the very next pass."""
    gate = Gate()
    with busy(gate, bounds(queue_comments=2_000, queue_tokens=20_000)) as shared:
        huge = shared.submit(comments("huge", 1_000), [10] * 1_000)
        small = shared.submit(comments("small", 1), [10])
        gate.open()
        small.result(WAIT)
        huge.result(WAIT)
    assert "small0" in gate.passes[1]
    assert "huge0" in gate.passes[1]


def test_a_huge_request_is_served_while_small_ones_keep_coming() -> None:
    """Going round starves nobody: the huge request has a share of every pass."""
    gate = Gate()
    with busy(gate, bounds(queue_comments=2_000)) as shared:
        huge = shared.submit(comments("huge", 40), [10] * 40)
        small = []
        for turn in range(40):
            small.append(shared.submit(comments(f"s{turn}-", 2), [10] * 2))
            gate.through.release()
            assert gate.begun.acquire(timeout=WAIT)
        assert any("huge39" in one for one in gate.passes)
        gate.open()
        huge.result(WAIT)
        for answer in small:
            answer.result(WAIT)


def test_passes_stay_within_the_token_budget() -> None:
    """No pass costs more than the budget, unless a single comment does."""
    gate, notes = Gate(), Notes()
    gate.open()
    with batcher(gate, observer=notes) as shared:
        shared.submit(comments("a", 50), [3] * 50).result(WAIT)
        shared.submit(comments("long", 1), [90]).result(WAIT)
    assert all(tokens <= 40 for _, tokens in notes.passes[:-1])
    assert notes.passes[-1] == (1, 90)
    assert sum(count for count, _ in notes.passes) == 51


def test_explained_comments_make_passes_of_their_own() -> None:
    """Flags go with the comments: explain is never mixed, embeddings are given where asked."""
    gate = Gate()
    with busy(gate) as shared:
        plain = shared.submit(comments("plain", 1), [5])
        explained = shared.submit(comments("why", 1), [5], explain=True)
        embedded = shared.submit(comments("vector", 1), [5], embeddings=True)
        gate.open()
        for answer in (plain, explained, embedded):
            answer.result(WAIT)
    assert gate.passes[1:] == [["plain0", "vector0"], ["why0"]]
    assert gate.flags[1:] == [(False, True), (True, False)]


def test_a_full_queue_refuses_and_says_when_to_come_back() -> None:
    """Past the bound in comments there is an error with a time, from the throughput."""
    gate = Gate()
    with busy(gate, bounds(queue_comments=10), rate=10.0) as shared:
        shared.submit(comments("a", 10), [10] * 10)
        with pytest.raises(QueueFullError) as caught:
            shared.submit(comments("b", 4), [10] * 4)
        assert caught.value.waiting == 10
        assert caught.value.retry_after == pytest.approx(4.0)
        assert shared.load.comments == 10


def test_the_queue_is_bounded_in_tokens_too() -> None:
    """Few long comments fill the queue as well as many short ones."""
    gate = Gate()
    with busy(gate, bounds(queue_tokens=300)) as shared:
        shared.submit(comments("a", 2), [100, 100])
        shared.submit(comments("b", 1), [100])
        with pytest.raises(QueueFullError):
            shared.submit(comments("c", 1), [1])


def test_what_could_not_be_answered_in_time_is_refused_at_once() -> None:
    """With 10 tokens a second and 5 seconds, a sixth second of work is not taken."""
    gate = Gate()
    with busy(gate, bounds(queue_seconds=5.0), rate=10.0) as shared:
        shared.submit(comments("a", 1), [50])
        with pytest.raises(QueueFullError):
            shared.submit(comments("b", 1), [10])


def test_an_empty_queue_takes_any_request() -> None:
    """A request larger than every bound is taken when nothing waits: refusing would be final."""
    gate = Gate()
    with busy(gate, bounds(queue_comments=1, queue_tokens=256), rate=1.0) as shared:
        answer = shared.submit(comments("a", 5), [200] * 5)
        gate.open()
        assert len(answer.result(WAIT)) == 5


def test_cancelling_frees_the_place_at_once() -> None:
    """A cancelled request leaves the queue, also when part of it was taken already."""
    gate = Gate()
    with busy(gate) as shared:
        answer = shared.submit(comments("gone", 20), [10] * 20)
        other = shared.submit(comments("other", 1), [10])
        gate.through.release()
        assert gate.begun.acquire(timeout=WAIT)
        assert shared.load.comments == 20 - 3
        answer.cancel()
        assert shared.load == type(shared.load)(0, 0, 0)
        gate.open()
        assert ids(other.result(WAIT)) == ["other0"]
        with pytest.raises(CancelledError):
            answer.result(WAIT)
    assert sum(name.startswith("gone") for one in gate.passes for name in one) == 3


def test_one_request_that_the_model_fails_on_harms_no_other() -> None:
    """The others of the pass are answered, the failing one gets the model's own error."""
    gate, notes = Gate(poison="bad0"), Notes()
    with batcher(gate, observer=notes) as shared:
        shared.submit(comments("busy", 1), [1])
        assert gate.begun.acquire(timeout=WAIT)
        good, bad = (
            shared.submit(comments("good", 2), [5, 5]),
            shared.submit(comments("bad", 1), [5]),
        )
        gate.open()
        assert ids(good.result(WAIT)) == ["good0", "good1"]
        with pytest.raises(ValueError, match="bad0"):
            bad.result(WAIT)
        assert ids(shared.submit(comments("after", 1), [5]).result(WAIT)) == ["after0"]
    assert [type(error) for error in notes.errors] == [ValueError]


def test_a_classifier_that_loses_a_comment_is_caught() -> None:
    """Fewer predictions than comments is an error, never a shorter answer."""

    def lossy(asked: Sequence[Comment], /, *, explain: bool, embeddings: bool) -> list[Prediction]:
        del explain, embeddings
        return [Prediction(comment.id, None, {}, "lossy@1") for comment in asked[1:]]

    shared = Batcher(lossy, bounds(), observer=Notes())
    with pytest.raises(RuntimeError, match="3 comments got 2 predictions"):
        shared.submit(comments("a", 3), [1, 1, 1]).result(WAIT)
    assert shared.close(timeout=WAIT)


def test_closing_answers_what_was_accepted() -> None:
    """Requests that wait at the time of closing are answered; later ones are refused."""
    gate = Gate()
    shared = Batcher(gate, bounds(), observer=Notes())
    answers = [shared.submit(comments(f"a{number}", 10), [9] * 10) for number in range(5)]
    closing = threading.Thread(target=shared.close)
    closing.start()
    while True:
        try:
            answers.append(shared.submit(comments("early", 1), [1]))
        except BatcherClosedError:
            break
    gate.open()
    closing.join(WAIT)
    assert not closing.is_alive()
    assert all(answer.result(0) for answer in answers)
    assert not shared.alive


def test_closing_in_haste_tells_those_who_wait() -> None:
    """Past the time given to closing, the waiting requests end with an error, not in silence."""
    gate = Gate()
    shared = Batcher(gate, bounds(), observer=Notes())
    shared.submit(comments("busy", 1), [1])
    assert gate.begun.acquire(timeout=WAIT)
    waiting = shared.submit(comments("late", 1), [1])
    assert not shared.close(timeout=0.05)
    with pytest.raises(BatcherClosedError):
        waiting.result(0)
    gate.open()
    assert shared.close(timeout=WAIT)


def test_a_request_without_comments_is_answered_at_once() -> None:
    """Nothing asked, nothing waited for."""
    gate = Gate()
    with batcher(gate) as shared:
        assert shared.submit([], []).result(0) == []


def test_many_threads_and_cancellations_leave_the_counts_at_zero() -> None:
    """Whatever happens at once, what waits is counted right and every answer is whole."""
    gate, notes = Gate(), Notes()
    gate.open()
    limits = bounds(queue_comments=10**6, queue_tokens=10**6)
    with batcher(gate, limits, observer=notes) as shared:

        def client(number: int) -> None:
            for turn in range(20):
                size = 1 + (number * 7 + turn) % 30
                answer = shared.submit(comments(f"{number}-{turn}-", size), [turn + 1] * size)
                if turn % 3 == 0 and answer.cancel():
                    continue
                assert len(answer.result(WAIT)) == size

        run_all([partial(client, number) for number in range(8)])
        assert shared.load == type(shared.load)(0, 0, 0)


def test_awaiting_does_not_hold_the_loop() -> None:
    """The event loop goes on while a pass runs."""
    gate = Gate()

    async def main() -> int:
        with batcher(gate) as shared:
            answer = asyncio.wrap_future(shared.submit(comments("a", 1), [1]))
            turns = 0
            until = time.monotonic() + 0.05
            while time.monotonic() < until:
                await asyncio.sleep(0)
                turns += 1
            gate.open()
            await asyncio.wait_for(answer, WAIT)
            return turns

    assert asyncio.run(main()) > 20


def run_all(tasks: Sequence[Callable[[], None]]) -> None:
    """Runs the tasks in threads and fails with the first of their errors."""
    errors: list[BaseException] = []

    def guarded(task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT * 4)
    if errors:
        raise errors[0]

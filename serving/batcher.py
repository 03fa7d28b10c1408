"""Lets requests share the model: one queue, one thread, passes of about equal size.

The thread takes its next pass from the queue the moment the last one is over, so the model
never waits for the event loop, and passes fill up by themselves while one is running.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Protocol

from sedno.datasets.comment import Comment
from sedno.models.prediction import Prediction
from sedno.serving.roundrobin import Job, Piece, RoundRobin

_KEPT_OF_RATE = 0.8
_SHORTEST_RETRY = 1.0


class QueueFullError(Exception):
    """The queue holds all that it may.

    Attributes:
        retry_after: Seconds after which there should be room, from the measured throughput.
        waiting: Comments in the queue.
    """

    def __init__(self, retry_after: float, waiting: int) -> None:
        super().__init__(f"{waiting} comments are waiting; try again in {retry_after:.1f} s")
        self.retry_after = retry_after
        self.waiting = waiting


class BatcherClosedError(Exception):
    """The batcher was closed before the request came, or before it was answered."""


class Classify(Protocol):
    """What the batcher runs: the shape of ``Classifier.predict``."""

    def __call__(
        self, comments: Sequence[Comment], /, *, explain: bool, embeddings: bool
    ) -> list[Prediction]:
        """One prediction a comment, in order."""


class Observer(Protocol):
    """Is told, mostly from the batcher's thread, what happens. Must not raise."""

    def pass_begun(self, *, waited: Sequence[float]) -> None:
        """A pass begins; ``waited`` seconds each for the requests first served by it."""

    def pass_over(self, *, comments: int, tokens: int, seconds: float) -> None:
        """A pass is over."""

    def request_failed(self, error: Exception) -> None:
        """The model raised ``error`` for the comments of one request."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much waits and how much runs at once.

    Attributes:
        queue_comments: Most comments waiting.
        queue_tokens: Most tokens waiting.
        queue_seconds: Most work waiting, in seconds by the measured throughput: what would
            wait longer could not be answered in time.
        pass_tokens: Tokens of one pass. A single longer comment still makes a pass.
    """

    queue_comments: int
    queue_tokens: int
    queue_seconds: float
    pass_tokens: int


@dataclass(frozen=True, slots=True)
class Load:
    """What waits at a moment; what runs is no longer waiting."""

    requests: int
    comments: int
    tokens: int


class Batcher:
    """Runs one classifier for many requests. All methods may be called from any thread."""

    def __init__(
        self, classify: Classify, bounds: Bounds, *, observer: Observer, rate: float | None = None
    ) -> None:
        """Starts the thread that runs ``classify``.

        Args:
            classify: Called from that thread only.
            bounds: How much waits and how much runs at once.
            observer: Is told what happens.
            rate: Tokens a second to expect until passes were measured.
        """
        self._classify = classify
        self._bounds = bounds
        self._observer = observer
        self._rate = rate
        self._queue = RoundRobin()
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="sedno-batcher", daemon=True)
        self._thread.start()

    @property
    def load(self) -> Load:
        """What waits now."""
        with self._changed:
            return Load(len(self._queue), self._queue.comments, self._queue.tokens)

    @property
    def alive(self) -> bool:
        """Whether the thread that answers is running."""
        return self._thread.is_alive()

    def submit(
        self,
        comments: Sequence[Comment],
        tokens: Sequence[int],
        *,
        explain: bool = False,
        embeddings: bool = False,
    ) -> Future[list[Prediction]]:
        """Puts a request in the queue.

        Args:
            comments: What to classify; may be empty.
            tokens: Cost of each comment, at least 1.
            explain: Ask for the spans that drove each label.
            embeddings: Ask for embeddings. Other requests of the same pass may get them too.

        Returns:
            The predictions to come, in the order of ``comments``. Cancelling it frees the
            request's place at once.

        Raises:
            QueueFullError: There is no room now.
            BatcherClosedError: :meth:`close` was called.
        """
        job = Job(comments, tokens, explain, embeddings)
        if not comments:
            return job.future
        with self._changed:
            if self._closed:
                raise BatcherClosedError("the server is stopping")
            self._check_room(job)
            self._queue.add(job)
            self._changed.notify()
        job.future.add_done_callback(lambda _: self._forget(job))
        return job.future

    def close(self, *, timeout: float | None = None) -> bool:
        """Answers what waits, then ends the thread. Takes no new requests from now on.

        Args:
            timeout: Seconds after which the waiting requests are given up with
                :class:`BatcherClosedError`; ``None`` waits for all of them.

        Returns:
            Whether the thread has ended; ``False`` while the model is still at its last
            pass, so that it must not be closed yet.
        """
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(timeout)
        self.abandon()
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def abandon(self) -> None:
        """Gives up all waiting requests with :class:`BatcherClosedError`, and takes no more."""
        with self._changed:
            self._closed = True
            jobs = self._queue.jobs
            self._changed.notify()
        for job in jobs:
            job.fail(BatcherClosedError("the server stopped before this request was answered"))

    def _check_room(self, job: Job) -> None:
        queue, bounds = self._queue, self._bounds
        if not queue:
            # An empty queue takes every request: a refusal would be for ever, not for now.
            return
        tokens = queue.tokens + job.waiting_tokens
        excess = tokens - bounds.queue_tokens
        too_many = queue.comments + job.waiting - bounds.queue_comments
        excess = max(excess, round(too_many * queue.tokens / queue.comments))
        if self._rate is not None:
            excess = max(excess, tokens - round(self._rate * bounds.queue_seconds))
        if excess > 0:
            wait = min(excess, queue.tokens) / self._rate if self._rate else _SHORTEST_RETRY
            raise QueueFullError(max(wait, _SHORTEST_RETRY), queue.comments)

    def _forget(self, job: Job) -> None:
        """Frees the place of a request that was cancelled or failed while it waited."""
        with self._changed:
            self._queue.remove(job)

    def _run(self) -> None:
        while pieces := self._next_pass():
            begun = time.monotonic()
            starting = [piece.job for piece in pieces if piece.part.start == 0]
            self._observer.pass_begun(waited=[begun - job.submitted for job in starting])
            self._answer(pieces)
            seconds = time.monotonic() - begun
            tokens = sum(piece.tokens for piece in pieces)
            self._measure(tokens, seconds)
            comments = sum(len(piece.comments) for piece in pieces)
            self._observer.pass_over(comments=comments, tokens=tokens, seconds=seconds)

    def _next_pass(self) -> list[Piece]:
        """Waits for work and puts the next pass together; empty when closed and done."""
        with self._changed:
            while not self._queue and not self._closed:
                self._changed.wait()
            return self._queue.collect(self._bounds.pass_tokens)

    def _answer(self, pieces: Sequence[Piece]) -> None:
        try:
            predictions = self._predict(pieces)
        except Exception as error:
            # One request's trouble must stay its own, so each is tried alone.
            if len(pieces) > 1:
                for piece in pieces:
                    self._answer([piece])
            else:
                self._observer.request_failed(error)
                pieces[0].job.fail(error)
            return
        start = 0
        for piece in pieces:
            stop = start + len(piece.comments)
            piece.job.fill(piece.part, predictions[start:stop])
            start = stop

    def _predict(self, pieces: Sequence[Piece]) -> list[Prediction]:
        comments = [comment for piece in pieces for comment in piece.comments]
        predictions = self._classify(
            comments,
            explain=pieces[0].job.explain,
            embeddings=any(piece.job.embeddings for piece in pieces),
        )
        if len(predictions) != len(comments):
            raise RuntimeError(f"{len(comments)} comments got {len(predictions)} predictions")
        return predictions

    def _measure(self, tokens: int, seconds: float) -> None:
        # Small passes cost more a token and would make the server look slower than it is.
        if seconds <= 0 or tokens * 4 < self._bounds.pass_tokens:
            return
        rate = tokens / seconds
        with self._changed:
            old = self._rate
            self._rate = rate if old is None else _KEPT_OF_RATE * old + (1 - _KEPT_OF_RATE) * rate

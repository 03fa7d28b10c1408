"""Who is next: a bounded queue that goes round among the waiting requests.

Each waiting request gives a bounded share of its comments to the pass that is put together
next, then stands behind the others. A request with one comment behind a request with a
thousand therefore waits for about one pass, not for all of them.

Nothing here knows of threads; :mod:`sedno.serving.batcher` holds the lock.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass, field

from sedno.datasets.comment import Comment
from sedno.models.prediction import Prediction

_SHARES_PER_PASS = 4


@dataclass(slots=True, eq=False)
class Job:
    """One request: what it asks, how far it is taken, what is answered.

    Attributes:
        comments: What to classify.
        tokens: Cost of each comment, at least 1.
        explain: Whether spans are asked for.
        embeddings: Whether embeddings are asked for.
        future: The predictions to come.
        submitted: When it came, by the monotonic clock, seconds.
        taken: How many comments were given to passes.
    """

    comments: Sequence[Comment]
    tokens: Sequence[int]
    explain: bool = False
    embeddings: bool = False
    future: Future[list[Prediction]] = field(default_factory=Future)
    submitted: float = field(default_factory=time.monotonic)
    taken: int = 0
    _answers: list[Prediction | None] = field(default_factory=list)
    _missing: int = 0

    def __post_init__(self) -> None:
        self._answers = [None] * len(self.comments)
        self._missing = len(self.comments)
        if not self.comments:
            self.future.set_result([])

    @property
    def waiting(self) -> int:
        """Comments that no pass has taken yet."""
        return len(self.comments) - self.taken

    @property
    def waiting_tokens(self) -> int:
        """Their tokens."""
        return sum(self.tokens[self.taken :])

    @property
    def next_tokens(self) -> int:
        """Tokens of the first of them."""
        return self.tokens[self.taken]

    def take(self, budget: int) -> Piece:
        """The next comments worth up to ``budget`` tokens, and at least one."""
        start = self.taken
        spent = self.tokens[start]
        self.taken += 1
        while self.waiting and spent + self.tokens[self.taken] <= budget:
            spent += self.tokens[self.taken]
            self.taken += 1
        return Piece(self, slice(start, self.taken), spent)

    def fill(self, part: slice, predictions: Sequence[Prediction]) -> None:
        """Takes answers; with the last of them the future is done."""
        self._answers[part] = predictions
        self._missing -= len(predictions)
        if self._missing:
            return
        answers = [answer for answer in self._answers if answer is not None]
        # The future may have been cancelled a moment ago, in another thread.
        try:
            self.future.set_result(answers)
        except InvalidStateError:
            return

    def fail(self, error: BaseException) -> None:
        """Ends the request with ``error``, unless it has ended already."""
        try:
            self.future.set_exception(error)
        except InvalidStateError:
            return


@dataclass(frozen=True, slots=True)
class Piece:
    """Comments of one request within a pass.

    Attributes:
        job: The request.
        part: Which of its comments.
        tokens: What they cost together.
    """

    job: Job
    part: slice
    tokens: int

    @property
    def comments(self) -> Sequence[Comment]:
        """The comments."""
        return self.job.comments[self.part]


class RoundRobin:
    """The waiting requests, in the order in which they are served next.

    Attributes:
        comments: Comments waiting.
        tokens: Tokens waiting.
    """

    def __init__(self) -> None:
        self._jobs: deque[Job] = deque()
        self.comments = 0
        self.tokens = 0

    def __len__(self) -> int:
        return len(self._jobs)

    @property
    def jobs(self) -> list[Job]:
        """The waiting requests."""
        return list(self._jobs)

    def add(self, job: Job) -> None:
        """Lets a request stand at the end."""
        self._jobs.append(job)
        self.comments += job.waiting
        self.tokens += job.waiting_tokens

    def remove(self, job: Job) -> None:
        """Takes a request out, wherever it stands; nothing happens where it does not."""
        if job in self._jobs:
            self._jobs.remove(job)
            self.comments -= job.waiting
            self.tokens -= job.waiting_tokens

    def collect(self, budget: int) -> list[Piece]:
        """Puts a pass together.

        Explained comments cost many times more than others, so that they make passes of
        their own: all pieces agree with the first in line.

        Args:
            budget: Tokens of the pass. A first comment that is longer still goes in.
        """
        share = max(budget // _SHARES_PER_PASS, 1)
        pieces: list[Piece] = []
        passed_over: list[Job] = []
        while self._jobs and budget > 0:
            job = self._jobs.popleft()
            if pieces and job.explain is not pieces[0].job.explain:
                passed_over.append(job)
                continue
            if pieces and job.next_tokens > budget:
                passed_over.append(job)
                break
            piece = job.take(min(share, budget))
            pieces.append(piece)
            budget -= piece.tokens
            self.comments -= len(piece.comments)
            self.tokens -= piece.tokens
            if job.waiting:
                self._jobs.append(job)
        # Nobody stood before those passed over, so the next pass begins with them.
        self._jobs.extendleft(reversed(passed_over))
        return pieces

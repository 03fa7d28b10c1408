"""The model in service: loads it, warms it, shares it among requests, lets it go."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from enum import StrEnum
from itertools import cycle

from sedno.datasets.comment import Comment, make_comment
from sedno.models.classifier import Classifier
from sedno.models.explain import MAX_VARIANTS
from sedno.models.prediction import Prediction
from sedno.serving.batcher import Batcher, BatcherClosedError, Bounds, Load, Observer
from sedno.serving.settings import Settings
from sedno.serving.tokens import estimate_tokens

_WARM_UP_SENTENCE = "Komentarz próbny numer {}: dźwięk w tym odcinku znów się rozjeżdża. "
_WARM_UP_SENTENCES = (1, 2, 1, 4)


class NotReadyError(Exception):
    """The model is not loaded yet, could not be loaded, or is being let go."""


class DeadlineError(Exception):
    """The answers were not there in time."""


class ClientGoneError(Exception):
    """Nobody waits for the answers any more."""


class Phase(StrEnum):
    """Where the engine stands."""

    LOADING = "loading"
    READY = "ready"
    DRAINING = "draining"
    FAILED = "failed"
    STOPPED = "stopped"


class Engine:
    """One model in service.

    Attributes:
        phase: Where it stands.
        model: The classifier, once it is loaded.
        failure: Why it could not be loaded.
    """

    def __init__(
        self,
        load: Callable[[], Classifier],
        settings: Settings,
        *,
        observer: Observer,
        on_phase: Callable[[Engine], None],
        owns_model: bool = True,
    ) -> None:
        """Prepares; :meth:`start` loads.

        Args:
            load: Makes the classifier; runs in another thread.
            owns_model: Whether :meth:`stop` closes what ``load`` gave.
            settings: The server's settings.
            observer: Is told what the batcher does.
            on_phase: Called on the event loop after each change of :attr:`phase`.
        """
        self._load = load
        self._settings = settings
        self._observer = observer
        self._on_phase = on_phase
        self._owns_model = owns_model
        self._batcher: Batcher | None = None
        self._starting: asyncio.Task[None] | None = None
        self.phase = Phase.LOADING
        self.model: Classifier | None = None
        self.failure: Exception | None = None

    @property
    def load(self) -> Load:
        """What waits now."""
        return self._batcher.load if self._batcher else Load(0, 0, 0)

    @property
    def healthy(self) -> bool:
        """Whether what is loaded can answer: its thread has not died."""
        return self._batcher is None or self._batcher.alive or self.phase is Phase.STOPPED

    def start(self) -> None:
        """Begins to load and warm up; returns at once."""
        self._starting = asyncio.create_task(self._start(), name="sedno-load")

    async def predict(
        self,
        comments: Sequence[Comment],
        tokens: Sequence[int],
        *,
        explain: bool,
        embeddings: bool,
        gone: Awaitable[None],
    ) -> list[Prediction]:
        """Labels the comments of one request, in passes shared with others.

        Args:
            comments: What to label.
            tokens: What :meth:`estimate` said of them.
            explain: Also name the spans that drove each label.
            embeddings: Also give embeddings.
            gone: Is done when nobody waits for the answer any more.

        Raises:
            NotReadyError: The model is not in service.
            QueueFullError: There is no room in the queue.
            DeadlineError: The deadline has passed; the request's place is free again.
            ClientGoneError: ``gone`` was done first; the place is free again.
        """
        if self._batcher is None or self.phase not in (Phase.READY, Phase.DRAINING):
            raise NotReadyError(f"the server is {self.phase}")
        try:
            submitted = self._batcher.submit(
                comments, tokens, explain=explain, embeddings=embeddings
            )
        except BatcherClosedError as error:
            raise NotReadyError(str(error)) from error
        # A batcher that makes room for another model answers what it has accepted.
        answer = asyncio.wrap_future(submitted)
        leaving = asyncio.ensure_future(gone)
        try:
            await asyncio.wait(
                (answer, leaving),
                timeout=self._settings.deadline_seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            if answer.done():
                return answer.result()
            raise ClientGoneError if leaving.done() else DeadlineError
        except BatcherClosedError as error:
            raise NotReadyError(str(error)) from error
        finally:
            leaving.cancel()
            answer.cancel()

    def submit(self, comments: Sequence[Comment]) -> Future[list[Prediction]]:
        """Labels comments for work that nobody waits for: without a deadline, with embeddings.

        May be called from any thread.

        Raises:
            NotReadyError: The model is not in service.
            QueueFullError: There is no room in the queue.
        """
        if self._batcher is None or self.phase is not Phase.READY:
            raise NotReadyError(f"the server is {self.phase}")
        try:
            tokens = self.estimate(comments, explain=False)
            return self._batcher.submit(comments, tokens, embeddings=True)
        except BatcherClosedError as error:
            raise NotReadyError(str(error)) from error

    @property
    def name(self) -> str:
        """``name@version`` of the model, empty until it is loaded."""
        return self.model.name if self.model else ""

    def estimate(self, comments: Sequence[Comment], *, explain: bool) -> list[int]:
        """Tokens that the model will read for each comment, about."""
        most = self.model.max_tokens if self.model else 1
        tokens = [estimate_tokens(comment.text, most=most) for comment in comments]
        if not explain:
            return tokens
        return [count * (1 + min(count, MAX_VARIANTS)) for count in tokens]

    def drain(self) -> None:
        """Tells that the end is near: still answers, but is not ready for more."""
        if self.phase in (Phase.LOADING, Phase.READY):
            self._turn(Phase.DRAINING)

    def abandon(self) -> None:
        """Ends all waiting requests with :class:`NotReadyError`."""
        if self._batcher:
            self._batcher.abandon()

    async def replace(self) -> None:
        """Loads the model anew and puts it into service; no request is lost or waits for it.

        Requests go to the old model until the new one has answered its first pass; what the
        old one has accepted it still answers. When the new one cannot be loaded, the old one
        stays.

        Raises:
            NotReadyError: There is no model in service to be replaced.
            Exception: Whatever kept the new one from being loaded.
        """
        if self._batcher is None or self.phase is not Phase.READY:
            raise NotReadyError(f"the server is {self.phase}")
        model = await asyncio.to_thread(self._load)
        batcher = await asyncio.to_thread(self._serve, model)
        if self.phase is not Phase.READY:
            # The end came first.
            await asyncio.to_thread(batcher.close, timeout=self._settings.shutdown_seconds)
            await asyncio.to_thread(model.close)
            return
        before, spent = self._batcher, self.model
        self._batcher, self.model = batcher, model
        self._on_phase(self)
        ended = await asyncio.to_thread(before.close, timeout=self._settings.shutdown_seconds)
        if spent is not None and ended and self._owns_model:
            await asyncio.to_thread(spent.close)

    async def stop(self) -> None:
        """Answers what was accepted and lets the model go, within the shutdown limit."""
        if self._starting is not None:
            await asyncio.wait([self._starting], timeout=self._settings.shutdown_seconds)
        ended = True
        if self._batcher is not None:
            ended = await asyncio.to_thread(
                self._batcher.close, timeout=self._settings.shutdown_seconds
            )
        if self.model is not None and ended and self._owns_model:
            await asyncio.to_thread(self.model.close)
        self._turn(Phase.STOPPED)

    async def _start(self) -> None:
        try:
            self.model = await asyncio.to_thread(self._load)
            self._batcher = await asyncio.to_thread(self._serve, self.model)
        except Exception as error:
            self.failure = error
            self._turn(Phase.FAILED)
            return
        if self.phase is Phase.LOADING:
            self._turn(Phase.READY)

    def _serve(self, model: Classifier) -> Batcher:
        """Warms a model up and gives it a queue."""
        rate = self._warm_up(model)
        settings = self._settings
        bounds = Bounds(
            queue_comments=settings.queue_comments,
            queue_tokens=settings.queue_tokens,
            queue_seconds=settings.deadline_seconds,
            pass_tokens=settings.batch_tokens,
        )
        return Batcher(model.predict, bounds, observer=self._observer, rate=rate)

    def _warm_up(self, model: Classifier) -> float:
        """Answers what comes with first uses, then measures tokens a second over one pass."""
        model.warm_up()
        comments: list[Comment] = []
        tokens = 0
        for sentences in cycle(_WARM_UP_SENTENCES):
            text = _WARM_UP_SENTENCE.format(len(comments)) * sentences
            comments.append(make_comment({"text": text}, default_id=len(comments)))
            tokens += estimate_tokens(text, most=model.max_tokens)
            if tokens >= self._settings.batch_tokens:
                break
        begun = time.perf_counter()
        model.predict(comments, explain=False, embeddings=False)
        return tokens / (time.perf_counter() - begun)

    def _turn(self, phase: Phase) -> None:
        self.phase = phase
        self._on_phase(self)

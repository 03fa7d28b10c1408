"""What Prometheus scrapes. Every series exists from the first scrape on, at zero."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Callable, Iterable, Sequence

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from sedno.models.prediction import Prediction
from sedno.models.taxonomy import TASKS
from sedno.serving.batcher import Load

CONTENT_TYPE = CONTENT_TYPE_LATEST
REFUSALS = ("queue_full", "deadline", "client_gone", "not_ready", "failed")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_COMMENTS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
_TOKENS = (64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384)


class Metrics:
    """The series of one server, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        self._requests = Counter(
            "sedno_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=registry,
        )
        self._seconds = Histogram(
            "sedno_http_request_seconds",
            "Time from the head of a request to the end of its answer.",
            ("route",),
            buckets=_SECONDS,
            registry=registry,
        )
        self._running = Gauge(
            "sedno_http_requests_running", "Requests being answered now.", registry=registry
        )
        self._refused = Counter(
            "sedno_refused_requests",
            "Requests to classify that got no answers, by reason.",
            ("reason",),
            registry=registry,
        )
        self._asked = Histogram(
            "sedno_request_comments", "Comments a request.", buckets=_COMMENTS, registry=registry
        )
        self._comments = Counter(
            "sedno_comments",
            "Comments, answered or without an answer because of their content.",
            ("outcome",),
            registry=registry,
        )
        self._labels = Counter(
            "sedno_labels", "Labels given.", ("task", "label"), registry=registry
        )
        self._reviews = Counter(
            "sedno_reviews", "Labels not sure enough to act on.", ("task",), registry=registry
        )
        self._waited = Histogram(
            "sedno_queue_seconds",
            "Time from a request's arrival to its first pass.",
            buckets=_SECONDS,
            registry=registry,
        )
        self._pass_seconds = Histogram(
            "sedno_pass_seconds", "Time of a model pass.", buckets=_SECONDS, registry=registry
        )
        self._pass_comments = Histogram(
            "sedno_pass_comments", "Comments a model pass.", buckets=_COMMENTS, registry=registry
        )
        self._pass_tokens = Histogram(
            "sedno_pass_tokens",
            "Tokens a model pass, estimated.",
            buckets=_TOKENS,
            registry=registry,
        )
        self._failures = Counter(
            "sedno_pass_failures", "Requests whose comments the model failed on.", registry=registry
        )
        self._ready = Gauge("sedno_ready", "1 while the server answers.", registry=registry)
        self._model = Gauge(
            "sedno_model_info", "The model loaded, always 1.", ("model",), registry=registry
        )
        self._queue = {
            part: Gauge(f"sedno_queue_{part}", f"{part.capitalize()} waiting.", registry=registry)
            for part in ("requests", "comments", "tokens")
        }
        for reason in REFUSALS:
            self._refused.labels(reason)
        for outcome in ("answered", "unreadable"):
            self._comments.labels(outcome)
        for task in TASKS:
            self._reviews.labels(task.name)
            for label in task.labels:
                self._labels.labels(task.name, label)

    def expect(self, routes: Iterable[tuple[str, str, Iterable[int]]]) -> None:
        """Makes the series of the routes exist: method, path template, statuses."""
        for method, route, statuses in routes:
            self._seconds.labels(route)
            for status in statuses:
                self._requests.labels(method, route, str(status))

    def watch(self, load: Callable[[], Load]) -> None:
        """Tells where the length of the queue is to be asked at each scrape."""
        self._queue["requests"].set_function(lambda: load().requests)
        self._queue["comments"].set_function(lambda: load().comments)
        self._queue["tokens"].set_function(lambda: load().tokens)

    def set_ready(self, *, ready: bool, model: str | None = None) -> None:
        """Notes whether the server answers, and with what model."""
        self._ready.set(ready)
        if model is not None:
            self._model.clear()
            self._model.labels(model).set(1)

    def request_begun(self) -> None:
        """Counts a request that has come."""
        self._running.inc()

    def request_over(self, *, method: str, route: str, status: int, seconds: float) -> None:
        """Counts a request that is answered."""
        self._running.dec()
        method = method if method in _METHODS else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def refused(self, reason: str) -> None:
        """Counts a request to classify that got no answers; ``reason`` of :data:`REFUSALS`."""
        self._refused.labels(reason).inc()

    def classified(self, predictions: Sequence[Prediction]) -> None:
        """Counts the answers of one request."""
        self._asked.observe(len(predictions))
        labels: Tally[tuple[str, str]] = Tally()
        reviews: Tally[str] = Tally()
        unreadable = 0
        for prediction in predictions:
            unreadable += prediction.error is not None
            for task, answer in prediction.labels.items():
                labels[task, answer.label] += 1
                reviews[task] += answer.review
        self._comments.labels("answered").inc(len(predictions) - unreadable)
        self._comments.labels("unreadable").inc(unreadable)
        for (task, label), count in labels.items():
            self._labels.labels(task, label).inc(count)
        for task, count in reviews.items():
            self._reviews.labels(task).inc(count)

    def pass_begun(self, *, waited: Sequence[float]) -> None:
        """See :class:`sedno.serving.batcher.Observer`."""
        for seconds in waited:
            self._waited.observe(seconds)

    def pass_over(self, *, comments: int, tokens: int, seconds: float) -> None:
        """See :class:`sedno.serving.batcher.Observer`."""
        self._pass_comments.observe(comments)
        self._pass_tokens.observe(tokens)
        self._pass_seconds.observe(seconds)

    def request_failed(self, error: Exception) -> None:
        """See :class:`sedno.serving.batcher.Observer`."""
        del error
        self._failures.inc()

    def scrape(self) -> bytes:
        """All series in Prometheus' text format."""
        return generate_latest(self.registry)

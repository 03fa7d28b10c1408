"""The HTTP API: this module only wires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from fastapi.telemetry import TelemetryConfig
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect

from sedno.models.classifier import Classifier
from sedno.serving.api.docs_page import add_docs_page
from sedno.serving.api.headers import SecurityHeaders
from sedno.serving.api.identify import Identifier
from sedno.serving.api.job_metrics import JobMetrics
from sedno.serving.api.limits import Limit, LimitBody
from sedno.serving.api.logs import Log, make_log
from sedno.serving.api.metrics import Metrics
from sedno.serving.api.observe import CLIENT_GONE, Observe, on_client_gone
from sedno.serving.api.openapi import TAGS, Api
from sedno.serving.api.problems import (
    ProblemError,
    on_database_error,
    on_http_exception,
    on_invalid_parameters,
)
from sedno.serving.api.request_ids import HEADER, RequestIds
from sedno.serving.api.routes import (
    audit,
    classify,
    comments,
    decisions,
    faq,
    faq_feed,
    faq_plot,
    jobs,
    keys,
    models,
    operation,
    overview,
    people,
    privacy,
    review,
    topic_exports,
    topic_runs,
    topic_splits,
    topics,
)
from sedno.serving.desk.wiring import add_desk, on_any_problem
from sedno.serving.engine import Engine, Phase
from sedno.serving.jobs.in_server import workers_of
from sedno.serving.model_watch import ModelWatch
from sedno.serving.privacy.keeper import Keeper
from sedno.serving.privacy.retention import Removed
from sedno.serving.settings import Settings
from sedno.serving.store.opening import Store
from sedno.serving.webhooks.deliverer import Deliverer

_DESCRIPTION = """Reads comments and answers five things about each: has it substance, did a
person write it, what does it feel, does it ask something, is it toxic.

Problems are told by RFC 9457 as `application/problem+json`. Every answer has an
`X-Request-ID`; send your own to find a request again in the server's log."""

# Spans and records of telemetry would carry values of requests past the rules for logs.
_NO_TELEMETRY = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)


def create_app(
    settings: Settings, classifier: Classifier | None = None, *, log: Log | None = None
) -> FastAPI:
    """Makes the application of one server.

    Args:
        settings: What the operator has set.
        classifier: The model to serve; it stays the caller's to close. Where it is missing,
            the one that the settings name is loaded when the server starts.
        log: Where events go; standard error by default.
    """
    log = log or make_log(level=settings.log_level, style=settings.log_format)
    metrics = Metrics()
    engine = Engine(
        _loader(settings, classifier),
        settings,
        observer=metrics,
        on_phase=_phase_teller(log, metrics),
        owns_model=classifier is None,
    )
    metrics.watch(lambda: engine.load)
    store = Store(settings)
    metrics.registry.register(JobMetrics(store))

    watch = _watch(engine, log) if settings.model is None and classifier is None else None

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        engine.start()
        if watch:
            watch.start()
        keeper = _keeper(settings, store, log)
        keeper.start()
        workers = workers_of(engine, settings, store, log.info)
        workers.start()
        deliverer = Deliverer(
            settings, lambda: store.open() if store.exists else None, tell=log.info
        )
        deliverer.start()
        yield
        engine.drain()
        if watch:
            await watch.stop()
        await asyncio.to_thread(deliverer.stop, timeout=settings.shutdown_seconds)
        await asyncio.to_thread(workers.stop, timeout=settings.shutdown_seconds)
        await asyncio.to_thread(keeper.stop)
        await engine.stop()
        store.close()

    app = Api(
        title="Sedno",
        version=version("sedno"),
        summary="Labels for comments, from one small model on your own machine.",
        description=_DESCRIPTION,
        openapi_tags=TAGS,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        generate_unique_id_function=_operation_id,
        telemetry=_NO_TELEMETRY,
        middleware=_middleware(settings, metrics, log),
        exception_handlers={
            ProblemError: on_any_problem,
            HTTPException: on_http_exception,
            RequestValidationError: on_invalid_parameters,
            ClientDisconnect: on_client_gone,
            OperationalError: on_database_error,
        },
    )
    app.state.settings = settings
    app.state.metrics = metrics
    app.state.engine = engine
    app.state.log = log
    app.state.store = store
    app.state.identifier = Identifier(settings, store)
    for resource in (
        classify,
        comments,
        jobs,
        review,
        overview,
        decisions,
        faq_feed,
        faq_plot,
        faq,
        # Its paths come before the one that takes any name for a topic.
        topic_exports,
        topic_runs,
        topics,
        topic_splits,
        models,
        operation,
        people,
        keys,
        privacy,
        audit,
    ):
        app.include_router(resource.router)
    add_desk(app)
    add_docs_page(app)
    metrics.expect(_series(app))
    return app


def _loader(settings: Settings, classifier: Classifier | None) -> Callable[[], Classifier]:
    if classifier is not None:
        return lambda: classifier
    return lambda: Classifier(
        settings.model,
        threads=settings.threads,
        target_error=settings.target_error,
        cache_size=settings.cache_size,
    )


def _watch(engine: Engine, log: Log) -> ModelWatch:
    def on_failure(error: Exception) -> None:
        log.error("model_not_taken", model=engine.name, reason=str(error))

    return ModelWatch(engine, on_failure=on_failure)


def _phase_teller(log: Log, metrics: Metrics) -> Callable[[Engine], None]:
    def tell(engine: Engine) -> None:
        metrics.set_ready(ready=engine.phase is Phase.READY, model=engine.name or None)
        if engine.phase is Phase.FAILED and engine.failure is not None:
            # No comment has been seen yet, so the message holds none.
            log.error("load_failed", exc_info=engine.failure, reason=str(engine.failure))
        else:
            log.info(engine.phase.value, model=engine.name)

    return tell


def _keeper(settings: Settings, store: Store, log: Log) -> Keeper:
    def on_removed(removed: Removed) -> None:
        if removed.comments:
            log.info("retention", comments=sum(removed.comments.values()))

    def on_failure(error: Exception) -> None:
        # Its message may quote a row.
        log.error("retention_failed", error=type(error).__name__)

    return Keeper(settings, store, on_removed=on_removed, on_failure=on_failure)


def _middleware(settings: Settings, metrics: Metrics, log: Log) -> list[Middleware]:
    """From the outside to the inside."""
    stack = [
        Middleware(RequestIds),
        Middleware(SecurityHeaders),
        Middleware(Observe, metrics=metrics, log=log),
    ]
    if settings.cors_origins:
        stack.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=("GET", "POST"),
                allow_headers=("Authorization", "Content-Type", "Content-Encoding", HEADER),
                expose_headers=(HEADER, "Retry-After"),
            )
        )
    limit = Middleware(
        LimitBody,
        limit=Limit(settings.max_body_bytes),
        seconds=settings.body_seconds,
        larger={
            comments.COMMENTS: Limit(settings.max_ingest_bytes, "SEDNO_MAX_INGEST_BYTES"),
            jobs.FILES: Limit(settings.max_upload_bytes, "SEDNO_MAX_UPLOAD_BYTES"),
        },
    )
    return [*stack, limit]


def _operation_id(route: APIRoute) -> str:
    return route.name


def _series(app: FastAPI) -> list[tuple[str, str, list[int]]]:
    """Every route with the statuses it can end with."""
    return [
        (method, route.path, [200, *map(int, route.responses), CLIENT_GONE])
        for route in app.routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]

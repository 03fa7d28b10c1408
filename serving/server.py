"""Runs the API as a process of its own, from the first log line to the last answer."""

from __future__ import annotations

import asyncio
import math
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from sqlalchemy.exc import OperationalError

from sedno.models.classifier import Classifier
from sedno.serving.api.app import create_app
from sedno.serving.api.identify import has_anyone
from sedno.serving.api.logs import Log, make_log, taken_library_records
from sedno.serving.engine import Engine, Phase
from sedno.serving.settings import Settings, unknown_variables, variable_of
from sedno.serving.store.opening import Store

_BACKLOG = 2_048
# Longer than proxies keep an idle connection, so that it is they who end it.
_KEEP_ALIVE_SECONDS = 65
# What is left of the shutdown limit to tell those whom it cut off that it did.
_LAST_WORDS_SECONDS = 0.5


class ServeError(RuntimeError):
    """The server cannot start; the message says why and what to do."""


def run(settings: Settings, classifier: Classifier | None = None) -> None:
    """Serves until SIGTERM or SIGINT, then answers what was accepted and returns.

    A second SIGINT ends it at once.

    Args:
        settings: What the operator has set.
        classifier: The model to serve instead of the one that the settings name; stays the
            caller's to close.

    Raises:
        ServeError: The address cannot be listened on, others could reach it while nothing is
            locked, or the model cannot be loaded.
        SecretError: The database was filled with another key.
        DatabaseError: The database is of a newer Sedno.
    """
    log = make_log(level=settings.log_level, style=settings.log_format)
    with taken_library_records(log, level=settings.log_level):
        _run(settings, classifier, log)


def _run(settings: Settings, classifier: Classifier | None, log: Log) -> None:
    _warn(log)
    app = create_app(settings, classifier, log=log)
    _check_store(settings, app.state.store, log)
    listener = _listen(settings)
    config = uvicorn.Config(
        app,
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        backlog=_BACKLOG,
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=math.ceil(settings.shutdown_seconds),
    )
    engine: Engine = app.state.engine
    with listener:
        _Server(config, settings, engine, log).run([listener])
    if engine.failure is not None:
        raise ServeError(f"The model cannot be loaded: {engine.failure}") from engine.failure


class _Server(uvicorn.Server):
    """uvicorn's server, which tells the engine when the end is near."""

    def __init__(
        self, config: uvicorn.Config, settings: Settings, engine: Engine, log: Log
    ) -> None:
        super().__init__(config)
        self._settings = settings
        self._engine = engine
        self._log = log

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or []:
            host, port = listener.getsockname()[:2]
            self._log.info("accepting", host=host, port=port)

    async def on_tick(self, counter: int) -> bool:
        return await super().on_tick(counter) or self._engine.phase is Phase.FAILED

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        if self._engine.phase is not Phase.FAILED:
            self._engine.drain()
            await self._wait(self._settings.drain_seconds)
        limit = max(self._settings.shutdown_seconds - _LAST_WORDS_SECONDS, 0)
        cut = asyncio.get_running_loop().call_later(limit, self._engine.abandon)
        try:
            await super().shutdown(sockets)
        finally:
            cut.cancel()

    async def _wait(self, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until and not self.force_exit:
            await asyncio.sleep(0.1)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handles signals as uvicorn does, but does not raise them again at the end.

        Having been told to stop and having stopped is success; the caller decides on the
        exit code.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _listen(settings: Settings) -> socket.socket:
    try:
        family, _, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        return socket.create_server(address, family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ServeError(
            f"Cannot listen on {settings.host} port {settings.port}: {error.strerror or error}. "
            f"Free it, or set {variable_of('host')} and {variable_of('port')}."
        ) from error


def _check_store(settings: Settings, store: Store, log: Log) -> None:
    """Looks at the database before anyone can come.

    Nothing that others can reach starts before there is someone to let in. A database that was
    filled with another key, or by a newer Sedno, stops the start too; one that cannot be reached
    does not, since labels alone need none.
    """
    anyone = False
    if store.exists:
        try:
            anyone = has_anyone(store)
        except OperationalError as error:
            if settings.is_open_to_others:
                raise ServeError(
                    "The database cannot be reached, so nobody could be told from a stranger. "
                    f"Check {variable_of('database_url')}."
                ) from error
            log.warning("database_unreachable", error=type(error).__name__)
    if settings.is_open_to_others and not anyone:
        raise ServeError(
            f"{settings.host} can be reached from other machines, but there is neither a key nor "
            f"a person to let in. Set {variable_of('api_key')}, or run 'sedno keys create' or "
            f"'sedno users create', or listen on 127.0.0.1."
        )


def _warn(log: Log) -> None:
    for name, meant in unknown_variables().items():
        log.warning("unknown_setting", setting=name, meant=meant)

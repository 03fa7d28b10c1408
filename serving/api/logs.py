"""Logs that can be kept: one JSON object a line, with no place for the text of a comment.

What may be logged is a closed list of events and fields. An exception is logged as its type
and the places it passed, never with its message, which often quotes the value at fault.
Records of libraries keep their origin and, for the HTTP server alone, the wording that
stands in its source, without the values.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

import orjson
import structlog

EVENTS = frozenset(
    {
        "accepting",
        "client_gone",
        "database_unreachable",
        "draining",
        "failed_pass",
        "library",
        "load_failed",
        "loading",
        "ready",
        "request",
        "retention",
        "retention_failed",
        "stopped",
        "unhandled",
        "unknown_setting",
    }
)
"""All events there are; ``docs/api.md`` says what each means."""

FIELDS: Mapping[str, type | tuple[type, ...]] = {
    "client": str,
    "comments": int,
    "error": str,
    "frames": list,
    "host": str,
    "level": str,
    "logger": str,
    "meant": (str, type(None)),
    "method": str,
    "model": str,
    "ms": float,
    "port": int,
    "reason": str,
    "request_id": str,
    "route": str,
    "seconds": float,
    "setting": str,
    "status": int,
    "template": str,
    "time": str,
    "tokens": int,
    "waiting": int,
}
"""All fields there are, with the types of their values."""

_LONGEST = 200
_FRAMES = 12

Event = MutableMapping[str, Any]
Log = structlog.typing.FilteringBoundLogger


def make_log(
    *,
    level: str = "info",
    style: Literal["json", "console"] = "json",
    stream: BinaryIO | None = None,
) -> Log:
    """The log of one server.

    Args:
        level: The least important level that is written.
        style: JSON for machines, or coloured lines for a terminal.
        stream: Where it goes; standard error by default.
    """
    log: Log = structlog.wrap_logger(
        structlog.BytesLogger(stream or sys.stderr.buffer),
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
            _without_messages,
            _only_what_is_listed,
            _json if style == "json" else _console,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_number(level)),
    )
    return log


class LibraryRecords(logging.Handler):
    """Passes the records of libraries on to the log, without what they speak of."""

    def __init__(self, log: Log) -> None:
        super().__init__()
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one record."""
        fields: dict[str, Any] = {"logger": record.name}
        if record.name.startswith("uvicorn") and isinstance(record.msg, str):
            fields["template"] = record.msg.partition("\n")[0]
        if record.exc_info and record.exc_info[1] is not None:
            fields["exc_info"] = record.exc_info[1]
        self._log.log(record.levelno, "library", **fields)


@contextmanager
def taken_library_records(log: Log, *, level: str) -> Iterator[None]:
    """Makes ``log`` the only place to which the warnings and errors of libraries go.

    At the end all loggers are as they were: a record that comes later, in the same process,
    must not be written to a stream that its owner has closed by then.
    """
    root = logging.getLogger()
    libraries = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    level_before = root.level
    before = [(logger, logger.handlers, logger.propagate) for logger in (root, *libraries)]
    for library in libraries:
        library.handlers = []
        library.propagate = True
    root.handlers = [LibraryRecords(log)]
    root.setLevel(max(_number(level), logging.WARNING))
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.setLevel(level_before)
        for logger, handlers, propagate in before:
            logger.handlers, logger.propagate = handlers, propagate


def describe_error(error: BaseException) -> tuple[str, list[str]]:
    """The types of an exception and its causes, and the places the first of them passed.

    Returns:
        ``"ValueError from KeyError"`` and ``["app.py:12 create_app", …]``, innermost last.
    """
    names, seen = [type(error).__name__], error
    while (cause := seen.__cause__ or seen.__context__) is not None and len(names) < _FRAMES:
        names.append(type(cause).__name__)
        seen = cause
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return " from ".join(names), places


def _number(level: str) -> int:
    return logging.getLevelNamesMapping()[level.upper()]


def _without_messages(_: object, __: str, event: Event) -> Event:
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["error"], event["frames"] = describe_error(error)
    return event


def _only_what_is_listed(_: object, __: str, event: Event) -> Event:
    name = event.pop("event", None)
    kept: Event = {"time": "", "level": "", "event": name if name in EVENTS else "unlisted"}
    for field, kind in FIELDS.items():
        if field in event and isinstance(event[field], kind):
            value = event[field]
            kept[field] = value[:_LONGEST] if isinstance(value, str) else value
    return kept


def _json(_: object, __: str, event: Event) -> bytes:
    return orjson.dumps(event)


def _console(_: object, __: str, event: Event) -> bytes:
    renderer = structlog.dev.ConsoleRenderer(timestamp_key="time", colors=sys.stderr.isatty())
    return str(renderer(None, "", event)).encode()

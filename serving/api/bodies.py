"""Reads request bodies: media type, compression, JSON. Every way to fail has its problem."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import Message
from typing import Any, TypeVar

import orjson
from starlette.requests import Request

from sedno.serving.api.limits import Limit, too_large_detail
from sedno.serving.api.problems import (
    BODY_TOO_LARGE,
    BROKEN_BODY,
    INVALID_REQUEST,
    MALFORMED_JSON,
    UNSUPPORTED_MEDIA,
    Fault,
    ProblemError,
    pointer,
    shown,
)

T = TypeVar("T")
INLINE_BYTES = 32 << 10
"""Bodies up to this size are read on the event loop, in about a millisecond; larger ones off it."""

LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
"""Media types of one JSON value a line."""

_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89abAB-fF]")


@dataclass(frozen=True, slots=True)
class Records:
    """A body of many records.

    Attributes:
        items: Each as parsed; a :class:`BadLine` where a line could not be.
        digest: Of the body as it was sent, unpacked.
        pointer: Where the list is in the body, as parts of a JSON pointer.
    """

    items: list[Any]
    digest: str
    pointer: tuple[str | int, ...] = ()


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of NDJSON that is no JSON.

    Attributes:
        detail: What is wrong with it.
    """

    detail: str


async def read_records(request: Request, *, most: int, limit: Limit) -> Records:
    """Reads a body of many records: NDJSON, a JSON array, or an object.

    An object with ``comments`` holds them there; any other is a single record. A line of NDJSON
    that cannot be read costs no other line.

    Args:
        request: The request.
        most: Most records.
        limit: Of the bytes.

    Raises:
        ProblemError: The body cannot be read, or has more records.
        ClientDisconnect: The client went away while it sent the body.
    """
    kind = _check_type(request.headers.get("content-type", ""), lines=True)
    packed = _is_gzip(request.headers.get("content-encoding", "identity"))
    body = await request.body()

    def read() -> Records:
        whole = _unpack(body, limit) if packed else body
        items, where = _lines(whole, most) if kind in LINES else _list(_parse(whole))
        if len(items) > most:
            detail = f"has more than {most} comments"
            fault = Fault(pointer(where), "too_many", detail, "send them in several requests")
            raise ProblemError(INVALID_REQUEST, f"The body {detail}.", [fault])
        return Records(items, hashlib.sha256(whole).hexdigest(), where)

    return await asyncio.to_thread(read)


def _lines(body: bytes, most: int) -> tuple[list[Any], tuple[str | int, ...]]:
    items: list[Any] = []
    for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n"):
        if not line.strip():
            continue
        if len(items) > most:
            break
        try:
            items.append(_parse(line))
        except ProblemError as error:
            items.append(BadLine(error.detail))
    return items, ()


def _list(data: Any) -> tuple[list[Any], tuple[str | int, ...]]:
    if isinstance(data, list):
        return data, ()
    if isinstance(data, dict) and "comments" in data:
        if isinstance(data["comments"], list):
            return data["comments"], ("comments",)
        found = Fault(
            "#/comments", "wrong_type", "is not an array", "give a list", shown(data["comments"])
        )
        raise ProblemError(INVALID_REQUEST, "#/comments is not an array.", [found])
    if isinstance(data, dict):
        return [data], ()
    found = Fault("#", "wrong_type", "is neither list nor object", "give a list", shown(data))
    raise ProblemError(INVALID_REQUEST, "The body is neither list nor object.", [found])


async def read_json(request: Request, build: Callable[[Any], T], *, limit: Limit) -> T:
    """Reads the body as JSON and makes something of it.

    Args:
        request: The request.
        build: Makes the result of the parsed body; runs in another thread for large bodies.
        limit: Of the bytes.

    Raises:
        ProblemError: The body is not JSON in UTF-8, plain or gzipped, or ``build`` raised it.
        ClientDisconnect: The client went away while it sent the body.
    """
    _check_type(request.headers.get("content-type", ""))
    packed = _is_gzip(request.headers.get("content-encoding", "identity"))
    body = await request.body()

    def read() -> T:
        return build(_parse(_unpack(body, limit) if packed else body))

    if packed or len(body) > INLINE_BYTES:
        return await asyncio.to_thread(read)
    return read()


def _check_type(content_type: str, *, lines: bool = False) -> str:
    header = Message()
    header["content-type"] = content_type
    kind, charset = header.get_content_type(), header.get_param("charset", "utf-8")
    is_json = kind == "application/json" or re.fullmatch(r"application/[\w.-]+\+json", kind)
    if not is_json and not (lines and kind in LINES):
        also = ", or one object a line as 'application/x-ndjson'" * lines
        raise ProblemError(
            UNSUPPORTED_MEDIA,
            f"Send JSON with the header 'Content-Type: application/json'{also}.",
            headers={"Accept": "application/json"},
        )
    if str(charset).strip("\"'").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise ProblemError(
            UNSUPPORTED_MEDIA,
            "JSON is read as UTF-8 only (RFC 8259). Encode the body as UTF-8.",
            headers={"Accept": "application/json;charset=utf-8"},
        )
    return kind


def _is_gzip(encoding: str) -> bool:
    match encoding.strip().lower():
        case "" | "identity":
            return False
        case "gzip" | "x-gzip":
            return True
        case _:
            raise ProblemError(
                UNSUPPORTED_MEDIA,
                "The body may be plain or packed once with gzip. Use 'Content-Encoding: gzip'.",
                headers={"Accept-Encoding": "gzip, identity"},
            )


def _unpack(body: bytes, limit: Limit) -> bytes:
    """Unpacks gzip without ever holding much more of it than may be."""
    try:
        unpacked = gzip.GzipFile(fileobj=io.BytesIO(body)).read(limit.max_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise ProblemError(
            BROKEN_BODY,
            "The body is not whole gzip data, although Content-Encoding says so. Send all of it, "
            "or leave the header out.",
        ) from error
    if len(unpacked) > limit.max_bytes:
        raise ProblemError(BODY_TOO_LARGE, too_large_detail(limit))
    return unpacked


def _parse(body: bytes) -> Any:
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if _SURROGATE_ESCAPE.search(body):
            return _parse_with_halves(body)
        raise ProblemError(MALFORMED_JSON, _explain(body, error)) from error


def _explain(body: bytes, error: orjson.JSONDecodeError) -> str:
    try:
        body.decode()
    except UnicodeDecodeError as fault:
        return f"Byte {fault.start} is not UTF-8. Encode the body as UTF-8."
    what = error.msg.partition(":")[0]
    return f"Line {error.lineno}, column {error.colno}: {what}. Check it with a JSON parser."


def _parse_with_halves(body: bytes) -> Any:
    r"""Parses JSON with halves of surrogate pairs (``"\ud83d"``), each read as U+FFFD.

    Programs that cut strings at a number of UTF-16 units send them. A comment cut in the
    middle of an emoji is no reason to refuse a thousand others.
    """
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False)
        return orjson.loads(
            text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        )
    except (ValueError, RecursionError) as error:
        raise ProblemError(
            MALFORMED_JSON, "It cannot be read. Check it with a JSON parser."
        ) from error

"""Problems: every failure is told as RFC 9457 ``application/problem+json``.

The kinds are listed in ``docs/api.md``; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus

import orjson
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from sedno.serving.api.request_ids import request_id_of

MEDIA_TYPE = "application/problem+json"
_PREFIX = "urn:sedno:problem:"
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem.

    Attributes:
        slug: Its stable name, the last part of the problem's ``type``.
        status: HTTP status code.
        title: What it is, the same for every occurrence.
    """

    slug: str
    status: int
    title: str

    @property
    def type(self) -> str:
        """The URI that names the kind."""
        return _PREFIX + self.slug


MALFORMED_JSON = Kind("malformed-json", 400, "The body is not JSON")
BROKEN_BODY = Kind("broken-body", 400, "The body cannot be unpacked")
UNAUTHORISED = Kind("unauthorised", 401, "A valid API key is needed")
FORBIDDEN = Kind("forbidden", 403, "The caller may not do this")
NOT_FOUND = Kind("not-found", 404, "There is no such thing")
BODY_TIMEOUT = Kind("body-timeout", 408, "The body took too long to arrive")
CONFLICT = Kind("conflict", 409, "It does not go with what is there")
UNDER_WAY = Kind("under-way", 409, "The same request is being worked on")
BODY_TOO_LARGE = Kind("body-too-large", 413, "The body is too large")
UNSUPPORTED_MEDIA = Kind("unsupported-media", 415, "The body is of a type that is not read here")
INVALID_REQUEST = Kind("invalid-request", 422, "The request does not have the expected form")
KEY_REUSED = Kind("key-reused", 422, "The Idempotency-Key belongs to another request")
QUEUE_FULL = Kind("queue-full", 429, "Too much is waiting already")
INTERNAL = Kind("internal", 500, "The server failed")
NOT_READY = Kind("not-ready", 503, "The server is not ready")
DEADLINE = Kind("deadline", 503, "The answer was not ready in time")

KINDS: tuple[Kind, ...] = (
    MALFORMED_JSON,
    BROKEN_BODY,
    UNAUTHORISED,
    FORBIDDEN,
    NOT_FOUND,
    BODY_TIMEOUT,
    CONFLICT,
    UNDER_WAY,
    BODY_TOO_LARGE,
    UNSUPPORTED_MEDIA,
    INVALID_REQUEST,
    KEY_REUSED,
    QUEUE_FULL,
    INTERNAL,
    NOT_READY,
    DEADLINE,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a request.

    Attributes:
        pointer: JSON pointer to it as a URI fragment (``#/comments/3/text``).
        code: A stable word for programs.
        detail: What is wrong.
        remedy: What to do about it.
        value: The value at fault, shortened.
    """

    pointer: str
    code: str
    detail: str
    remedy: str
    value: str | None = None


class ProblemError(Exception):
    """A request that ends with a problem.

    Attributes:
        kind: Its kind.
        detail: What happened this time and what to do about it.
        faults: What is wrong with the request, in its order.
        headers: Headers of the response.
    """

    def __init__(
        self,
        kind: Kind,
        detail: str,
        faults: Sequence[Fault] = (),
        *,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.title)
        self.kind = kind
        self.detail = detail
        self.faults = faults
        self.headers = dict(headers or {})


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON pointer (RFC 6901) as a URI fragment; ``#`` is the whole document."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def shown(value: object) -> str:
    """A JSON value, shortened to show it to the one who sent it. Never for logs."""
    match value:
        case str():
            cut = value if len(value) <= _SHOWN_CHARS else value[:_SHOWN_CHARS] + "…"
            return f'"{cut}"'
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case dict():
            return f"an object of {len(value)} members"
        case list():
            return f"an array of {len(value)} items"
        case _:
            return str(value)[:_SHOWN_CHARS]


def problem_response(problem: ProblemError, request_id: str | None) -> Response:
    """The response that tells ``problem``."""
    body: dict[str, object] = {
        "type": problem.kind.type,
        "title": problem.kind.title,
        "status": problem.kind.status,
        "detail": _whole(problem.detail),
    }
    if request_id is not None:
        body["request_id"] = request_id
    if problem.faults:
        body["errors"] = [
            {name: _whole(part) for name, part in asdict(fault).items() if part is not None}
            for fault in problem.faults
        ]
    return Response(
        orjson.dumps(body),
        status_code=problem.kind.status,
        headers=problem.headers,
        media_type=MEDIA_TYPE,
    )


def _whole(text: str) -> str:
    """A text without halves of characters, which a request may hold and JSON cannot."""
    return text.encode("utf-8", "replace").decode()


async def on_problem(request: Request, error: Exception) -> Response:
    """Exception handler for :class:`ProblemError`."""
    if not isinstance(error, ProblemError):
        raise TypeError(f"not a problem: {type(error).__name__}")
    return problem_response(error, request_id_of(request.scope))


async def on_database_error(request: Request, error: Exception) -> Response:
    """Exception handler for a database that cannot be reached or does not answer."""
    del error  # its text may hold what was asked
    problem = ProblemError(
        NOT_READY,
        "The database cannot be used now. Try again shortly; the operator finds more in the log.",
        headers={"Retry-After": "2"},
    )
    return await on_problem(request, problem)


async def on_http_exception(request: Request, error: Exception) -> Response:
    """Exception handler for what the framework raises: unknown paths and methods."""
    if not isinstance(error, HTTPException):
        raise TypeError(f"not an HTTP exception: {type(error).__name__}")
    phrase = HTTPStatus(error.status_code).phrase
    kind = Kind(phrase.lower().replace(" ", "-"), error.status_code, phrase)
    details = {
        404: "There is nothing at this path; /docs lists what there is.",
        405: "This path does not take this method; the Allow header lists those it takes.",
    }
    detail = details.get(error.status_code, f"{phrase}.")
    problem = ProblemError(kind, detail, headers=error.headers)
    return await on_problem(request, problem)


async def on_invalid_parameters(request: Request, error: Exception) -> Response:
    """Exception handler for parameters that the framework refused."""
    if not isinstance(error, RequestValidationError):
        raise TypeError(f"not a validation error: {type(error).__name__}")
    faults = [
        Fault(
            pointer(fault["loc"]),
            str(fault["type"]),
            str(fault["msg"]),
            "see /docs for what is taken",
            None if "password" in fault["loc"] else shown(fault.get("input")),
        )
        for fault in error.errors()
    ]
    detail = "Parameters of the request are not valid; see errors."
    return await on_problem(request, ProblemError(INVALID_REQUEST, detail, faults))

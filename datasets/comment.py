"""What a comment is, and which inputs are not one."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sedno.datasets.cleaning import clean_text
from sedno.datasets.language_codes import parse_language
from sedno.datasets.normalize.invisible import shows_nothing
from sedno.datasets.timestamps import parse_time

MAX_TEXT_CHARS = 20_000
"""Longest text taken. The model reads up to its token limit of it; beyond this length
the input is more likely a mistake (a whole page, a log) than a comment."""

_OPTIONAL = frozenset({"author", "posted_at", "source", "post_id", "context", "language"})

MAX_ID_CHARS = 256
"""Longest identifier taken: of a comment, its author, source or post."""


class CommentError(ValueError):
    """An input that is not a valid comment.

    Attributes:
        field: The field at fault.
        code: A stable word for programs: ``empty_text``, ``text_too_long``, ``wrong_type``,
            ``missing_field``, ``id_too_long``, ``empty_id``, ``bad_id``, ``bad_time``,
            ``bad_language``.
        detail: What is wrong with the value and how to mend it.
    """

    def __init__(self, field: str, code: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment, valid by construction of :func:`make_comment`.

    Attributes:
        id: The caller's identifier; given back with the answer, never interpreted.
        text: The comment as it was written, cleaned of characters that cannot be stored
            (see :func:`~sedno.datasets.cleaning.clean_text`) and of nothing else.
        author: The author's identifier where known.
        posted_at: When it was posted, with a time zone.
        source: Where it comes from (a platform, a page, a channel).
        post_id: The post or thread it stands under.
        context: The text of that post, or of the comment it answers.
        language: ISO 639-1 code stated by the caller; detected where ``None``.
        original: The text before it was cleaned, in which spans are counted; ``None`` where
            nothing had to be cleaned.
    """

    id: str
    text: str
    author: str | None = None
    posted_at: datetime | None = None
    source: str | None = None
    post_id: str | None = None
    context: str | None = None
    language: str | None = None
    original: str | None = field(default=None, compare=False, repr=False)


def make_comment(fields: Mapping[str, object], *, default_id: str | int) -> Comment:
    """Make a valid comment out of what a file or a request states.

    ``None``, a float NaN (an empty cell of a table) and, save for ``text``, a blank string
    count as not stated. Whole numbers are taken for identifiers. Keys that are no field of
    :class:`Comment` are not looked at.

    Args:
        fields: Values by field name; only ``text`` must be there.
        default_id: The identifier of a comment that states none: its row number.

    Returns:
        The comment; its texts cleaned by :func:`~sedno.datasets.cleaning.clean_text`, its
        identifiers as they came.

    Raises:
        CommentError: The first field that is not valid, with code ``empty_text``,
            ``text_too_long``, ``wrong_type``, ``id_too_long``, ``empty_id``, ``bad_id``,
            ``bad_time`` or ``bad_language``.
    """
    given = fields.get("text")
    text = _text(given)
    return Comment(
        text=text,
        original=given if isinstance(given, str) and given != text else None,
        id=_identifier("id", fields.get("id"))
        or _identifier("id", default_id)
        or _refuse_empty_id(default_id),
        author=_identifier("author", fields.get("author")),
        posted_at=_time(fields.get("posted_at")),
        source=_identifier("source", fields.get("source")),
        post_id=_identifier("post_id", fields.get("post_id")),
        context=_context(fields.get("context")),
        language=_language(fields.get("language")),
    )


def make_lenient(
    fields: Mapping[str, object], *, default_id: str | int
) -> tuple[Comment, tuple[CommentError, ...]]:
    """Make a comment without those of its optional fields that are not valid.

    A date in an unknown notation is no reason to lose a comment.

    Args:
        fields: As for :func:`make_comment`.
        default_id: As for :func:`make_comment`.

    Returns:
        The comment, and what was wrong with each field that it was made without.

    Raises:
        CommentError: The text or the id is not valid.
    """
    kept = dict(fields)
    left_out: list[CommentError] = []
    while True:
        try:
            return make_comment(kept, default_id=default_id), tuple(left_out)
        except CommentError as error:
            if error.field not in kept or error.field not in _OPTIONAL:
                raise
            del kept[error.field]
            detail = f"{error.detail}; the comment was kept without it"
            left_out.append(CommentError(error.field, error.code, detail))


def _text(value: object) -> str:
    if _is_absent(value):
        raise CommentError("text", "empty_text", "is missing; every comment needs a text")
    text = _string("text", value)
    if shows_nothing(text):
        raise CommentError(
            "text", "empty_text", "has no visible character; leave the row out or give its text"
        )
    return _within_length("text", text)


def _context(value: object) -> str | None:
    if _is_absent(value):
        return None
    context = _string("context", value)
    return None if shows_nothing(context) else _within_length("context", context)


def _within_length(field: str, text: str) -> str:
    if len(text) > MAX_TEXT_CHARS:
        raise CommentError(
            field,
            "text_too_long",
            f"has {len(text)} characters, at most {MAX_TEXT_CHARS} are taken; shorten or split it",
        )
    return text


def _identifier(field: str, value: object) -> str | None:
    if _is_absent(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        value = _digits(field, value)
    elif isinstance(value, float) and value.is_integer():
        # A column of whole numbers with gaps is read as floats by table formats.
        value = _digits(field, int(value))
    # As it came: cleaning could make one of two identifiers.
    identifier = _whole(field, value) if isinstance(value, str) else _string(field, value)
    if not identifier.strip():
        return None
    if len(identifier) > MAX_ID_CHARS:
        raise CommentError(
            field,
            "id_too_long",
            f"{_shown(identifier)} has {len(identifier)} characters, at most {MAX_ID_CHARS} are "
            "taken; use a shorter identifier, such as a hash of it",
        )
    return identifier


def _whole(field: str, identifier: str) -> str:
    try:
        identifier.encode()
    except UnicodeEncodeError:
        halves = identifier.encode("utf-16-le", "surrogatepass")
        try:
            return halves.decode("utf-16-le")
        except UnicodeDecodeError as error:
            raise CommentError(
                field,
                "bad_id",
                f"{_shown(identifier)} has half of a character, which cannot be given back; "
                "use another identifier",
            ) from error
    return identifier


def _digits(field: str, number: int) -> str:
    if abs(number) >= 10**MAX_ID_CHARS:  # str() of a huge number is slow, then refused
        raise CommentError(
            field, "id_too_long", f"is a number of more than {MAX_ID_CHARS} digits; shorten it"
        )
    return str(number)


def _refuse_empty_id(default_id: str | int) -> str:
    raise CommentError(
        "id", "empty_id", f"is missing and the default {default_id!r} is blank; state an id"
    )


def _time(value: object) -> datetime | None:
    if _is_absent(value) or (isinstance(value, str) and not value.strip()):
        return None
    remedy = "give ISO 8601 such as '2025-03-01T12:00:00Z', or seconds since 1970"
    try:
        return parse_time(value)
    except TypeError as error:
        raise CommentError(
            "posted_at", "wrong_type", f"{_shown(value)} is {_type_name(value)}; {remedy}"
        ) from error
    except (ValueError, OverflowError) as error:
        raise CommentError(
            "posted_at", "bad_time", f"{_shown(value)} is no time that can be read; {remedy}"
        ) from error


def _language(value: object) -> str | None:
    if _is_absent(value):
        return None
    try:
        return parse_language(_string("language", value))
    except CommentError:
        raise
    except ValueError as error:
        raise CommentError("language", "bad_language", str(error)) from error


def _string(field: str, value: object) -> str:
    if isinstance(value, str):
        return clean_text(value)
    # A text is never shown in an error: errors are logged, comments must not be.
    shown = (
        f"is {_type_name(value)}"
        if field in ("text", "context")
        else (f"{_shown(value)} is {_type_name(value)}")
    )
    remedy = "decode it as UTF-8" if isinstance(value, bytes | bytearray) else "give a string"
    raise CommentError(field, "wrong_type", f"{shown}, not a string; {remedy}")


def _is_absent(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _type_name(value: object) -> str:
    names = {
        dict: "an object",
        list: "a list",
        bool: "a truth value",
        int: "a number",
        float: "a number",
    }
    return names.get(type(value), f"of type {type(value).__name__}")


def _shown(value: object) -> str:
    try:
        return reprlib.repr(value)
    except ValueError:  # Python refuses to write out a number of thousands of digits
        return "a number of thousands of digits"

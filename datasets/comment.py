"""What a comment is, and which inputs are not one."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime

MAX_TEXT_CHARS = 20_000
"""Longest text taken. The model reads up to its token limit of it; beyond this length
the input is more likely a mistake (a whole page, a log) than a comment."""

MAX_ID_CHARS = 256


class CommentError(ValueError):
    """An input that is not a valid comment.

    Attributes:
        field: The field at fault.
        code: A stable word for programs: ``empty_text``, ``text_too_long``, ``wrong_type``,
            ``missing_field``, ``id_too_long``, ``empty_id``, ``bad_time``.
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
            (see :func:`clean_text`) and of nothing else.
        author: The author's identifier where known.
        posted_at: When it was posted, with a time zone.
        source: Where it comes from (a platform, a page, a channel).
        post_id: The post or thread it stands under.
        context: The text of that post, or of the comment it answers.
        language: ISO 639-1 code stated by the caller; detected where ``None``.
    """

    id: str
    text: str
    author: str | None = None
    posted_at: datetime | None = None
    source: str | None = None
    post_id: str | None = None
    context: str | None = None
    language: str | None = None

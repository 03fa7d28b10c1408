"""Takes in what a caller hands over: comments that can be read, and reasons why not."""

from __future__ import annotations

from dataclasses import dataclass

from sedno.datasets.comment import Comment, CommentError, make_comment
from sedno.datasets.language import detect_language
from sedno.datasets.normalize import Normalized, normalize
from sedno.datasets.normalize.invisible import shows_nothing

_NOTHING_LEFT = "empty_text: has no visible character once disguises and markup are removed"


@dataclass(frozen=True, slots=True)
class Readable:
    """A comment as the model takes it.

    Attributes:
        id: The comment's id, or its position.
        text: The original text, in which spans are counted.
        normalized: What the model reads, with the way back to ``text``.
        language: Stated or detected.
    """

    id: str
    text: str
    normalized: Normalized
    language: str | None


@dataclass(frozen=True, slots=True)
class Refused:
    """An input that cannot be read.

    Attributes:
        id: The comment's id, or its position.
        language: As stated.
        error: Code and reason, such as ``"empty_text: ..."``.
    """

    id: str
    language: str | None
    error: str


def take_in(item: object, position: int) -> Readable | Refused:
    """Makes an input ready to be read; whatever it is, it is answered.

    Args:
        item: A comment, a text, or something that is neither.
        position: The id of an input that has none.
    """
    given: object = item
    name: str = str(position)
    stated: str | None = None
    if isinstance(item, Comment):
        given, name, stated = item.text, item.id, item.language
    try:
        text = make_comment({"text": given}, default_id=position).text
    except CommentError as error:
        return Refused(name, stated, f"{error.code}: {error.detail}")
    normalized = normalize(text)
    if shows_nothing(normalized.text):
        return Refused(name, stated, _NOTHING_LEFT)
    language = stated or detect_language(normalized.text).code
    return Readable(name, text, normalized, language)

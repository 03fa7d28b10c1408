"""Takes in what a caller hands over: comments that can be read, and reasons why not."""

from __future__ import annotations

from dataclasses import dataclass

from sedno.datasets.cleaning import clean_offsets, clean_text, join_surrogates
from sedno.datasets.comment import Comment, CommentError, make_comment
from sedno.datasets.language import detect_language
from sedno.datasets.normalize import Normalized, normalize
from sedno.datasets.normalize.invisible import shows_nothing
from sedno.models.loudness import quieten

_NOTHING_LEFT = "empty_text: has no visible character once disguises and markup are removed"


@dataclass(frozen=True, slots=True)
class Readable:
    """A comment as the model takes it.

    Attributes:
        id: The comment's id, or its position.
        text: The text as it was given, in which spans are counted.
        normalized: What the model reads, with the way back to ``text``.
        language: Stated or detected.
    """

    id: str
    text: str
    normalized: Normalized
    language: str | None

    def original(self, start: int, end: int) -> tuple[int, int, str]:
        """Where a stretch of the normalised text lies in the given one, and its characters."""
        start, end = self.normalized.original_span(start, end)
        return start, end, join_surrogates(self.text[start:end])


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
        given, name, stated = _as_given(item), item.id, item.language
    try:
        comment = make_comment({"text": given}, default_id=position)
    except CommentError as error:
        return Refused(name, stated, f"{error.code}: {error.detail}")
    normalized = normalize(comment.text)
    if shows_nothing(normalized.text):
        return Refused(name, stated, _NOTHING_LEFT)
    language = stated or detect_language(normalized.text).code
    normalized = quieten(normalized)
    if comment.original is None:
        return Readable(name, comment.text, normalized, language)
    return Readable(name, comment.original, _reaching(normalized, comment.original), language)


def _as_given(comment: Comment) -> str:
    """The text before it was cleaned, unless the comment has got another text since."""
    original = comment.original
    if original is None or clean_text(original) != comment.text:
        return comment.text
    return original


def _reaching(normalized: Normalized, original: str) -> Normalized:
    """The same text with offsets that go past the cleaning, back to ``original``."""
    earlier = clean_offsets(original)
    offsets = tuple(earlier[offset] for offset in normalized.offsets)
    return Normalized(normalized.text, offsets, normalized.changes)

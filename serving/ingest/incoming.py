"""What comes in, made ready to be kept: checked, masked, its author a pseudonym."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sedno.datasets.comment import MAX_ID_CHARS, Comment, CommentError, make_lenient
from sedno.serving.people.secrets import pseudonym_key
from sedno.serving.privacy.masking import mask
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.settings import Settings
from sedno.serving.store.words import derived

DEFAULT_SOURCE = "default"
"""The source of comments that name none."""

_MOST_REACH = (1 << 63) - 1
_NAMES = ("thread_id", "product", "brand")


@dataclass(frozen=True, slots=True)
class Incoming:
    """A comment ready to be kept; the attributes are columns of ``StoredComment``.

    Attributes:
        language: As the sender states it.
        warnings: What was not valid and left out.
    """

    source: str
    external_id: str
    text: str
    language: str | None = None
    author: str | None = None
    posted_at: datetime | None = None
    post_id: str | None = None
    thread_id: str | None = None
    context: str | None = None
    product: str | None = None
    brand: str | None = None
    reach: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """What a comment is known by."""
        return self.source, self.external_id

    def content(self) -> dict[str, Any]:
        """The columns that the sender fills."""
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "warnings"
        }

    def derived(self) -> dict[str, str]:
        """The columns that follow from the text."""
        return derived(self.text)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, what is not known left out; :meth:`from_dict` reads it."""
        out = {name: value for name, value in self.content().items() if value is not None}
        if self.posted_at is not None:
            out["posted_at"] = self.posted_at.isoformat()
        if self.warnings:
            out["warnings"] = list(self.warnings)
        return out

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Incoming:
        """What :meth:`to_dict` gave."""
        values = dict(data)
        if "posted_at" in values:
            values["posted_at"] = datetime.fromisoformat(values["posted_at"])
        values["warnings"] = tuple(values.get("warnings", ()))
        return cls(**values)


class Preparer:
    """Makes :class:`Incoming` of what a request or a file states."""

    def __init__(
        self,
        pseudonyms: Pseudonyms,
        *,
        source: str | None = None,
        own_handles: Collection[str] | None = (),
    ) -> None:
        """Prepares.

        Args:
            pseudonyms: Names authors.
            source: The source of comments that name none.
            own_handles: Profiles that a text may mention: the brand's. ``None`` leaves all.
        """
        self._pseudonyms = pseudonyms
        self._own = own_handles
        self._source = source or DEFAULT_SOURCE

    def prepare(self, stated: Mapping[str, object], *, default_id: str | None = None) -> Incoming:
        """Makes a comment ready to be kept.

        What is not valid beside text and id is left out and told in ``warnings``.

        Args:
            stated: Values by field, as for :func:`~sedno.datasets.comment.make_comment`, and
                ``thread_id``, ``product``, ``brand``, ``reach``.
            default_id: The id of a comment that states none.

        Raises:
            CommentError: Text or id are not valid, or the id is missing.
        """
        comment, left_out = make_lenient(stated, default_id=default_id or "?")
        if default_id is None and not _states(stated, "id"):
            raise CommentError(
                "id",
                "missing_field",
                "is missing; give the comment's id at its source, by which it is known again",
            )
        return self.of(comment, stated, tuple(map(_told, left_out)))

    def of(
        self, comment: Comment, stated: Mapping[str, object], warnings: tuple[str, ...] = ()
    ) -> Incoming:
        """The same for a comment that was made already.

        Args:
            comment: The comment; its id is the external id.
            stated: Values by field, for those that a comment has not.
            warnings: What was left out already.

        Raises:
            CommentError: The id is none that can be stored.
        """
        if "\x00" in comment.id:
            raise CommentError("id", "bad_id", "has a NUL character; give another identifier")
        told = list(warnings)
        names = {name: _name(name, stated.get(name), told) for name in _NAMES}
        source = _clean("source", comment.source, told) or self._source
        author = comment.author
        return Incoming(
            source=source,
            external_id=comment.id,
            text=self._masked(comment.text),
            language=comment.language,
            author=None if author is None else self._pseudonyms.of(source, author),
            posted_at=None if comment.posted_at is None else comment.posted_at.astimezone(UTC),
            post_id=_clean("post_id", comment.post_id, told),
            context=None if comment.context is None else self._masked(comment.context),
            reach=_reach(stated.get("reach"), told),
            warnings=tuple(told),
            **names,
        )

    def _masked(self, text: str) -> str:
        return mask(text, own=self._own).text


def preparer_of(settings: Settings, *, source: str | None = None) -> Preparer:
    """The preparer of an installation.

    Args:
        settings: Name its key, and what is masked.
        source: The source of comments that name none.
    """
    return Preparer(
        Pseudonyms(pseudonym_key(settings)), source=source, own_handles=settings.own_handles
    )


def _states(stated: Mapping[str, object], name: str) -> bool:
    value = stated.get(name)
    return value is not None and bool(str(value).strip())


def _told(error: CommentError) -> str:
    return f"{error.code}: {error.field} {error.detail}"


def _name(field: str, value: object, told: list[str]) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        told.append(f"wrong_type: {field} is no string; the comment was kept without it")
        return None
    text = str(value)
    if len(text) > MAX_ID_CHARS:
        told.append(
            f"id_too_long: {field} has {len(text)} characters, at most {MAX_ID_CHARS} are taken; "
            "the comment was kept without it"
        )
        return None
    return _clean(field, text, told)


def _clean(field: str, value: str | None, told: list[str]) -> str | None:
    if value is None or not value.strip():
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        told.append(f"bad_id: {field} has half of a character; the comment was kept without it")
        return None
    if "\x00" in value:
        told.append(f"bad_id: {field} has a NUL character; the comment was kept without it")
        return None
    return value


def _reach(value: object, told: list[str]) -> int | None:
    if value is None or value == "":
        return None
    number = None
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = int(value) if not isinstance(value, float) else round(value)
        except (ValueError, OverflowError):
            number = None
    if number is None or not 0 <= number <= _MOST_REACH:
        told.append(
            "wrong_type: reach is no whole number of people; the comment was kept without it"
        )
        return None
    return number

"""Whose comments are meant: those of an author, or one comment by its id at its source."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from sedno.serving.people.audit import Subject
from sedno.serving.privacy.pseudonyms import Pseudonyms, is_pseudonym
from sedno.serving.store.tables.comments import StoredComment


class TargetError(ValueError):
    """It is not said whose comments are meant; the message says how to."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whose comments are meant. Make it with :meth:`stated`.

    Attributes:
        pseudonym: Of an author.
        source: Of one comment.
        external_id: Of one comment.
    """

    pseudonym: str | None = None
    source: str | None = None
    external_id: str | None = None

    @classmethod
    def stated(
        cls,
        pseudonyms: Pseudonyms,
        *,
        source: str | None = None,
        author: str | None = None,
        external_id: str | None = None,
        pseudonym: str | None = None,
    ) -> Target:
        """What someone asks for: source and author, source and external id, or a pseudonym.

        Args:
            pseudonyms: Names authors.
            source: Where it was written.
            author: The author's identifier there, as it came with the comments.
            external_id: The comment's id there.
            pseudonym: The author's, where that is what is known.

        Raises:
            TargetError: It is none of the three, or more than one.
        """
        given = sum(value is not None for value in (author, external_id, pseudonym))
        if given != 1 or (source is None) != (pseudonym is not None):
            raise TargetError(
                "say whose comments: source and author, or source and external_id, or pseudonym"
            )
        if pseudonym is not None:
            if not is_pseudonym(pseudonym):
                raise TargetError(
                    f"pseudonym {pseudonym[:60]!r} is none; they have 26 letters and digits. Give "
                    "source and author for the name of an author."
                )
            return cls(pseudonym=pseudonym)
        if author is not None:
            return cls(pseudonym=pseudonyms.of(source or "", author))
        return cls(source=source, external_id=external_id)

    def condition(self) -> ColumnElement[bool]:
        """What holds for their comments."""
        if self.pseudonym is not None:
            return StoredComment.author == self.pseudonym
        return and_(
            StoredComment.source == self.source, StoredComment.external_id == self.external_id
        )

    def fits(self, *, source: str, external_id: str, author: str | None) -> bool:
        """Whether a comment that is not stored yet is theirs."""
        if self.pseudonym is not None:
            return author == self.pseudonym
        return (source, external_id) == (self.source, self.external_id)

    @property
    def subject(self) -> Subject:
        """As the subject of an audit entry."""
        if self.pseudonym is not None:
            return Subject("author", self.pseudonym)
        return Subject("external_id", f"{self.source} {self.external_id}")

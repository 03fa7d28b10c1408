"""Who answers for the brand: authors that the operator names, found by their pseudonyms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sedno.serving.people.secrets import pseudonym_key
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.settings import Settings


class Brand:
    """The brand's own authors."""

    def __init__(self, authors: Sequence[str], pseudonyms: Pseudonyms) -> None:
        """Prepares.

        Args:
            authors: ``AUTHOR``, or ``SOURCE=AUTHOR`` for one of a source only.
            pseudonyms: The installation's.
        """
        self._pseudonyms = pseudonyms
        parted = [author.rpartition("=") for author in authors]
        self._authors = [(source or None, name) for source, _, name in parted]

    def pseudonyms_at(self, sources: Iterable[str]) -> frozenset[str]:
        """The pseudonyms of the brand's authors at sources."""
        return frozenset(
            self._pseudonyms.of(source, name)
            for source in sources
            for only, name in self._authors
            if only in (None, source)
        )

    def wrote(self, source: str, author: str | None) -> bool:
        """Whether an author, by pseudonym, is the brand."""
        return author is not None and author in self.pseudonyms_at([source])


def brand_of(settings: Settings) -> Brand:
    """The authors that the settings name."""
    return Brand(settings.brand_authors, Pseudonyms(pseudonym_key(settings)))

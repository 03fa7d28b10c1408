"""What is known of a corpus: the record the registry keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.rows import Row

LicenceClass = Literal["open", "unstated", "nc"]
"""``open``: may train a model that ships. ``unstated``: the source names no licence for the
texts; a recipe must be able to leave it out. ``nc``: non-commercial, evaluation only."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """One corpus.

    Attributes:
        name: Its name here, and of its folder.
        title: What it is, in one line.
        address: Where its public source is.
        hub: Name on a public hub for those with a network, where one is known for sure.
        tasks: Taxonomy tasks it labels; empty for corpora of intents or raw texts.
        languages: ISO 639-1 codes.
        rows: Lines of the file as prepared, before any row is dropped.
        licence: What the source says of its licence.
        licence_class: See :data:`LicenceClass`.
        citation: The paper or person to cite, in one line.
        convert: Makes an :class:`Example` of a row; ``None`` drops the row.
        notes: Mapping, traps and what the labels are worth.
        feeds_gold: Whether gold comments were drawn from it: rows that are in gold dev then
            never come out of :func:`sedno.datasets.corpora.registry.load`.
    """

    name: str
    title: str
    address: str
    tasks: tuple[str, ...]
    languages: tuple[str, ...]
    rows: int
    licence: str
    licence_class: LicenceClass
    citation: str
    convert: Callable[[Row], Example | None]
    notes: tuple[str, ...]
    hub: str | None = None
    feeds_gold: bool = False

    @property
    def may_train(self) -> bool:
        """Whether a model may learn from it at all."""
        return self.licence_class != "nc"

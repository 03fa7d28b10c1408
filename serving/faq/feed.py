"""What product pages read: the published wordings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.faq import FaqEntry, FaqProduct, FaqVersion

MOST: Final = 1_000
"""Most entries of a feed."""


@dataclass(frozen=True, slots=True)
class Item:
    """A published question with its answer.

    Attributes:
        id: Number of the entry.
        family: The same in all languages.
        products: What it is about; none for all products.
        published_at: When this wording was published.
    """

    id: int
    family: int
    language: str
    question: str
    answer: str
    products: tuple[str, ...]
    published_at: datetime


def read(
    session: Session,
    *,
    product: str | None = None,
    language: str | None = None,
    general: bool = True,
) -> list[Item]:
    """Published entries: those of the product first, then those for all products.

    Args:
        session: Where.
        product: Only what is about it, or about all products.
        language: Only what is in it.
        general: Whether to give what is about all products beside a product's own.
    """
    about_some = exists().where(FaqProduct.entry_id == FaqEntry.id)
    query = select(FaqEntry, FaqVersion).join(
        FaqVersion,
        (FaqVersion.entry_id == FaqEntry.id) & (FaqVersion.number == FaqEntry.published_version),
    )
    if language is not None:
        query = query.where(FaqEntry.language == language)
    if product is not None:
        own = exists().where(FaqProduct.entry_id == FaqEntry.id, FaqProduct.product == product)
        query = query.where(own | ~about_some if general else own)
    rows = session.execute(query.order_by(~about_some, FaqEntry.id).limit(MOST))
    return [item_of(entry, version) for entry, version in rows]


def item_of(entry: FaqEntry, version: FaqVersion) -> Item:
    """An entry with one of its wordings, as feeds show it."""
    return Item(
        entry.id,
        entry.family_id or entry.id,
        entry.language,
        version.question,
        version.answer,
        tuple(version.products),
        entry.published_at or entry.updated_at,
    )

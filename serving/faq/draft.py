"""Drafts of entries, out of comments that ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.serving.faq import entries
from sedno.serving.faq.brand import Brand
from sedno.serving.faq.entries import ANSWER, ASKED, Source
from sedno.serving.faq.errors import BadEntryError
from sedno.serving.faq.material import gather, question_in
from sedno.serving.faq.wording import MOST_PRODUCTS, QUESTION_CHARS, Wording
from sedno.serving.people.actor import Actor
from sedno.serving.review.alike import similar
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry

MOST_ASKED: Final = 50
"""Most comments that a draft names as asking the question."""

_LANGUAGE = "pl"
_ALIKE = 30


def from_comments(
    session: Session,
    actor: Actor,
    comment_ids: Collection[int],
    brand: Brand,
    *,
    language: str | None = None,
    question: str | None = None,
    products: Sequence[str] | None = None,
    topic: str | None = None,
) -> FaqEntry:
    """Makes a draft out of comments that ask the same; its answer is still to be chosen.

    Args:
        session: A session that writes.
        actor: Who makes it.
        comment_ids: The comments, the most typical first.
        brand: The brand's own authors.
        language: Of the entry; that of most of the comments where not given.
        question: Its wording; that of the comment that asks best where not given.
        products: What it is about; the products of the comments where not given.
        topic: The topic that the comments are of.

    Raises:
        BadEntryError: None of the comments is there, or something cannot be kept.
    """
    material = gather(session, comment_ids, brand)
    if material.question is None:
        raise BadEntryError("comment_ids", "none of these comments is there; give others")
    there = entries.comments_of(session, comment_ids)
    asking = [there[number] for number in dict.fromkeys(comment_ids) if number in there]
    if products is None:
        named = Counter(one.product for one in asking if one.product)
        products = [product for product, _ in named.most_common(MOST_PRODUCTS)]
    if language is None:
        spoken = Counter(one.language for one in asking if one.language)
        language = spoken.most_common(1)[0][0] if spoken else _LANGUAGE
    chosen = question or question_in(material.question.text)[:QUESTION_CHARS]
    first = [material.question.id, *(one.id for one in asking)]
    sources = [Source(number, ASKED) for number in dict.fromkeys(first)][:MOST_ASKED]
    wording = Wording.of(chosen, "", tuple(products))
    return entries.create(session, actor, wording, language=language, sources=sources, topic=topic)


def alike_to(session: Session, comment_id: int) -> list[int]:
    """A comment and the questions that are nearly the same, for a draft without a topic.

    Raises:
        BadEntryError: There is no such comment.
    """
    comment = session.get(StoredComment, comment_id)
    if comment is None:
        raise BadEntryError("comment_ids", f"there is no comment {comment_id}; give another")
    near = [one.id for one in similar(session, comment, limit=_ALIKE)]
    asking = session.scalars(
        select(StoredComment.id).where(
            StoredComment.id.in_(near), StoredComment.question == "question"
        )
    )
    kept = set(asking)
    return [comment_id, *(number for number in near if number in kept)]


def take_answer(
    session: Session, actor: Actor, entry_id: int, comment_id: int, brand: Brand, *, version: int
) -> FaqEntry:
    """Puts what a comment answers to the end of an entry's answer, with its source.

    Raises:
        UnknownEntryError: There is no such entry.
        EntryChangedError: Somebody has changed it in the meantime.
        BadEntryError: There is no such comment, or the answer grows too long.
    """
    entry = entries.get(session, entry_id, version=version, lock=True)
    comment = session.get(StoredComment, comment_id)
    if comment is None:
        raise BadEntryError("comment_id", f"there is no comment {comment_id}; give another")
    before = entries.wording_of(session, entry)
    sources = entries.sources_of(session, entry_id, entry.version)
    source = Source(comment_id, ANSWER, brand.wrote(comment.source, comment.author))
    answer = f"{before.answer}\n\n{comment.text}" if before.answer else comment.text
    if comment.text in before.answer:
        answer = before.answer
    wording = Wording.of(before.question, answer, tuple(before.products))
    kept = sources if source in sources else [*sources, source]
    return entries.save(session, actor, entry_id, wording, version=version, sources=kept)

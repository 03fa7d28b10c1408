"""Reads topics for lists and pages; needs none of the engine's libraries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.tables.topics import StoredTopic, TopicState, TopicUnit
from sedno.serving.store.words import fold
from sedno.serving.topics.narrowed import AS_WORDED, narrow
from sedno.serving.topics.wanted import ALL, Wanted


@dataclass(frozen=True, slots=True)
class Row:
    """A topic of a list.

    Attributes:
        topic: It.
        question: Its canonical question; ``None`` where the comment was erased.
        answers: Entries made from it.
        published: Those of them that are published.
    """

    topic: StoredTopic
    question: str | None
    answers: int
    published: int

    def fields(self) -> dict[str, Any]:
        """As JSON values."""
        data = {name: value for name, value in self.topic.data.items() if name != "canonical"}
        return data | {
            "question": self.question,
            "answers": self.answers,
            "published": self.published,
        }


def state(session: Session) -> TopicState | None:
    """The last run; ``None`` before the first."""
    return session.scalars(select(TopicState)).first()


def topics(
    session: Session,
    *,
    scope: str | None = None,
    text: str | None = None,
    verdict: str | None = None,
    hidden: bool = False,
    wanted: Wanted = ALL,
) -> list[Row]:
    """Topics, the largest first.

    Args:
        session: Where.
        scope: Only those of a source.
        text: Only those with all these words, or beginnings of words, in name, question or
            phrases; case and diacritics do not matter.
        verdict: Only those that are new, rising and so on.
        hidden: Whether to give those that editors hid.
        wanted: Which questions count: topics are counted anew over them.
    """
    query = select(StoredTopic, TopicUnit.text).outerjoin(
        TopicUnit,
        (TopicUnit.comment_id == StoredTopic.canonical_comment_id)
        & (TopicUnit.unit == StoredTopic.canonical_unit),
    )
    if scope is not None:
        query = query.where(StoredTopic.scope == scope)
    if not hidden:
        query = query.where(StoredTopic.hidden.is_(False))
    answers = _answers(session)
    rows = session.execute(query.order_by(StoredTopic.size.desc(), StoredTopic.position)).all()
    questions = {topic.id: question for topic, question in rows}
    counted = [topic for topic, _ in rows]
    if wanted:
        counted = narrow(session, counted, wanted)
    found = [Row(topic, questions[topic.id], *answers.get(topic.id, (0, 0))) for topic in counted]
    return [row for row in found if _fits(row, text, verdict)]


def topic(session: Session, topic_id: str) -> Row | None:
    """A topic, also a hidden one."""
    found = session.get(StoredTopic, topic_id)
    if found is None:
        return None
    question = None
    if found.canonical_comment_id is not None:
        unit = session.get(TopicUnit, (found.canonical_comment_id, found.canonical_unit))
        question = unit.text if unit is not None else None
    return Row(found, question, *_answers(session).get(topic_id, (0, 0)))


def comments_of(rows: Iterable[Row]) -> set[int]:
    """Numbers of the comments that the canonical questions are of."""
    found = (row.topic.canonical_comment_id for row in rows if row.question is not None)
    return {number for number in found if number is not None}


def names(session: Session) -> dict[str, str]:
    """Names of all topics by id; hidden ones too, since they have pages."""
    rows = session.execute(select(StoredTopic.id, StoredTopic.name))
    return {row.id: row.name for row in rows}


def scopes(session: Session) -> list[str]:
    """Sources that have topics."""
    return list(session.scalars(select(StoredTopic.scope).distinct().order_by(StoredTopic.scope)))


@dataclass(frozen=True, slots=True)
class Choices:
    """What topics can be narrowed down to, by the comments of those that are not hidden.

    Attributes:
        sources: By name.
        products: By name.
        languages: ISO 639-1 codes, by name.
    """

    sources: list[str]
    products: list[str]
    languages: list[str]


def choices(session: Session) -> Choices:
    """What there is to choose from."""
    products: set[str] = set()
    languages: set[str] = set()
    for data in session.scalars(select(StoredTopic.data).where(StoredTopic.hidden.is_(False))):
        # Topics of a run before there were products have none.
        products.update(data.get("products", ()))
        languages.update(data["languages"])
    return Choices(scopes(session), sorted(products), sorted(languages))


def members(
    session: Session, topic_id: str, *, limit: int = 50
) -> list[tuple[TopicUnit, StoredComment]]:
    """Questions of a topic with their comments, the most typical first."""
    rows = session.execute(
        select(TopicUnit, StoredComment)
        .join(StoredComment, AS_WORDED)
        .where(TopicUnit.topic == topic_id)
        .order_by(TopicUnit.score.desc(), TopicUnit.comment_id)
        .limit(limit)
    )
    return [(unit, comment) for unit, comment in rows]


def entries_of(session: Session, topic_id: str) -> list[FaqEntry]:
    """Answers made from a topic."""
    query = select(FaqEntry).where(FaqEntry.topic == topic_id)
    return list(session.scalars(query.order_by(FaqEntry.id)))


def _answers(session: Session) -> dict[str, tuple[int, int]]:
    """How many entries were made from each topic, and how many of them are published."""
    query = (
        select(FaqEntry.topic, func.count(), func.count(FaqEntry.published_version))
        .where(FaqEntry.topic.is_not(None))
        .group_by(FaqEntry.topic)
    )
    return {
        str(topic): (entries, published) for topic, entries, published in session.execute(query)
    }


def _fits(row: Row, text: str | None, verdict: str | None) -> bool:
    if verdict is not None and row.topic.data["trend"]["verdict"] != verdict:
        return False
    return not text or says(row, text)


def says(row: Row, text: str) -> bool:
    """Whether name, question or phrases hold all words, or beginnings of words, of a text."""
    said: Sequence[str] = [row.topic.name, row.question or "", *row.topic.data["phrases"]]
    there = fold(" ".join(said)).split()
    return all(any(word.startswith(part) for word in there) for part in fold(text).split())

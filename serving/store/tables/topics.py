"""Topics: questions that keep coming back, as the last run and the editors left them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from sedno.serving.store.base import Base, UtcDateTime
from sedno.serving.store.tables.comments import NAME_CHARS, Id

TOPIC_CHARS = 32


class TopicState(Base):
    """The one row that the next run goes on from.

    Attributes:
        run: How many runs there were.
        next_id: Number of the next topic that needs an id.
        model: ``name@version`` of what embedded.
        events: What happened to ids.
        edits: What editors decided, the oldest first.
        revision: One more with each change; whoever read an older one has to begin again.
        questions: Comments that ask something.
        single: Those of them that nobody else asks.
        stale: How often questions were erased since topics were counted.
        apart: What keeps topics apart: a column of comments, or ``together``.
        reach: Selections that topics are made of; all questions where ``None``.
    """

    __tablename__ = "topic_state"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    run: Mapped[int] = mapped_column(Integer)
    next_id: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(NAME_CHARS))
    events: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    edits: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    revision: Mapped[int] = mapped_column(Integer)
    questions: Mapped[int] = mapped_column(Integer)
    single: Mapped[int] = mapped_column(Integer)
    by: Mapped[str] = mapped_column(String(200))
    updated_at: Mapped[datetime]
    stale: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    apart: Mapped[str] = mapped_column(String(16), default="source", server_default="source")
    reach: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))


class StoredTopic(Base):
    """A topic.

    The text of its canonical question is not copied: it is that of a unit, and goes with it.

    Attributes:
        position: Its place among all, the largest of each scope first.
        data: As :meth:`sedno.models.topics.records.Topic.to_dict`, without the question.
        canonical_comment_id: Comment that says it best.
        canonical_unit: Which question of that comment.
        centre: Mean of its questions' embeddings, float16; ``None`` where it has none.
    """

    __tablename__ = "topics"

    id: Mapped[str] = mapped_column(String(TOPIC_CHARS), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    scope: Mapped[str] = mapped_column(String(NAME_CHARS))
    name: Mapped[str] = mapped_column(Text)
    size: Mapped[int] = mapped_column(Integer)
    hidden: Mapped[bool]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    canonical_comment_id: Mapped[int | None] = mapped_column(
        ForeignKey("comments.id", ondelete="SET NULL")
    )
    canonical_unit: Mapped[int | None] = mapped_column(Integer)
    centre: Mapped[bytes | None] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_topics_position", "position"),
        Index("ix_topics_canonical_comment_id", "canonical_comment_id"),
    )


class TopicUnit(Base):
    """A question, cut out of its comment; it goes with the comment.

    Attributes:
        unit: Its number within the comment, from 0.
        vector: Embedding, float16.
        found: Id of its topic as found; empty for a single question.
        topic: Id of its topic as editors left it.
        score: How near it is to its topic, from 0 to 1.
        sure: Whether it may found a topic: the comment surely asks, or all were wanted.
        scope: What kept it apart when it was read; its topic is of the same scope.
        x: Its place on the map, from 0 to 1; ``None`` where it is not drawn.
        y: The same, downwards.
        version: The wording of the comment that it was cut out of. Of a comment that was
            reworded since, questions count for nothing.
    """

    __tablename__ = "topic_units"

    comment_id: Mapped[int] = mapped_column(
        Id, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    unit: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    text: Mapped[str] = mapped_column(Text)
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    found: Mapped[str] = mapped_column(String(TOPIC_CHARS))
    topic: Mapped[str] = mapped_column(String(TOPIC_CHARS))
    score: Mapped[float]
    sure: Mapped[bool]
    x: Mapped[float | None]
    y: Mapped[float | None]
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    scope: Mapped[str] = mapped_column(String(NAME_CHARS), default="", server_default="")

    __table_args__ = (Index("ix_topic_units_topic", "topic", "score", "comment_id"),)


class TopicWaiting(Base):
    """A comment that was answered and may ask something, and has not joined a topic yet.

    Written by the transaction of the answer, so that none is lost; it goes with the comment.

    Attributes:
        since: When it was answered last.
    """

    __tablename__ = "topic_waiting"

    comment_id: Mapped[int] = mapped_column(
        Id, ForeignKey("comments.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    since: Mapped[datetime] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_topic_waiting_since", "since"),)

"""Topics and one published answer for the demonstration's desk, out of the bundled sample."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from sedno.models.classifier import Classifier
from sedno.serving.faq import draft, entries, steps
from sedno.serving.faq.brand import Brand, brand_of
from sedno.serving.faq.material import MOST_QUESTIONS, Candidate, gather
from sedno.serving.jobs import board
from sedno.serving.jobs.workers import JobWorkers
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.settings import Settings
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.store.tables.faq import FaqEntry
from sedno.serving.store.transact import transact
from sedno.serving.topics import from_store, pages
from sedno.serving.topics.files import write_bytes

BRANDS: Final = (
    "facebook:Sklep Leśna Polana=Leśna Polana",
    "instagram:@len.i.kropka=len.i.kropka",
    "instagram:@kuchnia.u.zosi=kuchnia.u.zosi",
)
"""Who answers for the invented brands of the sample, as ``SEDNO_BRAND_AUTHORS`` has it."""

_LEASE = timedelta(seconds=60)
_FEWEST_ASKING = 3
_NOTE = "made by the demonstration"


@dataclass(frozen=True, slots=True)
class Answer:
    """A published answer.

    Attributes:
        entry: Number of its entry.
        question: What is asked.
        answer: What the brand replied.
    """

    entry: int
    question: str
    answer: str


def find_topics(database: Database, classifier: Classifier, report: Path) -> list[pages.Row]:
    """Has topics found, unless they are there, and writes a report to read.

    Args:
        database: Holds the classified sample.
        classifier: Answered it.
        report: Where the report goes.

    Returns:
        The topics, the largest first.

    Raises:
        ImportError: The extra ``topics`` is not installed.
    """
    # Here, because the engine's libraries come with an extra.
    import sedno.models.topics.engine  # noqa: F401, PLC0415 - tells at once what is missing
    from sedno.serving.desk.export import FORMATS  # noqa: PLC0415

    with database.session() as session:
        there = pages.state(session) is not None
    if not there:
        _run(database, classifier)
    with database.session() as session:
        found = from_store.report_of(session)
        write_bytes(str(report), FORMATS["md"].write(found, "en"))
        return pages.topics(session)


def publish_answer(database: Database, settings: Settings) -> Answer | None:
    """Publishes what a brand of the sample replied to a topic, unless something is published.

    Of all replies by brands the one is taken that is nearest to the questions of a topic.
    Nothing is made up: without such a reply nothing is published.
    """
    brand = brand_of(settings.model_copy(update={"brand_authors": BRANDS}))

    def write(session: Session) -> Answer | None:
        if not session.scalar(select(exists().where(FaqEntry.id > 0))):
            _publish(session, brand)
        entry = session.scalars(
            select(FaqEntry).where(FaqEntry.published_version.is_not(None)).order_by(FaqEntry.id)
        ).first()
        if entry is None:
            return None
        wording = entries.wording_of(session, entry, entry.published_version)
        return Answer(entry.id, wording.question, wording.answer)

    return transact(database, write)


def _run(database: Database, classifier: Classifier) -> None:
    """As a worker of the server does."""
    workers = JobWorkers(
        lambda: database,
        lambda comments: classifier.predict(comments, embeddings=True),
        lambda: classifier.name,
        workers=0,
        lease=_LEASE,
        tell=lambda *_, **__: None,
    )
    job_id = transact(
        database, lambda session: board.create(session, board.TOPICS, {}, created_by="demo").id
    )
    workers.work(database, job_id)


def _publish(session: Session, brand: Brand) -> None:
    best: tuple[float, pages.Row, list[StoredComment], Candidate] | None = None
    for row in pages.topics(session):
        if row.topic.size < _FEWEST_ASKING:
            continue
        asked = [
            comment for _, comment in pages.members(session, row.topic.id, limit=MOST_QUESTIONS)
        ]
        material = gather(session, [comment.id for comment in asked], brand)
        for candidate in material.candidates:
            if candidate.by_brand and (best is None or candidate.likeness > best[0]):
                best = (candidate.likeness, row, asked, candidate)
    if best is None:
        return
    _, row, asked, candidate = best
    typical, _ = pages.members(session, row.topic.id, limit=1)[0]
    entry = draft.from_comments(
        session,
        COMMAND_LINE,
        list(dict.fromkeys(comment.id for comment in asked)),
        brand,
        question=typical.text,
        topic=row.topic.id,
    )
    entry = draft.take_answer(
        session, COMMAND_LINE, entry.id, candidate.comment.id, brand, version=entry.version
    )
    for step in ("submit", "approve", "publish"):
        steps.take(session, COMMAND_LINE, entry.id, step, version=entry.version, note=_NOTE)

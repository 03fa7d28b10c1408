"""Fills a desk with the bundled sample, for the demonstration."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from sedno.datasets.sample import load_sample
from sedno.models.classifier import Classifier
from sedno.serving.demo_topics import Answer, find_topics, publish_answer
from sedno.serving.ingest.classify import comment_of
from sedno.serving.ingest.incoming import Preparer
from sedno.serving.ingest.take import save, take, to_answer
from sedno.serving.people import people
from sedno.serving.people.actor import COMMAND_LINE
from sedno.serving.people.logins import link_of, make_link
from sedno.serving.people.roles import Role
from sedno.serving.people.secrets import hold_to_pseudonym_key
from sedno.serving.settings import Settings, load_settings
from sedno.serving.store.opening import Store
from sedno.serving.store.tables.comments import StoredComment
from sedno.serving.topics import pages

LOGIN: Final = "demo"
"""Who signs in at the demonstration's desk."""

REPORT: Final = "topics.md"
"""What the report of topics is called, within the desk's folder."""

LINK_MINUTES: Final = 1_440
"""How long the link signs in: the desk holds invented comments only."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A desk that was filled.

    Attributes:
        folder: Where its data lies.
        address: Where browsers find it once it is served.
        link: Signs in once.
        comments: How many comments it holds.
        waiting: How many wait for a look.
        topics: What people ask, the largest topics first; ``None`` where the extra that finds
            them is not installed.
        report: The same as a page to read.
        answer: What a brand of the sample replied, published; ``None`` where none did.
        feed: Where programs read published answers.
    """

    folder: Path
    address: str
    link: str
    comments: int
    waiting: int
    topics: list[pages.Row] | None
    report: Path
    answer: Answer | None
    feed: str


def fill(folder: Path, classifier: Classifier) -> Desk:
    """Keeps and classifies the sample, unless it is there, and makes a link to sign in.

    Topics are found in it, and an answer that one of its brands gave is published.

    What was decided at the desk in the meantime stays.

    Args:
        folder: Of the desk's own; made where it is missing.
        classifier: The model.
    """
    settings = load_settings(data_dir=folder.resolve())
    store = Store(settings)
    try:
        return _fill(folder, classifier, settings, store)
    finally:
        store.close()


def _fill(folder: Path, classifier: Classifier, settings: Settings, store: Store) -> Desk:
    database = store.open()
    taken = take(database, Preparer(hold_to_pseudonym_key(database, settings)), list(load_sample()))
    waiting = to_answer(taken)
    comments = [comment_of(one.item) for one in waiting if one.item is not None]
    if comments:
        save(database, waiting, classifier.predict(comments, embeddings=True))
    topics: list[pages.Row] | None = None
    # Without the extra the desk is filled all the same.
    with contextlib.suppress(ImportError):
        topics = find_topics(database, classifier, folder / REPORT)
    answer = publish_answer(database, settings) if topics else None
    with database.transaction() as session:
        try:
            person = people.find(session, LOGIN)
        except people.UnknownPersonError:
            person = people.create(session, COMMAND_LINE, LOGIN, Role.ADMIN, display_name="Demo")
        token = make_link(session, COMMAND_LINE, person, minutes=LINK_MINUTES)
        count = select(func.count()).select_from(StoredComment)
        return Desk(
            folder,
            f"{settings.address}/desk",
            link_of(settings.address, token),
            session.scalar(count) or 0,
            session.scalar(count.where(StoredComment.review_state == "open")) or 0,
            topics,
            folder / REPORT,
            answer,
            f"{settings.address}/v1/faq?lang=pl",
        )

"""Fills a desk with the bundled sample, for the demonstration."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from sedno.datasets.sample import load_sample
from sedno.models.classifier import Classifier
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

LOGIN: Final = "demo"
"""Who signs in at the demonstration's desk."""

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
    """

    folder: Path
    address: str
    link: str
    comments: int
    waiting: int


def fill(folder: Path, classifier: Classifier) -> Desk:
    """Keeps and classifies the sample, unless it is there, and makes a link to sign in.

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
        )

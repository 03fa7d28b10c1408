"""What the tests of answers share: people, and comments of a thread."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from sedno.serving.faq.brand import Brand
from sedno.serving.people.actor import Actor
from sedno.serving.people.roles import Role
from sedno.serving.privacy.pseudonyms import Pseudonyms
from sedno.serving.store.database import Database
from sedno.serving.store.tables.comments import StoredComment

EWA = Actor("person", 3, "ewa", Role.EDITOR)
JAN = Actor("person", 4, "jan", Role.EDITOR)
SOURCE = "instagram:@rosa.polna"
PSEUDONYMS = Pseudonyms(b"k" * 32)
START = datetime(2026, 10, 5, 12, tzinfo=UTC)

_NUMBERS = itertools.count(1)

Add = Callable[..., int]


@pytest.fixture
def ewa() -> Actor:
    """An editor."""
    return EWA


@pytest.fixture
def jan() -> Actor:
    """Another editor."""
    return JAN


@pytest.fixture
def brand() -> Brand:
    """The brand answers as rosa.polna at its own source."""
    return Brand([f"{SOURCE}=rosa.polna"], PSEUDONYMS)


@pytest.fixture
def add(database: Database) -> Add:
    """Stores a comment under the post about the cream and gives its number."""

    def stored(text: str, *, author: str, minutes: int = 0, **fields: Any) -> int:
        number = next(_NUMBERS)
        direction = fields.pop("embedding", None)
        asks = text.rstrip().endswith("?")
        given = {
            "source": SOURCE,
            "external_id": f"c-{number}",
            "text": text,
            "text_key": hashlib.sha256(text.encode()).hexdigest()[:32],
            "folded": text.lower(),
            "language": "pl",
            "author": PSEUDONYMS.of(SOURCE, author),
            "at": START + timedelta(minutes=minutes),
            "post_id": "krem",
            "product": "Krem z dziką różą",
            "state": "classified",
            "question": "question" if asks else "none",
            "substance": "substantive",
            "authenticity": "real",
            "toxicity": "ok",
            "embedding": None
            if direction is None
            else np.asarray(direction, dtype=np.float16).tobytes(),
            **fields,
        }
        with database.transaction() as session:
            comment = StoredComment(**given)
            session.add(comment)
            session.flush()
            return comment.id

    return stored

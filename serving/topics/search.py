"""Finds topics by meaning and by words, as somebody would ask for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from sedno.datasets.comment import CommentError, make_comment
from sedno.serving.batcher import BatcherClosedError, QueueFullError
from sedno.serving.engine import Engine, NotReadyError
from sedno.serving.store.tables.topics import StoredTopic
from sedno.serving.store.words import fold
from sedno.serving.topics import pages
from sedno.serving.topics.pages import Row
from sedno.serving.topics.wanted import ALL, Wanted

ENOUGH: Final = 0.4
"""Likeness from which a topic is found; ``docs/topics.md`` says what it lets through."""

_BEHIND: Final = 0.2
"""How much less like than the best one a topic may be."""

_WORDS_COUNT: Final = 0.3
_PATIENCE_SECONDS: Final = 5.0
_FEWEST_LETTERS: Final = 4
_ENDING: Final = 2

# What stands around the matter itself when somebody asks in a whole sentence.
_AROUND = re.compile(
    r"^\s*(?:(?:what|which questions) (?:do|are|did) (?:the )?(?:people|customers|users|they)"
    r" ask(?:ing)?(?: about)?|questions? about"
    r"|o co (?:ludzie |klienci |oni )?(?:sie )?pytaj[aą](?: (?:ludzie|klienci))?"
    r"(?: w sprawie| jesli chodzi o| o)?|(?:jakie s[aą] )?pytania (?:o|w sprawie))\s+",
    re.IGNORECASE,
)

Vector = NDArray[np.float32]
By = Literal["meaning", "words"]


@dataclass(frozen=True, slots=True)
class Hit:
    """A topic that was found.

    Attributes:
        row: It.
        by_words: Whether its name, question or phrases say it.
        likeness: Cosine to what was asked for; ``None`` where meaning could not be compared.
    """

    row: Row
    by_words: bool
    likeness: float | None


@dataclass(frozen=True, slots=True)
class Hits:
    """All that was found, the best first.

    Attributes:
        hits: The topics.
        by: Whether meaning was compared, or words alone.
    """

    hits: list[Hit]
    by: By


def embed(engine: Engine, text: str) -> tuple[str, Vector] | None:
    """What the model in service makes of a search, and its name.

    May wait for a few seconds; ``None`` where the model does not answer: it is still being
    loaded, or has too much to do.
    """
    try:
        comment = make_comment({"text": matter(text)}, default_id=0)
        (answer,) = engine.submit([comment]).result(timeout=_PATIENCE_SECONDS)
    except (BatcherClosedError, CommentError, LateError, NotReadyError, QueueFullError):
        return None
    return None if answer.embedding is None else (answer.model, answer.embedding)


def matter(text: str) -> str:
    """What a search is about: without "what do people ask about" and a question mark."""
    bare = _AROUND.sub("", text.strip()).strip(" ?!.")
    return bare or text.strip()


def search(
    session: Session,
    text: str,
    meant: tuple[str, Vector] | None,
    *,
    scope: str | None = None,
    verdict: str | None = None,
    hidden: bool = False,
    wanted: Wanted = ALL,
) -> Hits:
    """Topics that are about what somebody asks for.

    Args:
        session: Where.
        text: What is asked for.
        meant: What :func:`embed` made of it.
        scope: Only topics of a source.
        verdict: Only those that are new, rising and so on.
        hidden: Whether to give those that editors hid.
        wanted: Which questions count.
    """
    rows = pages.topics(session, scope=scope, verdict=verdict, hidden=hidden, wanted=wanted)
    state = pages.state(session)
    likeness: dict[str, float] = {}
    by: By = "words"
    # What another model embedded cannot be compared.
    if meant is not None and state is not None and meant[0] == state.model:
        likeness = _likeness(session, meant[1])
        # Topics of before there were centres have none until they are found or joined again.
        by = "meaning" if likeness or not rows else "words"
    enough = max(ENOUGH, max(likeness.values(), default=0.0) - _BEHIND)
    parts = fold(matter(text)).split()
    hits = [
        Hit(row, _says(row, parts), likeness.get(row.topic.id) if by == "meaning" else None)
        for row in rows
    ]
    found = [hit for hit in hits if hit.by_words or (hit.likeness or 0.0) >= enough]
    found.sort(key=lambda hit: -((hit.likeness or 0.0) + _WORDS_COUNT * hit.by_words))
    return Hits(found, by)


def rows(
    session: Session,
    text: str | None,
    meant: tuple[str, Vector] | None,
    *,
    scope: str | None = None,
    verdict: str | None = None,
    hidden: bool = False,
    wanted: Wanted = ALL,
    words: str | None = None,
) -> list[Row]:
    """Topics of a search, the best first, or all that filters let through, the largest first.

    Args:
        session: Where.
        text: What is asked for; ``None`` or empty for no search.
        meant: What :func:`embed` made of it.
        scope: As in :func:`sedno.serving.topics.pages.topics`.
        verdict: As there.
        hidden: As there.
        wanted: As there.
        words: What ``text`` is called there.
    """
    if not text:
        return pages.topics(
            session, scope=scope, text=words, verdict=verdict, hidden=hidden, wanted=wanted
        )
    found = search(session, text, meant, scope=scope, verdict=verdict, hidden=hidden, wanted=wanted)
    return [hit.row for hit in found.hits if not words or pages.says(hit.row, words)]


def _likeness(session: Session, vector: Vector) -> dict[str, float]:
    rows = session.execute(
        select(StoredTopic.id, StoredTopic.size, StoredTopic.centre).where(
            StoredTopic.centre.is_not(None)
        )
    ).all()
    if not rows:
        return {}
    centres = np.stack([np.frombuffer(row.centre, dtype=np.float16) for row in rows])
    centres = centres.astype(np.float32)
    sizes = np.array([max(row.size, 1) for row in rows], dtype=np.float32)
    # All questions share a direction; what is left tells them apart. One topic has nothing
    # to be told from.
    middle = np.average(centres, axis=0, weights=sizes) if len(rows) > 1 else 0.0
    near = _unit(centres - middle) @ _unit(vector - middle)
    return {row.id: round(float(value), 3) for row, value in zip(rows, near, strict=True)}


def _unit(vectors: NDArray[np.floating]) -> Vector:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)


def _says(row: Row, parts: Sequence[str]) -> bool:
    """Whether all words are there, with whatever ending; case and diacritics do not matter."""
    said = fold(" ".join([row.topic.name, row.question or "", *row.topic.data["phrases"]])).split()
    return bool(parts) and all(any(_same(part, word) for word in said) for part in parts)


def _same(part: str, word: str) -> bool:
    if word.startswith(part):
        return True
    stem = part[: max(_FEWEST_LETTERS, len(part) - _ENDING)]
    return len(part) > _FEWEST_LETTERS and len(word) >= len(stem) and word.startswith(stem)

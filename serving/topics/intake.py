"""From a file of comments to the questions in it, with one pass of the classifier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from sedno.models.topics.cutting import candidates
from sedno.models.topics.records import Asked, Unit, Vector
from sedno.serving.topics.certainty import PERHAPS, SURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sedno.datasets.comment import Comment
    from sedno.datasets.io.rows import Row
    from sedno.models.classifier import Classifier
    from sedno.models.prediction import Prediction

_UNIT_ASKS: Final = 0.3
_CHUNK: Final = 512

_ONE_UNIT: Final = 0.3
_MANY_UNITS: Final = 0.7
"""Weight of the question's own embedding beside the whole comment's, which knows what "it" is:
where a comment asks one thing, and where it asks several."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which comments are taken.

    Attributes:
        everything: Whether to take comments that ask nothing too.
        apart_by: Column whose values keep topics apart; ``None`` for the comment's source.
        together: Whether to keep nothing apart.
        sources: Sources taken; all where empty. The same for the next three.
        brands: Values of the column ``brand``.
        products: Values of the column ``product``.
        languages: Languages.
        since: Earliest time taken.
        until: First time no longer taken.
    """

    everything: bool = False
    apart_by: str | None = None
    together: bool = False
    sources: frozenset[str] = frozenset()
    brands: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(slots=True)
class Taken:
    """What was found in a file.

    Attributes:
        asked: Comments with questions.
        ids: Id of each row as the input states it, in order; ``None`` where it could not be
            read at all.
        keys: Key of each row's comment in ``asked``; differs from the id where ids repeat.
        left: How many rows were left out, by reason.
    """

    asked: list[Asked] = field(default_factory=list)
    ids: list[str | None] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)


def take_in(
    rows: Iterable[Row],
    classifier: Classifier,
    choice: Choice,
    *,
    known: frozenset[str] = frozenset(),
    tell: Callable[[int], None] = lambda _: None,
) -> Taken:
    """Classifies comments and cuts out what they ask.

    Args:
        rows: The rows of the input.
        classifier: What classifies and embeds.
        choice: Which comments are taken.
        known: Ids that need no reading again.
        tell: Is told how many rows are done.
    """
    taken = Taken()
    seen: set[str] = set()
    for chunk in _chunks(rows):
        wanted: list[tuple[Row, Comment, str]] = []
        for row in chunk:
            taken.ids.append(row.id)
            key = row.id if row.id is not None and row.id not in seen else f"\x1e{row.index}"
            if row.id is not None and key != row.id:
                key = f"{row.id}{key}"
            seen.add(key)
            taken.keys.append(key)
            if row.comment is None:
                taken.left["unreadable"] += 1
            elif key in known:
                taken.left["known"] += 1
            elif not _in_scope(row, row.comment, choice):
                taken.left["out of scope"] += 1
            else:
                wanted.append((row, row.comment, key))
        taken.asked += _asked(wanted, classifier, choice, taken.left)
        tell(len(taken.ids))
    return taken


def _asked(
    wanted: Sequence[tuple[Row, Comment, str]],
    classifier: Classifier,
    choice: Choice,
    left: Counter[str],
) -> list[Asked]:
    answers = classifier.predict(
        [comment for _, comment, _ in wanted], embeddings=True, remember=False
    )
    kept: list[tuple[Row, Comment, str, Prediction, list[str]]] = []
    for (row, comment, key), answer in zip(wanted, answers, strict=True):
        reason = _left_out(answer, choice)
        if reason is not None:
            left[reason] += 1
        else:
            kept.append((row, comment, key, answer, candidates(comment.text)))
    # The whole comment has been read; only what was cut out of it is new to the encoder.
    cut = list(
        dict.fromkeys(
            text for _, comment, _, _, units in kept for text in units if text != comment.text
        )
    )
    pieces = dict(zip(cut, classifier.predict(cut, embeddings=True, remember=False), strict=True))
    out = []
    for row, comment, key, answer, texts in kept:
        units = units_of(comment.text, _whole(comment, answer), texts, pieces)
        out.append(
            Asked(
                id=key,
                units=units,
                scope=_scope(row, comment, choice),
                sure=choice.everything or _asks(answer) >= SURE,
                author=comment.author,
                when=comment.posted_at,
                language=answer.language,
                sentiment=answer.labels["sentiment"].label
                if "sentiment" in answer.labels
                else None,
                product=_product(row),
            )
        )
    return out


def _whole(comment: Comment, answer: Prediction) -> Vector:
    if answer.embedding is None:  # asked for; without it there is no answer either
        raise ValueError(f"comment {comment.id!r}: has no embedding")
    return answer.embedding


def units_of(
    whole_text: str, whole: Vector, texts: Sequence[str], pieces: Mapping[str, Prediction]
) -> tuple[Unit, ...]:
    """The questions of a comment, each with an embedding that knows the comment around it.

    Args:
        whole_text: The comment.
        whole: ``(dim,)`` its embedding.
        texts: What was cut out of it.
        pieces: What the classifier says of each cut.
    """
    own = [(text, pieces[text]) for text in texts if text in pieces]
    own = [(text, piece) for text, piece in own if piece.embedding is not None]
    if len(own) > 1:
        most = max(_asks(piece) for _, piece in own)
        own = [(text, piece) for text, piece in own if _asks(piece) >= min(_UNIT_ASKS, most)]
    if not own:
        return (Unit(texts[0] if len(texts) == 1 else whole_text, whole),)
    weight = _ONE_UNIT if len(own) == 1 else _MANY_UNITS
    units = []
    for text, piece in own:
        mixed = weight * np.asarray(piece.embedding) + (1.0 - weight) * whole
        length = max(float(np.linalg.norm(mixed)), 1e-9)
        units.append(Unit(text, (mixed / length).astype(np.float32)))
    return tuple(units)


def _left_out(answer: Prediction, choice: Choice) -> str | None:
    """Why a comment is left out; ``None`` where it is taken."""
    if answer.error is not None or answer.embedding is None:
        return "unreadable"
    if choice.languages and answer.language not in choice.languages:
        return "out of scope"
    if _label(answer, "authenticity") == "spam":
        return "spam"
    if _label(answer, "toxicity") == "toxic":
        return "toxic"
    if not choice.everything and _asks(answer) < PERHAPS:
        return "no question"
    return None


def _asks(answer: Prediction) -> float:
    found = answer.labels.get("question")
    return found.scores.get("question", 0.0) if found is not None else 0.0


def _label(answer: Prediction, task: str) -> str | None:
    return answer.labels[task].label if task in answer.labels else None


def _in_scope(row: Row, comment: Comment, choice: Choice) -> bool:
    for names, value in (
        (choice.sources, comment.source),
        (choice.brands, row.values.get("brand")),
        (choice.products, row.values.get("product")),
    ):
        if names and (value is None or str(value) not in names):
            return False
    if choice.since is None and choice.until is None:
        return True
    if comment.posted_at is None:
        return False
    return (choice.since is None or comment.posted_at >= choice.since) and (
        choice.until is None or comment.posted_at < choice.until
    )


def _scope(row: Row, comment: Comment, choice: Choice) -> str:
    if choice.together:
        return ""
    if choice.apart_by is not None:
        value = row.values.get(choice.apart_by)
        return "" if value is None else str(value)
    return comment.source or ""


def _product(row: Row) -> str | None:
    value = row.values.get("product")
    return str(value) if value else None


def _chunks(rows: Iterable[Row]) -> Iterator[list[Row]]:
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk

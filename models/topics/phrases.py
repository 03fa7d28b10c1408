"""Noun phrases of Polish questions, put into the form a heading has.

"do ilu stopni jest śpiwór puchowy", "w śpiworze puchowym" both give "śpiwór puchowy". A phrase is
adjectives, a noun, an adjective or a noun in the genitive after it, and what a preposition adds:
"koszt wysyłki za granicę".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sedno.models.topics.lemmas import Lemmatiser, Reading
from sedno.models.topics.words import plain, stop_words

_TOKEN: Final = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*|[^\w\s]+")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase.

    Attributes:
        heading: In the nominative.
        lemmas: Base forms of its words that say something, in order.
    """

    heading: str
    lemmas: tuple[str, ...]


def noun_phrases(text: str, lemmatiser: Lemmatiser) -> Iterator[Phrase]:
    """All noun phrases of a question, the short ones inside long ones too."""
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    for start in range(len(tokens)):
        yield from _phrases_at(tokens, start, lemmatiser)


def _phrases_at(tokens: list[str], start: int, lemmatiser: Lemmatiser) -> Iterator[Phrase]:
    at = start
    fronts: list[str] = []
    while at < len(tokens) and len(fronts) < 2:
        adjective = _pick(tokens[at], "adjective", lemmatiser)
        if adjective is None or _pick(tokens[at], "noun", lemmatiser) is not None:
            break
        fronts.append(tokens[at])
        at += 1
    head = _pick(tokens[at], "noun", lemmatiser) if at < len(tokens) else None
    if head is None:
        return
    found = [_pick(front, "adjective", lemmatiser, beside=head) for front in fronts]
    agreeing = [front for front in found if front is not None]
    if len(agreeing) != len(fronts):
        return
    words = [lemmatiser.nominative(front, head) for front in agreeing]
    main = lemmatiser.nominative(head)
    if main is None or None in words:
        return
    built = [word for word in words if word] + [main]
    lemmas = [front.lemma for front in agreeing] + [head.lemma]
    yield Phrase(" ".join(built), tuple(lemmas))
    at += 1
    after = _after(tokens, at, head, lemmatiser)
    if after is not None:
        text, lemma, at = after
        built, lemmas = [*built, text], [*lemmas, lemma]
        yield Phrase(" ".join(built), tuple(lemmas))
    added = _added(tokens, at, lemmatiser)
    if added is not None:
        text, lemma = added
        yield Phrase(" ".join([*built, text]), (*lemmas, lemma))


def _after(
    tokens: list[str], at: int, head: Reading, lemmatiser: Lemmatiser
) -> tuple[str, str, int] | None:
    """An adjective or a genitive behind the head."""
    if at >= len(tokens) or plain(tokens[at]) in stop_words():
        return None
    noun = _pick(tokens[at], "noun", lemmatiser, case="gen")
    if noun is not None:
        return lemmatiser.spelt(tokens[at]), noun.lemma, at + 1
    adjective = _pick(tokens[at], "adjective", lemmatiser, beside=head)
    if adjective is not None:
        form = lemmatiser.nominative(adjective, head)
        if form is not None:
            return form, adjective.lemma, at + 1
    return None


def _added(tokens: list[str], at: int, lemmatiser: Lemmatiser) -> tuple[str, str] | None:
    """A preposition and its noun: "za granicę"."""
    if at + 1 >= len(tokens):
        return None
    prepositions = [r for r in lemmatiser.readings(tokens[at]) if r.kind == "preposition"]
    for preposition in prepositions:
        for case in sorted(preposition.cases):
            noun = _pick(tokens[at + 1], "noun", lemmatiser, case=case)
            if noun is not None:
                return f"{tokens[at]} {lemmatiser.spelt(tokens[at + 1])}", noun.lemma
    return None


def _pick(
    word: str, kind: str, lemmatiser: Lemmatiser, *, case: str = "", beside: Reading | None = None
) -> Reading | None:
    """The reading of a kind, of the base form that most agree on where there is a choice.

    Args:
        word: A word in lower case.
        kind: Kind of the reading.
        lemmatiser: Gives readings.
        case: A case that it must have.
        beside: A noun that it must agree with in case and number.
    """
    if len(word) < 2 or plain(word) in stop_words():
        return None
    best = lemmatiser.lemma(word)
    options = [
        reading
        for reading in lemmatiser.readings(word)
        if reading.kind == kind
        and (not case or case in reading.cases)
        and (
            beside is None
            or (reading.plural == beside.plural and bool(reading.cases & beside.cases))
        )
    ]
    if not options:
        return None
    return next((reading for reading in options if reading.lemma == best), None) or (
        options[0] if kind != "noun" else None
    )

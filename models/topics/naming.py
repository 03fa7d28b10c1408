"""Names topics: key words, key phrases, a real question that says it best, a heading.

Words are weighed by c-TF-IDF (Grootendorst 2022, arXiv 2203.05794) over base forms: what is
frequent in the topic and rare in the other topics of its scope.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sedno.models.topics.lemmas import Lemmatiser
from sedno.models.topics.phrases import noun_phrases
from sedno.models.topics.words import own_words, plain, stop_words, words

_READ: Final = 400
"""Most questions of a topic read for its name."""

_KEY_WORDS: Final = 8
_NAME_COVERS: Final = 0.4
"""Least share of a topic's questions that hold all words of a noun phrase which names it."""

_NAME_HELD: Final = 2
"""Questions that have to hold it at least."""

_NAME_WORDS: Final = 14
"""Longest question that serves as a heading where a shorter one would do as well. Readers refuse
the shortest: what makes them short is mostly what they leave out."""
_BRIEF_COSTS: Final = 0.15
"""How much worse than the canonical question a shorter one may be and still name the topic."""

_SHARED_BY: Final = 0.1
"""Share of a topic's other questions that a word has to be in to count as shared."""
_SHARED_COUNTS: Final = 0.8
"""What a question gains that says nothing but what others say."""

_OTHER_LANGUAGE: Final = 0.5
"""What a question loses that is in another language than most of its topic."""

_EMOJI: Final = re.compile("[\U0001f1e6-\U0001faff☀-➿\ufe0f\u200d]+")
_SPACES: Final = re.compile(r"\s+")
_GREETING: Final = re.compile(
    r"^(?:(?:dzień dobry|dzien dobry|hej(?:ka)?|cześć|czesc|witam|halo|hi|hello|pytanko|pytanie)\b"
    r"[\s,!.:;-]*)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """What a topic is called.

    Attributes:
        name: A heading.
        phrases: Key phrases and words, the most telling first.
        canonical: A real question, cleaned.
        order: Positions of its questions, the most typical first.
    """

    name: str
    phrases: tuple[str, ...]
    canonical: str
    order: tuple[int, ...]


def name_topics(
    topics: Sequence[Sequence[str]],
    typical: Sequence[NDArray[np.float64]],
    languages: Sequence[Sequence[str | None]] = (),
    *,
    phrases: int,
) -> list[Named]:
    """Names the topics of one scope.

    Args:
        topics: The questions of each topic.
        typical: How typical each question is of its topic.
        languages: The language of each question, so that a topic is named in the one that most
            of it is asked in; not looked at where empty.
        phrases: Most key phrases of a topic.
    """
    read = [_sample(texts, near) for texts, near in zip(topics, typical, strict=True)]
    lemmatiser = Lemmatiser(
        word for texts, chosen in zip(topics, read, strict=True) for at in chosen
        for word in words(texts[at])
    )  # fmt: skip
    bags = [
        [_lemmas(texts[at], lemmatiser) for at in chosen]
        for texts, chosen in zip(topics, read, strict=True)
    ]
    weights = _c_tf_idf(bags)
    told = [_in_common(spoken) for spoken in languages] or [np.zeros(len(t)) for t in topics]
    named = [
        _name(texts, near + common, chosen, bag, weight, lemmatiser, phrases)
        for texts, near, common, chosen, bag, weight in zip(
            topics, typical, told, read, bags, weights, strict=True
        )
    ]
    return _distinct(named)


def _in_common(languages: Sequence[str | None]) -> NDArray[np.float64]:
    """What each question loses by being in another language than most of its topic."""
    if not languages:
        return np.zeros(0)
    most, _ = Counter(languages).most_common(1)[0]
    return np.array([0.0 if one == most else -_OTHER_LANGUAGE for one in languages])


def _distinct(named: Sequence[Named]) -> list[Named]:
    """Gives topics of one name names of their own: the canonical question, else a key phrase."""
    used: set[str] = set()
    out = []
    for topic in named:
        name = topic.name
        options = [topic.canonical, *(f"{name} ({phrase})" for phrase in topic.phrases)]
        while name.casefold() in used and options:
            name = options.pop(0)
        used.add(name.casefold())
        out.append(replace(topic, name=name))
    return out


def cleaned(text: str) -> str:
    """A question as it may be shown: without greeting and emoji, with capital and question mark."""
    text = _SPACES.sub(" ", _EMOJI.sub(" ", text)).strip()
    text = _GREETING.sub("", text).strip(" ,;:-–—.!") or text
    text = re.sub(r"\s*[?!.]*\?[?!.]*\s*$", "?", text)
    if not text.endswith("?"):
        text = text.rstrip(" .!…") + "?"
    return text[:1].upper() + text[1:]


def _sample(texts: Sequence[str], near: NDArray[np.float64]) -> list[int]:
    order = [int(at) for at in np.argsort(-near, kind="stable")]
    return order[:_READ] if len(texts) > _READ else order


def _lemmas(text: str, lemmatiser: Lemmatiser) -> list[str]:
    stop = stop_words()
    found = []
    for word in words(text):
        if plain(word) in stop or (len(word) < 2 and not word.isdigit()):
            continue
        lemma = lemmatiser.lemma(word)
        if plain(lemma) not in stop:
            found.append(lemma)
    return found


def _c_tf_idf(bags: Sequence[Sequence[Sequence[str]]]) -> list[dict[str, float]]:
    """Share of a topic's questions with a word, times the rarity of the word elsewhere."""
    shares = []
    for bag in bags:
        holds: Counter[str] = Counter()
        for lemmas in bag:
            holds.update(set(lemmas))
        shares.append({word: count / max(len(bag), 1) for word, count in holds.items()})
    overall: Counter[str] = Counter()
    for share in shares:
        overall.update(share)
    mean = sum(overall.values()) / max(len(shares), 1)
    return [
        {word: value * float(np.log1p(mean / overall[word])) for word, value in share.items()}
        for share in shares
    ]


def _name(
    texts: Sequence[str],
    near: NDArray[np.float64],
    chosen: Sequence[int],
    bag: Sequence[Sequence[str]],
    weight: dict[str, float],
    lemmatiser: Lemmatiser,
    most: int,
) -> Named:
    order = tuple(np.argsort(-near, kind="stable").tolist())
    holds = Counter(word for lemmas in bag for word in set(lemmas))
    shared = [word for word in weight if holds[word] > 1] or list(weight)
    keys = sorted(shared, key=lambda word: (-weight[word], word))[:_KEY_WORDS]
    telling = {word: weight[word] for word in keys}
    total = sum(telling.values()) or 1.0
    said = {at: sum(telling.get(word, 0.0) for word in set(lemmas)) / total
            for at, lemmas in zip(chosen, bag, strict=True)}  # fmt: skip
    usual = [_shared(lemmas, holds, len(chosen)) for lemmas in bag]
    fitness = {
        at: _as_canonical(texts[at], float(near[at]), said[at]) + _SHARED_COUNTS * part
        for at, part in zip(chosen, usual, strict=True)
    }
    best = max(chosen, key=lambda at: (fitness[at], -at))
    canonical = cleaned(texts[best])
    headings = _headings([texts[at] for at in chosen], weight, lemmatiser)
    shown: list[str] = [heading for heading, _, _ in headings[:most]]
    used = {word for _, lemmas, _ in headings[:most] for word in lemmas}
    for word in keys:
        if len(shown) < most and word not in used:
            shown.append(word)
    name = canonical
    for heading, lemmas, held in headings[:3]:
        # What one question alone holds says nothing of the others, however few they are.
        covers = held / len(chosen) >= _NAME_COVERS
        if len(lemmas) > 1 and covers and held >= _NAME_HELD:
            name = heading
            break
    else:
        short = [at for at in chosen if len(words(cleaned(texts[at]))) <= _NAME_WORDS]
        if short and len(words(canonical)) > _NAME_WORDS:
            brief = max(short, key=lambda at: (fitness[at], -at))
            if fitness[brief] >= fitness[best] - _BRIEF_COSTS:
                name = cleaned(texts[brief])
    return Named(name[:1].upper() + name[1:], tuple(shown), canonical, order)


def _shared(lemmas: Sequence[str], holds: Counter[str], questions: int) -> float:
    """How much of a question's words others of its topic have too, from 0 to 1.

    A question that strayed into the topic, or tells a story of its own, has words of its own.
    """
    if not lemmas or questions < 2:
        return 0.0
    wanted = max(1.0, _SHARED_BY * (questions - 1))
    inside = set(lemmas)
    return sum(min(1.0, (holds[word] - 1) / wanted) for word in inside) / len(inside)


def _headings(
    texts: Sequence[str], weight: dict[str, float], lemmatiser: Lemmatiser
) -> list[tuple[str, tuple[str, ...], int]]:
    """Noun phrases by weight: heading, base forms, how many of the questions hold it."""
    forms: dict[frozenset[str], Counter[str]] = {}
    lemmas: dict[str, tuple[str, ...]] = {}
    holds: Counter[frozenset[str]] = Counter()
    for text in texts:
        inside = set()
        for phrase in noun_phrases(text, lemmatiser):
            kind = frozenset(phrase.lemmas)
            forms.setdefault(kind, Counter())[phrase.heading] += 1
            lemmas[phrase.heading] = phrase.lemmas
            inside.add(kind)
        holds.update(inside)
    scored = []
    for kind, headings in forms.items():
        share = holds[kind] / max(len(texts), 1)
        if holds[kind] < 2 and len(texts) > 2:
            continue
        value = share * sum(weight.get(word, 0.0) for word in kind) * (1.0 + 0.5 * (len(kind) - 1))
        heading = max(sorted(headings), key=headings.__getitem__)
        scored.append((value, heading, holds[kind]))
    scored.sort(key=lambda found: (-found[0], found[1]))
    out: list[tuple[str, tuple[str, ...], int]] = []
    for _, heading, held in scored:
        mine = set(lemmas[heading])
        # A phrase inside a better one says nothing new.
        if not any(mine <= set(other) or mine >= set(other) for _, other, _ in out):
            out.append((heading, lemmas[heading], held))
    return out


def _as_canonical(text: str, near: float, said: float) -> float:
    """How well a question stands for its topic: typical, telling, short, well written."""
    count = len(words(text))
    length = -0.04 * max(0, count - 9) - 0.15 * max(0, 3 - count)
    written = 0.05 * ("?" in text) + 0.05 * (not text.isascii()) + 0.03 * text[:1].isupper()
    empty = -0.3 * (not own_words(text))
    return near + 0.6 * said + length + written + empty

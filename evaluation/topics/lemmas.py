"""Which lemmatiser names topics best: 300 inflected Polish words as customers type them.

``lemma_words.tsv`` holds words as customers of shops, hotels and restaurants write them, their base
form (several where grammars differ), and for the hundred that are typed without diacritics how
they are spelt. It was written before any lemmatiser was run on it.
"""

from __future__ import annotations

import csv
import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata, resources
from itertools import combinations
from typing import Any, Final

from sedno.evaluation.topics import streams
from sedno.models.topics.words import words

FILE: Final = "lemma_words.tsv"
SPOKEN: Final = 10_000
"""Running words, of the comments of all streams, over which speed is measured."""

_BUSY: Final = 1.0
_TABLES: Final = ("noun", "adj", "verb", "adv", "num")

Lemma = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the list.

    Attributes:
        form: As it is typed.
        lemmas: Its base form; others that a grammar may give.
        bare: Whether its diacritics were left out.
    """

    form: str
    lemmas: tuple[str, ...]
    bare: bool


def listed() -> list[Word]:
    """The words of the list, those of one base form together."""
    text = resources.files("sedno.evaluation.topics").joinpath(FILE).read_text(encoding="utf-8")
    return [
        Word(row["form"], tuple(row["lemma"].split("|")), bool(row["spelt"]))
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
    ]


def _as_typed() -> Lemma:
    return lambda word: word


def _naming_alone() -> Lemma:
    from sedno.models.topics.lemmas import Lemmatiser  # noqa: PLC0415 - needs the extra topics

    return Lemmatiser(()).lemma


def _naming_among() -> Lemma:
    from sedno.models.topics.lemmas import Lemmatiser  # noqa: PLC0415

    return Lemmatiser(word.form for word in listed()).lemma


def _simplemma() -> Lemma:
    from simplemma import lemmatize  # noqa: PLC0415 - not part of any extra

    return lambda word: str(lemmatize(word, lang="pl"))


def _spacy_tables() -> Lemma:
    """The tables in the order of how frequent their part of speech is among what names topics.

    The component itself looks into the table of the part of speech, which a blank pipeline does
    not know: it gives back each word as it is.
    """
    import spacy_lookups_data  # noqa: F401, PLC0415 - registers the tables
    from spacy.lookups import load_lookups  # noqa: PLC0415 - not part of any extra

    names = [f"lemma_lookup_{kind}" for kind in _TABLES]
    lookups = load_lookups("pl", names)
    tables = [lookups.get_table(name) for name in names]

    def lemma(word: str) -> str:
        return next((str(table[word]) for table in tables if word in table), word)

    return lemma


@dataclass(frozen=True, slots=True)
class Way:
    """A lemmatiser.

    Attributes:
        load: Loads it.
        distributions: What it installs, beside what it depends on.
        packages: What pip has to install where it is missing.
    """

    load: Callable[[], Lemma]
    distributions: tuple[str, ...] = ()
    packages: str = ""


WAYS: Final[dict[str, Way]] = {
    "as typed": Way(_as_typed),
    "naming's (Morfeusz), word alone": Way(_naming_alone, ("morfeusz2",), "'sedno[topics]'"),
    "naming's, among the list": Way(_naming_among, ("morfeusz2",), "'sedno[topics]'"),
    "simplemma": Way(_simplemma, ("simplemma",), "simplemma"),
    "spacy-lookups-data, tables in turn": Way(
        _spacy_tables, ("spacy", "spacy-lookups-data"), "spacy spacy-lookups-data"
    ),
}


def measure() -> dict[str, Any]:
    """Accuracy, speed and size of each lemmatiser that is installed.

    Returns:
        ``words``, ``bare``, ``load``, ``timed`` (whether the machine was idle enough), and for
        each way its figures or ``missing``: what to install.
    """
    load = os.getloadavg()[0]
    timed = load < _BUSY
    every = listed()
    said = running(SPOKEN) if timed else []
    ways: dict[str, Any] = {}
    for name, way in WAYS.items():
        began = time.perf_counter()
        try:
            lemma = way.load()
            loaded = time.perf_counter()
            for word in said:
                lemma(word)
            done = time.perf_counter()
        except ModuleNotFoundError as error:
            ways[name] = {"missing": f"{error.name} is not installed: pip install {way.packages}"}
            continue
        ways[name] = {
            **accuracy(every, lemma),
            "megabytes": installed_mb(way.distributions),
            "load_seconds": loaded - began if timed else None,
            "seconds": done - loaded if timed else None,
        }
    return {
        "words": len(every), "bare": sum(word.bare for word in every), "load": load,
        "timed": timed, "ways": ways,
    }  # fmt: skip


def accuracy(every: Sequence[Word], lemma: Lemma) -> dict[str, float]:
    """How right a lemmatiser is.

    Returns:
        ``spelt`` and ``bare``: share of the words with and without their diacritics that get their
        base form; ``united``: share of the pairs of one base form that get the same, right or
        wrong, which is what counts words together; ``confused``: pairs of different base forms
        that get the same.
    """
    found = [lemma(word.form) for word in every]
    right = [got in word.lemmas for word, got in zip(every, found, strict=True)]
    bare = [ok for word, ok in zip(every, right, strict=True) if word.bare]
    spelt = [ok for word, ok in zip(every, right, strict=True) if not word.bare]
    together = apart = united = confused = 0
    for one, other in combinations(range(len(every)), 2):
        same = found[one] == found[other]
        if every[one].lemmas == every[other].lemmas:
            together, united = together + 1, united + same
        elif not set(every[one].lemmas) & set(every[other].lemmas):
            apart, confused = apart + 1, confused + same
    return {
        "spelt": sum(spelt) / max(len(spelt), 1),
        "bare": sum(bare) / max(len(bare), 1),
        "united": united / max(together, 1),
        "confused": confused,
    }


def running(count: int) -> list[str]:
    """The first words of the comments of all streams, in lower case, repeats and all."""
    out: list[str] = []
    for names in streams.SETS.values():
        for name in names:
            for line in streams.load(name):
                out += words(line.comment.text)
                if len(out) >= count:
                    return out[:count]
    return out


def installed_mb(distributions: Sequence[str]) -> float:
    """Megabytes of distributions and all they depend on, beyond what Sedno itself installs."""
    own = _closure(("sedno",))
    names = _closure(distributions) - own
    size = 0
    for name in names:
        for file in metadata.distribution(name).files or ():
            path = file.locate()
            if os.path.isfile(path):  # noqa: PTH113 - what it gives need not be a Path
                size += os.path.getsize(path)  # noqa: PTH202
    return size / 1e6


def _closure(distributions: Sequence[str]) -> set[str]:
    """Distributions and what they require without any extra, as far as it is installed."""
    found: set[str] = set()
    waiting = list(distributions)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name in found:
            continue
        try:
            required = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        waiting += [
            re.split(r"[^\w.-]", line, maxsplit=1)[0] for line in required if "extra ==" not in line
        ]
    return found

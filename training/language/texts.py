"""The texts that the language model learns from."""

from __future__ import annotations

import os
import random
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sedno.datasets.corpora.corpus import LicenceClass
from sedno.datasets.corpora.registry import corpora, load
from sedno.datasets.language.letters import telling_words
from sedno.datasets.language.scripts import CYRILLIC, LATIN, main_script

_MERGED = {"bs": "hr", "sr": "hr"}
"""Latin Bosnian, Croatian and Serbian are one class: short comments do not tell them apart."""

_CYRILLIC_CODES = frozenset({"bg", "ru", "uk"})

_TESTING = frozenset({"spam_pl"})
"""Kept for testing."""

_ONLY_FOR = {"questions_pl": frozenset({"uk"})}
"""Corpora that test other languages than those they are needed for."""

_FEWEST_TEXTS = 40
"""A language with fewer texts gets no class."""


def texts_by_language(
    root: str | os.PathLike[str] | None, *, licences: Collection[LicenceClass]
) -> dict[str, list[str]]:
    """Gather the words of all texts that may train and do not test, by language.

    Args:
        root: Folder of corpora; the variable ``SEDNO_DATA`` where ``None``.
        licences: Licence classes to admit; corpora that may not train are never read.

    Returns:
        Language code -> distinct texts, as ``telling_words`` gives them, in a fixed order.
    """
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for corpus in corpora(licences=licences, trainable=True):
        if corpus.name in _TESTING:
            continue
        only = _ONLY_FOR.get(corpus.name)
        for example in load(corpus.name, root):
            if example.split in ("dev", "test") or not example.language:
                continue
            if only is not None and example.language not in only:
                continue
            words = telling_words(example.text)
            code = _class_of(example.language, words)
            if code is not None:
                found[code][words] = None
    return {
        code: list(texts) for code, texts in sorted(found.items()) if len(texts) >= _FEWEST_TEXTS
    }


def _class_of(language: str, words: str) -> str | None:
    """The class a text trains; ``None`` where its letters are not those of the language."""
    script = main_script(words) if words else ""
    if script == CYRILLIC:
        return language if language in _CYRILLIC_CODES else None
    if script != LATIN or language in _CYRILLIC_CODES:
        return None
    return _MERGED.get(language, language)


class Sampler:
    """Draws short pieces of texts, as short as comments are, some without their marks."""

    def __init__(
        self, texts: Mapping[str, Sequence[str]], weights: Mapping[str, float], *, seed: int
    ) -> None:
        """Prepare to draw.

        Args:
            texts: Language code -> texts.
            weights: How often a language is drawn, relative to 1.0 for those not named.
            seed: Same seed, same draws.
        """
        self.labels = tuple(sorted(texts))
        self._texts = texts
        self._weights = [weights.get(label, 1.0) for label in self.labels]
        self._chance = random.Random(seed)

    def draw(self, count: int) -> tuple[list[int], list[str]]:
        """Draw so many pieces: the index of each one's label, and the pieces."""
        classes = self._chance.choices(range(len(self.labels)), self._weights, k=count)
        return classes, [self._piece(self.labels[index]) for index in classes]

    def _piece(self, label: str) -> str:
        text = self._chance.choice(self._texts[label])
        words = text.split(" ")
        kind = self._chance.random()
        if kind < 0.65:  # noqa: PLR2004 - half very short, a seventh middling, the rest whole
            sizes = (1, 2, 2, 3, 3, 4, 5, 6, 8) if kind < 0.5 else range(4, 15)  # noqa: PLR2004 - a coin
            size = min(self._chance.choice(sizes), len(words))
            start = self._chance.randint(0, len(words) - size)
            text = " ".join(words[start : start + size])
        if not text.isascii() and label not in _CYRILLIC_CODES:
            # Poles leave marks out more often than others do.
            share = 0.5 if label == "pl" else 0.25
            if self._chance.random() < share:
                text = without_marks(text)
        return text


def without_marks(text: str) -> str:
    """Write letters as people do who leave their marks out: ``żółć`` as ``zolc``."""
    plain = text.replace("ł", "l").replace("đ", "d").replace("ß", "ss")
    return "".join(
        char for char in unicodedata.normalize("NFD", plain) if not unicodedata.combining(char)
    )

"""A word list that judges: what a page of rules would answer.

Counts words of praise, blame and insult; a negation up to two words before one turns it round, a
word of contrast between praise and blame makes the comment mixed (the way of Taboada et al. 2011,
Lexicon-Based Methods for Sentiment Analysis, much simplified). It learns nothing. Polish only.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from sedno.evaluation.baselines import Lesson
from sedno.evaluation.bootstrap import Floats

NAME = "lexicon"
FILE = Path(__file__).with_name("lexicon.toml")

_SURE: Final = 0.7
"""Score of the chosen label; rules have no probabilities, so it means nothing beyond the choice."""

_REACH: Final = 2
"""Words over which a negation reaches."""

_WORD = re.compile(r"\w+")


@cache
def _rules() -> Mapping[str, re.Pattern[str]]:
    lists = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _pattern(entries, name) for name, entries in lists.items()}


def _pattern(entries: Sequence[str], name: str) -> re.Pattern[str]:
    if name.endswith("_signs"):
        return re.compile("|".join(re.escape(entry) for entry in entries))
    parts = [re.escape(entry.removesuffix("*")) + r"\w*" * entry.endswith("*") for entry in entries]
    return re.compile(rf"\b(?:{'|'.join(sorted(parts, key=len, reverse=True))})\b")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A baseline of rules for sentiment and toxicity; other tasks are not answered."""

    name: str = NAME
    rules: Mapping[str, re.Pattern[str]] = field(default_factory=_rules, repr=False)

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See ``Baseline.answer``; the training texts are not looked at.

        Like every baseline it leaves a task out that the benchmark's training part does not label.
        """
        del train
        judged = {"sentiment": self.sentiment, "toxicity": self.toxicity}
        return {
            task: _scores([judged[task](text, lesson.names) for text in test], lesson)
            for task, lesson in lessons.items()
            if task in judged and lesson.names and (lesson.targets >= 0).any()
        }

    def sentiment(self, text: str, labels: Sequence[str]) -> str:
        """The sentiment, among ``labels``."""
        plain = _plain(text)
        praise = blame = 0
        for kind, at in self._found(plain):
            good = (kind == "positive") != self._negated(plain, at)
            praise, blame = praise + good, blame + (not good)
        praise += len(self.rules["positive_signs"].findall(text))
        blame += len(self.rules["negative_signs"].findall(text))
        both = praise and blame
        if both and "mixed" in labels and (praise == blame or self.rules["contrast"].search(plain)):
            return "mixed"
        if praise == blame:
            return "neutral"
        return "positive" if praise > blame else "negative"

    def toxicity(self, text: str, labels: Sequence[str]) -> str:
        """``toxic`` where any insult stands."""
        del labels
        return "toxic" if self.rules["toxic"].search(_plain(text)) else "ok"

    def _found(self, plain: str) -> list[tuple[str, int]]:
        return [
            (kind, match.start())
            for kind in ("positive", "negative")
            for match in self.rules[kind].finditer(plain)
        ]

    def _negated(self, plain: str, at: int) -> bool:
        before = _WORD.findall(plain[max(0, at - 40) : at])[-_REACH:]
        return any(self.rules["negation"].fullmatch(word) for word in before)


def _scores(chosen: Sequence[str], lesson: Lesson) -> Floats:
    scores = np.full((len(chosen), lesson.labels), (1.0 - _SURE) / max(1, lesson.labels - 1))
    for row, label in enumerate(chosen):
        scores[row, lesson.names.index(label)] = _SURE
    return scores


def _plain(text: str) -> str:
    """Lower case without diacritics, as the lists are written."""
    bare = unicodedata.normalize("NFD", text.lower().replace("ł", "l"))
    return "".join(sign for sign in bare if unicodedata.category(sign) != "Mn")

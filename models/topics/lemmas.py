"""Base forms of words, Polish first: "wysyłki", "wysyłkę" and "wysylke" are one word.

Polish goes through Morfeusz (Woliński 2014; dictionary SGJP). Words typed without diacritics get
them back where the same questions spell them out elsewhere, else where the dictionary knows them
with diacritics only and most of the words are Polish. Words of other languages stay as they are, in
lower case: their endings vary less.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sedno.models.topics.diacritics import restored
from sedno.models.topics.words import plain

try:
    import morfeusz2
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "morfeusz2 is not installed; naming topics needs it: pip install 'sedno[topics]'",
        name="morfeusz2",
    ) from error

_NOUNS: Final = frozenset({"subst", "ger", "depr"})
_ADJECTIVES: Final = frozenset({"adj", "ppas", "pact"})
_KINDS: Final = {
    **dict.fromkeys(_NOUNS, "noun"),
    **dict.fromkeys(_ADJECTIVES, "adjective"),
    "prep": "preposition",
    **dict.fromkeys(("fin", "inf", "praet", "impt", "bedzie", "imps", "winien", "pred"), "verb"),
}
_ORDER: Final = ("noun", "adjective", "verb", "preposition")
_ENDINGS: Final = frozenset({"aglt", "part"})
"""What Morfeusz cuts off a verb: the person in "kupił-em", "by" in "kupił-by-m"."""

_TELLING: Final = 4
_POLISH: Final = 0.4
_NO_NAME: Final = "nazwa_pospolita"
_DATED: Final = frozenset({"daw.", "przest.", "arch."})


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a word.

    Attributes:
        lemma: Its base form.
        kind: ``noun``, ``adjective``, ``preposition``, ``verb`` or ``other``.
        cases: Cases of a noun or adjective, those a preposition asks for.
        plural: Whether it is plural.
        tag: The tag as Morfeusz gives it.
    """

    lemma: str
    kind: str
    cases: frozenset[str]
    plural: bool
    tag: str


class Lemmatiser:
    """Base forms and readings of words; remembers what it has seen.

    Args:
        texts: Words of the questions at hand, in lower case: what they spell with diacritics is
            given back to those that do not.
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._morfeusz: Any = morfeusz2.Morfeusz(expand_tags=False)
        self._readings: dict[str, tuple[Reading, ...]] = {}
        counts = Counter(vocabulary)
        self._forms = frozenset(counts)
        spelt: dict[str, Counter[str]] = {}
        for word, count in counts.items():
            if not word.isascii() and self._known(word):
                spelt.setdefault(plain(word), Counter())[word] += count
        self._spelt = {
            bare: max(sorted(forms), key=forms.__getitem__) for bare, forms in spelt.items()
        }
        self._respelt: dict[str, str] = {}
        self._polish = self._mostly_polish(counts)
        votes: Counter[str] = Counter()
        for word, count in counts.items():
            for lemma in {reading.lemma for reading in self.readings(word)}:
                votes[lemma] += count
        self._votes = votes
        self._lemmas: dict[str, str] = {}

    def spelt(self, word: str) -> str:
        """The word with its diacritics where others spell them or the dictionary has no other."""
        found = self._respelt.get(word)
        if found is None:
            found = word
            # What is only a name as it is typed ("kosztow") is rather a word without its letters.
            if word.isascii() and not self._common(word):
                found = self._spelt.get(word) or self._restored(word) or word
            self._respelt[word] = found
        return found

    def readings(self, word: str) -> tuple[Reading, ...]:
        """All readings of a word in lower case; empty for words that are not Polish."""
        found = self._readings.get(word)
        if found is None:
            form = word
            if hasattr(self, "_spelt"):
                form = self.spelt(word)
            read = _whole(self._morfeusz.analyse(form))
            found = tuple(_reading(base, tag) for base, tag, _, _ in read)
            if hasattr(self, "_spelt"):
                self._readings[word] = found
        return found

    def lemma(self, word: str) -> str:
        """The base form that most forms of the vocabulary agree on."""
        found = self._lemmas.get(word)
        if found is None:
            options = sorted(
                {(reading.tag.startswith("ger"), len(reading.lemma), reading.lemma)
                 for reading in self.readings(word)}
            )  # fmt: skip
            found = (
                max(options, key=lambda option: self._votes[option[2]])[2]
                if options
                else self.spelt(word)
            )
            self._lemmas[word] = found
        return found

    def nominative(self, reading: Reading, like: Reading | None = None) -> str | None:
        """The nominative of a noun, or of an adjective beside the noun ``like``.

        Returns:
            The form, ``None`` where the dictionary has none.
        """
        number = "pl" if (like or reading).plural else "sg"
        gender = (like or reading).tag.split(":")[3:4] or [""]
        forms: list[tuple[bool, bool, str]] = []
        for form, _, tag, _, _ in self._morfeusz.generate(reading.lemma):
            parts = tag.split(":")
            if _KINDS.get(parts[0]) != reading.kind or parts[1:2] != [number]:
                continue
            if "nom" not in parts[2].split("."):
                continue
            genders = parts[3].split(".") if len(parts) > 3 else []
            if like is not None and not set(gender[0].split(".")) & set(genders):
                continue
            if parts[0] == reading.tag.partition(":")[0] and (
                parts[0] != "adj" or parts[4:5] == ["pos"]
            ):
                # What the questions themselves say goes first, then the plain plural: "koszty",
                # not "koszta".
                dated = number == "pl" and str(form).endswith("a")
                forms.append((form not in self._forms, dated, str(form)))
        return min(forms, key=lambda found: found[:2])[2] if forms else None

    def _restored(self, word: str) -> str | None:
        return restored(word, self._common) if self._polish else None

    def _mostly_polish(self, counts: Mapping[str, int]) -> bool:
        """Whether the dictionary knows enough of the words for the others to be Polish too.

        Of English banking questions it knows 13 %, of Polish comments without any diacritics 63 %
        at least. Short words say little: "on" and "to" are words of both.
        """
        telling = {word: count for word, count in counts.items() if len(word) >= _TELLING}
        known = sum(count for word, count in telling.items() if self._known(word))
        return known >= _POLISH * sum(telling.values())

    def _known(self, word: str) -> bool:
        return any(tag != "ign" for _, _, (_, _, tag, _, _) in self._morfeusz.analyse(word))

    def _common(self, word: str) -> bool:
        """Whether the dictionary knows it as a word of today that is not only a name."""
        return any(
            (not names or _NO_NAME in names) and not _DATED & set(labels)
            for _, _, names, labels in _whole(self._morfeusz.analyse(word))
        )


def _whole(rows: Sequence[Any]) -> list[tuple[str, str, list[str], list[str]]]:
    """Base form, tag, kinds of name and labels of a word, each time it is read as one word.

    A verb is one word with what Morfeusz cuts off it.
    """
    last = max((end for _, end, _ in rows), default=0)
    cut = all(
        tag.partition(":")[0] in _ENDINGS for start, _, (_, _, tag, _, _) in rows if start > 0
    )
    return [
        (base, tag, names, labels)
        for start, end, (_, base, tag, names, labels) in rows
        if start == 0 and tag != "ign" and (end == last or (cut and tag.startswith("praet")))
    ]


def _reading(base: str, tag: str) -> Reading:
    parts = tag.split(":")
    kind = _KINDS.get(parts[0], "other")
    cases: frozenset[str] = frozenset()
    if kind in {"noun", "adjective"} and len(parts) > 2:
        cases = frozenset(parts[2].split("."))
    elif kind == "preposition" and len(parts) > 1:
        cases = frozenset(parts[1].split("."))
    return Reading(base.partition(":")[0], kind, cases, parts[1:2] == ["pl"], tag)

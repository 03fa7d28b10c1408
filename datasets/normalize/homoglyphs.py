"""Letters of another alphabet that stand in for lookalikes.

The pairs are the ones of Unicode's confusables table (UTS 39) that a reader cannot tell apart
in running text, for the alphabets that spam borrows from. A word is judged by the letters that
only one alphabet has: "Роlska" is Latin because of l and s, "прoмo" Cyrillic because of п.
A word with such letters of both (a stem with a foreign ending) is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from sedno.datasets.normalize.edits import Edit

_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00aa-\u024f\u0250-\u02af\u1e00-\u1eff]")
_SHORTEST_FOREIGN = 3
_RARE = frozenset("ҮԚԜӀһԁԛԝү")
_FOREIGN = re.compile("[\u0370-\u058f\u1f00-\u1fff]")


class _Script(NamedTuple):
    """An alphabet and its letters that look like a Latin one."""

    letters: re.Pattern[str]
    to_latin: Mapping[str, str]
    from_latin: Mapping[str, str]  # less the rare letters, which nobody types by mistake


@cache
def _scripts() -> tuple[_Script, ...]:
    return (
        _script(
            "[\u0400-\u052f]",
            "АВЕЅІЈКМНОРСТХУҮԚԜӀаеѕіјорсухһԁԛԝүкмт",
            "ABESIJKMHOPCTXYYQWIaesijopcyxhdqwykmt",
        ),
        _script(
            "[\u0370-\u03ff\u1f00-\u1fff]",
            "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανρικυετχγηω",
            "ABEZHIKMNOPTYXoavpikuetxynw",
        ),
        _script("[\u0530-\u058f]", "ՕՏԼօոսհցզք", "OSLonuhgqp"),
    )


def _script(letters: str, lookalikes: str, latin: str) -> _Script:
    to_latin = dict(zip(lookalikes, latin, strict=True))
    from_latin: dict[str, str] = {}
    for foreign, plain in to_latin.items():
        if foreign not in _RARE:
            from_latin.setdefault(plain, foreign)
    return _Script(re.compile(letters), to_latin, from_latin)


def homoglyphs(text: str) -> list[Edit]:
    """Give each mixed word one alphabet; words of one alphabet stay.

    One exception: where mixed words show that a Latin text is disguised, its words that are
    spelt with foreign lookalikes alone are undone with the rest.
    """
    if not _FOREIGN.search(text):
        return []
    edits = []
    disguised = False
    pure: list[tuple[re.Match[str], _Script]] = []
    for word in _WORD.finditer(text):
        script = next((s for s in _scripts() if s.letters.search(word[0])), None)
        if script is None:
            continue
        if not _LATIN.search(word[0]):
            if all(char in script.to_latin for char in word[0]):
                pure.append((word, script))
            continue
        table = _table_for(word[0], script)
        disguised = disguised or table is script.to_latin
        edits += _translate(word, table)
    if disguised and not _has_sure_word(text):
        for word, script in pure:
            edits += _translate(word, script.to_latin)
        edits.sort()
    return edits


def _table_for(word: str, script: _Script) -> Mapping[str, str]:
    """Choose the table that gives a mixed word one alphabet; an empty one where none can."""
    sure_latin = sure_foreign = latin = foreign = 0
    for char in word:
        if script.letters.match(char):
            foreign += 1
            sure_foreign += char not in script.to_latin
        else:
            latin += 1
            sure_latin += char not in script.from_latin
    if sure_latin and sure_foreign:
        return {}
    if sure_latin or (latin >= foreign and not sure_foreign):
        return script.to_latin
    # In a formula ("Δx") two letters of two alphabets are both meant.
    return script.from_latin if len(word) >= _SHORTEST_FOREIGN else {}


def _translate(word: re.Match[str], table: Mapping[str, str]) -> list[Edit]:
    start = word.start()
    return [
        Edit(start + i, start + i + 1, table[char])
        for i, char in enumerate(word[0])
        if char in table
    ]


def _has_sure_word(text: str) -> bool:
    """Whether some word is foreign beyond doubt, so that others may be as well."""
    return any(
        script.letters.search(word)
        and not _LATIN.search(word)
        and any(char not in script.to_latin for char in word)
        for word in _WORD.findall(text)
        for script in _scripts()
    )

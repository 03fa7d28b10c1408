"""Cuts the questions out of the chatter around them.

"Kupiłam wczoraj, śliczny ❤️ a można go prać w pralce?" is compared with other questions by its
last clause. A comment that asks several things gives several units.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from sedno.models.topics.words import content_words, own_words, plain

MAX_UNITS: Final = 4
"""Most questions taken from one comment; a longer list is a form letter, not a question."""

MAX_CHARS: Final = 400
"""Longest unit; of a longer sentence the end is kept, where the question mark stands."""

_LEAST_CONTENT: Final = 2
"""A piece with fewer words of its own ("u was też?") is kept with the sentence before it; one
that opens like a question ("ile waży") needs but one."""

_SIGNS: Final = "\U0001f1e6-\U0001faff☀-➿\ufe0f\u200d"
_SENTENCE: Final = re.compile(
    rf"(?<=[!?…])[\"”»)\]]*\s+"
    rf"|(?<=[^\W\d_]{{3}}\.)[\"”»)\]]*\s+"
    rf"|(?<=[?!])(?=[^\W\d_])"
    rf"|\n+"
    rf"|\s*[{_SIGNS}]+\s+(?=[\w@])"
    rf"|\s+[:;]-?[)(DP]+\s+"
)

_ASKING: Final = frozenset(
    plain(word)
    for line in (
        "czy ile ilu jak jaki jaka jakie jakiej jakim jakich jakimi jaką jakiego kiedy gdzie skąd",
        "dokąd którędy dlaczego czemu kto kogo komu kim co czego czym który która które którego",
        "której którą którym których ktoś jest są można da macie",
        "how what when where why who which whose does do did is are can could will would any",
        "wie was wann wo warum wer welche welcher welches wieviel kann gibt",
        "чи як коли де скільки чому хто який яка яке які звідки",
        "kdy kde proč kolik jaký jaká jestli mohu",
        "comment quand où pourquoi combien est-ce qué cuándo dónde cómo cuánto",
    )
    for word in line.split()
)
"""Words that open a question, in the languages most seen."""

_SECOND: Final = _ASKING - frozenset(map(plain, ["jest", "są", "do", "is", "are", "was", "any"]))
"""Of these, the ones that may open a second question inside a sentence."""

_JOINT: Final = re.compile(r"[,;]?\s+(?:i|a|oraz|and|und|та|і)\s+(?=(\w+))", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sentence or clause of a comment.

    Attributes:
        text: The piece.
        marked: Whether it looks like a question by its form: a question mark, or a word that
            opens questions among its first two.
        bare: Whether it says too little to stand alone.
    """

    text: str
    marked: bool
    bare: bool


def pieces(text: str) -> list[Piece]:
    """Sentences and asking clauses of a comment, in order; at least one.

    Args:
        text: A comment; may be long.

    Returns:
        The pieces, none blank.
    """
    found: list[str] = []
    for sentence in _SENTENCE.split(text):
        if any(char.isalnum() for char in sentence):
            found += _clauses(sentence.strip())
    return [_piece(part) for part in found] or [_piece(text.strip())]


def candidates(text: str) -> list[str]:
    """The units a comment is compared by: what in it looks like a question, else all of it.

    Args:
        text: A comment.

    Returns:
        One to :data:`MAX_UNITS` texts. A piece that says too little comes with the one before.
    """
    parts = pieces(text)
    if len(parts) == 1 or not any(part.marked for part in parts):
        return [_shorten(text.strip())]
    units: list[list[str]] = []
    last = -1
    for at, part in enumerate(parts):
        if not part.marked:
            continue
        if part.bare and at > 0:
            if last == at - 1:
                units[-1].append(part.text)
            else:
                units.append([parts[at - 1].text, part.text])
        elif units and last == at - 1 and parts[last].bare:
            units[-1].append(part.text)
        else:
            units.append([part.text])
        last = at
    texts = [_shorten(" ".join(unit)) for unit in units]
    return list(dict.fromkeys(texts))[-MAX_UNITS:]


def _piece(text: str) -> Piece:
    first = [plain(word) for word in re.findall(r"\w+", text)[:2]]
    opens = any(word in _ASKING for word in first)
    own = len(own_words(text))
    return Piece(text, "?" in text or opens, own < (1 if opens else _LEAST_CONTENT))


def _clauses(sentence: str) -> Iterator[str]:
    """Cuts "ile waży i czy można prać?" in two, where both halves ask something of their own."""
    start = 0
    for joint in _JOINT.finditer(sentence):
        if plain(joint.group(1)) not in _SECOND:
            continue
        left, right = sentence[start : joint.start()], sentence[joint.end() :]
        if _asks(left) and content_words(left) and content_words(right):
            yield left.strip()
            start = joint.end()
    yield sentence[start:].strip()


def _asks(text: str) -> bool:
    return any(plain(word) in _ASKING for word in re.findall(r"\w+", text)[:3])


def _shorten(text: str) -> str:
    return text if len(text) <= MAX_CHARS else text[-MAX_CHARS:]

"""Text read in the wrong encoding.

UTF-8 read as a single-byte encoding is mended by ftfy (R. Speer, "ftfy", Zenodo 2019), which
judges the text as a whole. Two things it leaves are added here: Polish letters whose mojibake
it holds to be plausible text, and Windows-1250 or ISO 8859-2 bytes read as a Western encoding.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from os.path import commonprefix

from sedno.datasets.normalize.edits import Edit

# Mojibake has other characters than ASCII, Polish letters, usual punctuation and emoji.
_ODD = re.compile(
    "[^\x00-\x7fąćęłńóśźżĄĆĘŁŃÓŚŹŻ°«»\u200b-\u200d\u2010-\u2015\u2018-\u201f\u2026\u20ac"
    "\u2190-\u2bff\ufe0f\U0001f000-\U0001ffff]"
)
_WORD = re.compile(r"\s+|\S+")
_POLISH = "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ"
_MISREAD_AS = ("latin-1", "cp1252", "cp1250", "iso8859-2")


def _polish_pairs() -> Iterator[tuple[str, str]]:
    for letter in _POLISH:
        for encoding in _MISREAD_AS:
            yield letter.encode().decode(encoding, "replace"), letter


_PAIRS = {pair: letter for pair, letter in _polish_pairs() if "\ufffd" not in pair}
_PAIR = re.compile("(?:{0})(?=[a-z])|(?<=[a-z])(?:{0})".format("|".join(map(re.escape, _PAIRS))))

# Bytes of Windows-1250 or ISO 8859-2 as they show in Windows-1252, Latin 1 or one another.
_BYTES = dict(
    zip("¹±ê³œ¶\x9cŸ¼Ľ\x9f¿æñ¥¡Ê£Œ¦\x8c\x8f¬¯ÆÑ", "ąąęłśśśźźźźżćńĄĄĘŁŚŚŚŹŹŻĆŃ", strict=True)
)
_BYTE = re.compile("(?<=[A-Za-zÀ-ż])[{0}]|[{0}](?=[A-Za-zÀ-ż])".format("".join(_BYTES)))
# Signs that no language writes between letters; the others are letters somewhere.
_SURE_BYTE = re.compile(
    '(?<=[a-z])[¹±³¶¼¿\x9c\x9f](?=[a-z])|(?<![^\\s"„(])[³¶\x9c](?=[a-z]{2})|(?i:(?<!\\w)siê(?!\\w))'
)
_FEWEST_KINDS = 2
_TELLING = frozenset("¹±ê³œ¶\x9cŸ¼\x9f¿æ")


def mojibake(text: str) -> list[Edit]:
    """Mend text that was decoded with the wrong encoding, where that is beyond doubt."""
    if not _ODD.search(text):
        return []
    # Loaded by the first text that needs it: the start of a command does not.
    from ftfy import fix_encoding  # noqa: PLC0415 - start-up time
    from ftfy.badness import is_bad  # noqa: PLC0415 - start-up time

    if is_bad(text):
        fixed = fix_encoding(text)
        if fixed != text:
            return _difference(text, fixed)
    edits = [Edit(m.start(), m.end(), _PAIRS[m[0]]) for m in _PAIR.finditer(text)]
    return edits or _single_bytes(text)


def _single_bytes(text: str) -> list[Edit]:
    if not _SURE_BYTE.search(text):
        return []
    found = list(_BYTE.finditer(text))
    # One kind of sign may be a slip or Spanish ("hola¿que"); two kinds are an encoding.
    if len({m[0] for m in found} & _TELLING) < _FEWEST_KINDS and "siê" not in text.lower():
        return []
    return [Edit(m.start(), m.end(), _BYTES[m[0]]) for m in found]


def _difference(text: str, fixed: str) -> list[Edit]:
    """Edits that turn a text into its mended form, word by word where the words agree."""
    words, fixed_words = list(_WORD.finditer(text)), _WORD.findall(fixed)
    if len(words) != len(fixed_words):
        # A no-break space was part of a letter: rare enough for one coarse edit.
        same = _same_start(text, fixed)
        tail = _same_start(text[same:][::-1], fixed[same:][::-1])
        if same + tail == len(text):  # only an insertion is left, and an edit replaces something
            tail, same = (tail - 1, same) if tail else (tail, same - 1)
        return [Edit(same, len(text) - tail, fixed[same : len(fixed) - tail])]
    edits = []
    for word, mended in zip(words, fixed_words, strict=True):
        if word[0] != mended:
            edits += _by_character(word, mended)
    return edits


def _same_start(one: str, other: str) -> int:
    return len(commonprefix((one, other)))  # noqa: RUF071 - characters are what is compared


def _by_character(word: re.Match[str], mended: str) -> list[Edit]:
    """Split the mending of a word by the number of bytes that each mended character took."""
    edits: list[Edit] = []
    at = word.start()
    for char in mended:
        size = 1 if word.string[at : at + 1] == char else len(char.encode("utf-8", "replace"))
        edits.append(Edit(at, at + size, char))
        at += size
    if at != word.end():
        return [Edit(word.start(), word.end(), mended)]
    return [edit for edit in edits if word.string[edit.start : edit.end] != edit.replacement]

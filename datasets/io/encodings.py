"""Which encoding bytes are in: told, by a byte order mark, or guessed from the text."""

from __future__ import annotations

import codecs
import unicodedata
from typing import Final

from sedno.datasets.io.errors import InputError

UTF8: Final = "utf-8"
FALLBACK: Final = "cp1250"

_MARKS: Final = (
    # UTF-32-LE begins with the mark of UTF-16-LE, so it is asked first.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, UTF8),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_POLISH: Final = frozenset("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
_ONLY_POLISH: Final = frozenset("ąęłĄĘŁ")
_LEAST_POLISH: Final = 0.85
_ESCAPING: Final = ("iso2022", "hz", "utf7")
_COMMON: Final = [
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1256", "koi8_r", "iso8859_2"),
    *("shift_jis", "gb18030", "big5", "euc_kr"),
]
"""Asked first: among all of its hundred encodings the detector often takes a rare relative."""


def check_encoding(told: str, name: str) -> str:
    """Python's name of the encoding called ``told``.

    Args:
        told: Any name Python knows: ``utf-8``, ``windows-1250``, ``iso-8859-2``.
        name: What to call the input in the error.

    Raises:
        InputError: There is no such text encoding.
    """
    try:
        info = codecs.lookup(told)
        "a".encode(info.name)
    except (LookupError, ValueError, TypeError):
        raise InputError(
            name,
            f"unknown encoding {told!r}; use utf-8, utf-16, windows-1250, iso-8859-2, cp1252 "
            "or another name Python knows",
        ) from None
    return info.name


def marked(head: bytes) -> tuple[str | None, int]:
    """The encoding a byte order mark names, and the mark's length in bytes.

    UTF-16 without a mark is known by the zero bytes that ASCII characters have in it.

    Args:
        head: The first four bytes of the input.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return encoding, len(mark)
    zeros = tuple(byte == 0 for byte in head[:4])
    if zeros == (False, True, False, True):
        return "utf-16-le", 0
    if zeros == (True, False, True, False):
        return "utf-16-be", 0
    return None, 0


def extends_ascii(encoding: str) -> bool:
    """Whether ASCII bytes mean the same in ``encoding``, so that lines can be cut as bytes."""
    if encoding.replace("_", "").replace("-", "").startswith(_ESCAPING):
        return False
    every = bytes(range(128))
    try:
        return every.decode(encoding) == every.decode("ascii")
    except UnicodeError:
        return False


def guess(sample: bytes) -> str:
    """The most likely encoding of text that is not plain ASCII.

    UTF-8 where most of the lines that could tell are valid UTF-8. Then Polish is asked
    first, because a general detector mistakes ISO 8859-2 for its neighbours in every
    fourth Polish sample; charset-normalizer judges the rest.

    Args:
        sample: Whole lines, ASCII-compatible.
    """
    telling = [line for line in sample.split(b"\n") if not line.isascii()]
    valid = sum(_is_utf8(line) for line in telling)
    if valid * 2 > len(telling) or not telling:
        return UTF8
    return _polish(b"\n".join(telling)) or _general(b"\n".join(telling)) or FALLBACK


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode(UTF8)
    except UnicodeDecodeError:
        return False
    return True


def _polish(sample: bytes) -> str | None:
    """The central European encoding in which the letters beyond ASCII are Polish ones."""
    best: tuple[float, str] | None = None
    for encoding in (FALLBACK, "iso8859-2"):
        text = sample.decode(encoding, "replace")
        # C1 controls and signs count too: in the wrong encoding ą, ś and ź become those.
        beyond = [char for char in text if char > "\x7f" and _speaks(char)]
        polish = sum(char in _POLISH for char in beyond)
        if not _ONLY_POLISH.intersection(beyond) or polish < _LEAST_POLISH * len(beyond):
            continue
        share = polish / len(beyond)
        if best is None or share > best[0]:
            best = (share, encoding)
    return best and best[1]


def _speaks(char: str) -> bool:
    """Whether a character says something about the encoding: no punctuation or emoji does."""
    return unicodedata.category(char)[0] in "LCS" or char == "\ufffd"


def _general(sample: bytes) -> str | None:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - 20 ms that UTF-8 never needs

    best = from_bytes(sample, cp_isolation=_COMMON).best() or from_bytes(sample).best()
    if best is None or not extends_ascii(best.encoding):
        return None
    return codecs.lookup(best.encoding).name

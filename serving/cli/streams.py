"""Standard streams that can print any comment, whatever the terminal was set up for."""

from __future__ import annotations

import codecs
import io
import os
import sys
import unicodedata

_FOLD = "sedno-fold"
_NOT_DECOMPOSED = {"ł": "l", "Ł": "L", "–": "-", "—": "-", "…": "...", "„": '"', "”": '"', "’": "'"}


def _fold(error: UnicodeError) -> tuple[str, int]:
    """Nearest characters of a narrow encoding: ``ż`` becomes ``z``, an emoji ``?``."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    out = []
    for char in error.object[error.start : error.end]:
        if char in _NOT_DECOMPOSED:
            out.append(_NOT_DECOMPOSED[char])
            continue
        base = unicodedata.normalize("NFKD", char)[0]
        out.append(base if base.isascii() else "?")
    return "".join(out), error.end


def prepare() -> None:
    """Makes the text streams unable to fail on a letter they cannot write.

    A terminal with a narrow encoding (``LC_ALL=C``, ``PYTHONIOENCODING=ascii``) then
    shows ``z`` for ``ż`` instead of ending the program. Data never passes through here:
    it is written as UTF-8 bytes.
    """
    codecs.register_error(_FOLD, _fold)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_FOLD)


def silence_stdout() -> None:
    """Points standard output nowhere, after its reader has gone.

    Without this Python complains a second time when it flushes the stream at exit.
    """
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    os.close(devnull)


def argument_text(value: str) -> str:
    """A text from the command line with bytes that are not UTF-8 shown as U+FFFD."""
    return os.fsencode(value).decode("utf-8", "replace")

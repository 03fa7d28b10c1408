"""Drops from a text what cannot be stored or sent, with the way back to what was given."""

from __future__ import annotations

import re
from collections.abc import Sequence

from sedno.datasets.normalize.edits import Edit, apply_edits

_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_MENDED = re.compile(
    "(?P<line_end>\r\n|[\r\v\f])"
    "|(?P<pair>[\ud800-\udbff][\udc00-\udfff])"
    "|(?P<half>[\ud800-\udfff])"
    "|[\x00-\x08\x0e-\x1f\x7f]"
)


def clean_text(text: str) -> str:
    r"""Drop what cannot be stored or sent, and nothing else.

    Surrogate pairs become the character they stand for and lone surrogates U+FFFD; other line
    ends become ``\n``; NUL and the other ASCII controls but tab and line feed are removed.
    C1 controls (U+0080 to U+009F) stay: they are halves of letters that were read in the wrong
    encoding, which :func:`sedno.datasets.normalize.normalize` can still put together.
    """
    return _MENDED.sub(_mend, text) if _UNCLEAN.search(text) else text


def clean_offsets(text: str) -> Sequence[int]:
    """Where in ``text`` each character of ``clean_text(text)`` begins, and the end of ``text``."""
    unchanged = range(len(text) + 1)
    if not _UNCLEAN.search(text):
        return unchanged
    edits = [Edit(*found.span(), _mend(found)) for found in _MENDED.finditer(text)]
    return apply_edits(text, unchanged, edits)[1]


def join_surrogates(text: str) -> str:
    """The text with surrogate pairs joined and lone ones replaced by U+FFFD."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _mend(found: re.Match[str]) -> str:
    if found["line_end"]:
        return "\n"
    if found["pair"] or found["half"]:
        return join_surrogates(found[0])
    return ""

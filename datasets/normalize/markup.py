"""HTML that a platform's export left in the text: entities and simple tags."""

from __future__ import annotations

import html
import re
from html.entities import html5

from sedno.datasets.normalize.edits import Edit

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_LONGEST_ENTITY = 33

_LINE_TAGS = frozenset({"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "blockquote"})
_INLINE_TAGS = frozenset(
    {"a", "b", "i", "u", "s", "em", "strong", "span", "small", "sub", "sup", "del", "font", "code"}
)
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,9})((?:\s[^<>]{0,2000})?)/?>")
_OPENING = re.compile(r"(?<![</])<(?=[A-Za-z/])")
_HREF = re.compile(r"""\shref\s*=\s*["']?(https?://[^\s"'<>]+)""", re.IGNORECASE)
_LINK_TEXT = re.compile(r"\s*(?:https?://|www\.|[@#]|\d{1,2}:\d\d)", re.IGNORECASE)


def entities(text: str) -> list[Edit]:
    """Decode character references that end in a semicolon, also those encoded repeatedly.

    ``&amp;quot;`` becomes a quotation mark in one pass: whatever decoding puts together is
    looked at again.
    """
    if "&" not in text or not _ENTITY.search(text):
        return []
    # Each piece is (source start, source end, characters); a reference can only be completed
    # by the semicolon that was just read.
    pieces: list[tuple[int, int, str]] = []
    for index, char in enumerate(text):
        pieces.append((index, index + 1, char))
        while pieces and pieces[-1][2] == ";":
            size, decoded = _entity_at_end(pieces)
            if size == 0:
                break
            start, end = pieces[-size][0], pieces[-1][1]
            del pieces[-size:]
            pieces.append((start, end, decoded))
    return [
        Edit(start, end, chars)
        for start, end, chars in pieces
        if end - start > 1 or chars != text[start]
    ]


def _entity_at_end(pieces: list[tuple[int, int, str]]) -> tuple[int, str]:
    """How many of the last pieces spell one character reference, and what it stands for."""
    for size in range(2, min(len(pieces), _LONGEST_ENTITY) + 1):
        if pieces[-size][2] == "&":
            spelt = "".join(piece[2] for piece in pieces[-size:])
            if not _ENTITY.fullmatch(spelt):
                return 0, ""
            # html.unescape would also take the "&copy" of "&copyright;".
            decoded = html.unescape(spelt) if spelt[1] == "#" else html5.get(spelt[1:], spelt)
            return (0, "") if decoded == spelt else (size, decoded)
    return 0, ""


def tags(text: str) -> list[Edit]:
    """Drop the tags that comments are exported with; line tags become a line break.

    A link whose text does not show its address gets the address before the text. Nothing is
    dropped after a bracket that opens and does not close, so no tag can come out of the
    remains of another.
    """
    edits = []
    for opening in _OPENING.finditer(text):
        match = _TAG.match(text, opening.start())
        if match is None:
            break
        name = match[1].lower()
        if name in _LINE_TAGS:
            edits.append(Edit(match.start(), match.end(), "\n"))
        elif name in _INLINE_TAGS:
            href = _HREF.search(match[2]) if name == "a" else None
            shown = href is None or _LINK_TEXT.match(text, match.end())
            address = "" if shown or href is None else f"{href[1]} "
            edits.append(Edit(match.start(), match.end(), address))
    return edits

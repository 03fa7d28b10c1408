"""Finds mentions of people's profiles: ``@name``."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

Stretch = tuple[int, int]

_MENTION = re.compile(r"(?<!\w)@+(?P<name>\w(?:[\w.\u00b7-]*\w)?)")
# "2 kg @15zł", "4K@60fps": so much each, so many a second.
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:z[lł]|pln|eur|euro|usd|gbp|[kmg]?hz|fps|[kpvwxg]|px|szt|mm|cm|kg|db)?",
    re.IGNORECASE,
)


def handle(name: str) -> str:
    """A profile's name as names are compared: without ``@``, in lower case."""
    return name.strip().lstrip("@").casefold()


def mentions(text: str, own: Collection[str]) -> Iterator[Stretch]:
    """Mentions, as ``(start, end)``, their @ included.

    Args:
        text: Where to look.
        own: Names (see :func:`handle`) that are the brand's and no person's.
    """
    for found in _MENTION.finditer(text):
        name = found["name"]
        if not _MEASURE.fullmatch(name) and handle(name) not in own:
            yield found.span()

"""What a model reads instead of a mark: data of the same kind that nobody has.

A telephone number in a comment is much of what makes it an advertisement. The mark that is stored
in its place (``docs/privacy.md``) means nothing to a model, so it reads a made-up one: in service,
when it learns from decisions, and when it is compared on stored comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

STAND_INS: Final[Mapping[str, str]] = {
    "[e-mail]": "kontakt@example.com",
    "[IBAN]": "PL00 0000 0000 0000 0000 0000 0000",
    "[PESEL]": "00000000000",
    "[NIP]": "000-000-00-00",
    "[adres]": "ul. Przykładowa 1",
    "[telefon]": "600 000 000",
    "[osoba]": "@osoba",
}
"""Made-up data by mark."""

_ANY = re.compile("|".join(re.escape(mark) for mark in STAND_INS))


def with_stand_ins(text: str) -> str:
    """The masked text with made-up data in the place of its marks."""
    return _ANY.sub(lambda found: STAND_INS[found[0]], text)


def masked_span(masked: str, start: int, end: int) -> tuple[int, int]:
    """A stretch of a filled text as one of the masked text that it came from.

    A stretch that begins or ends within made-up data takes in the whole mark.

    Args:
        masked: The text with marks.
        start: First character, counted in ``with_stand_ins(masked)``.
        end: One past the last character.
    """
    return _back(masked, start, after=False), _back(masked, end, after=True)


def _back(masked: str, place: int, *, after: bool) -> int:
    shift = 0
    for found in _ANY.finditer(masked):
        begins = found.start() + shift
        ends = begins + len(STAND_INS[found[0]])
        if place <= begins:
            break
        if place < ends:
            return found.end() if after else found.start()
        shift = ends - found.end()
    return place - shift

"""What the model reads instead of a mark: data of the same kind that nobody has.

A telephone number in a comment is much of what makes it an advertisement. The mark that is stored
in its place means nothing to the model, so it reads a made-up one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from sedno.serving.privacy.masking import MARKS, Kind

STAND_INS: Final[Mapping[Kind, str]] = {
    Kind.EMAIL: "kontakt@example.com",
    Kind.IBAN: "PL00 0000 0000 0000 0000 0000 0000",
    Kind.PESEL: "00000000000",
    Kind.NIP: "000-000-00-00",
    Kind.ADDRESS: "ul. Przykładowa 1",
    Kind.PHONE: "600 000 000",
    Kind.MENTION: "@osoba",
}

_BY_MARK = {MARKS[kind]: text for kind, text in STAND_INS.items()}
_ANY = re.compile("|".join(re.escape(mark) for mark in _BY_MARK))


def with_stand_ins(text: str) -> str:
    """The masked text with made-up data in the place of its marks."""
    return _ANY.sub(lambda found: _BY_MARK[found[0]], text)

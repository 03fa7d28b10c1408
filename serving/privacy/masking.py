"""Masks personal data in a text before it is stored.

What is found is replaced by a mark that says what stood there. The marks are listed in
``docs/privacy.md``; a test holds the two together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sedno.serving.privacy import numbers, places
from sedno.serving.privacy.mentions import mentions

_PASSES = 4
# Stands for what an earlier finder took, so that a later one neither finds it nor joins its sides.
_TAKEN = "|"
# Invisible characters that are put between digits or letters to disguise them.
_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\u2063\ufeff")


class Kind(StrEnum):
    """Kinds of personal data."""

    EMAIL = "email"
    IBAN = "iban"
    PESEL = "pesel"
    NIP = "nip"
    ADDRESS = "address"
    PHONE = "phone"
    MENTION = "mention"


MARKS: Mapping[Kind, str] = {
    Kind.EMAIL: "[e-mail]",
    Kind.IBAN: "[IBAN]",
    Kind.PESEL: "[PESEL]",
    Kind.NIP: "[NIP]",
    Kind.ADDRESS: "[adres]",
    Kind.PHONE: "[telefon]",
    Kind.MENTION: "[osoba]",
}
"""What stands in a stored text instead of personal data."""

_Finder = Callable[[str], Iterator[tuple[int, int]]]
# In this order: what one finder took is not offered to the next.
_FINDERS: tuple[tuple[Kind, _Finder], ...] = (
    (Kind.EMAIL, places.emails),
    (Kind.IBAN, numbers.ibans),
    (Kind.PESEL, numbers.pesels),
    (Kind.NIP, numbers.nips),
    (Kind.ADDRESS, places.addresses),
    (Kind.PHONE, numbers.phones),
)


@dataclass(frozen=True, slots=True)
class Masked:
    """A text without the personal data that was found in it.

    Attributes:
        text: The text, with a mark (:data:`MARKS`) in the place of each.
        found: How many of each kind there were; a kind that was not found is left out.
    """

    text: str
    found: Mapping[str, int]


def mask(text: str, *, own: Collection[str] | None = ()) -> Masked:
    """Replaces e-mail addresses, account, personal, tax and telephone numbers, addresses, mentions.

    What is no personal data stays as it is, letter by letter. Masking a masked text changes
    nothing.

    Args:
        text: The text.
        own: Names of profiles that may be mentioned, as of
            :func:`~sedno.serving.privacy.mentions.handle`: the brand's. ``None`` leaves all
            mentions.
    """
    finders = _FINDERS
    if own is not None:
        finders = (*_FINDERS, (Kind.MENTION, lambda view: mentions(view, own)))
    counts: dict[str, int] = {}
    for _ in range(_PASSES):
        # A second look, because what stood apart may meet once something between is gone.
        text, found = _mask_once(text, finders)
        for kind in found:
            counts[kind.value] = counts.get(kind.value, 0) + 1
        if not found:
            break
    return Masked(text, counts)


def _mask_once(text: str, finders: Sequence[tuple[Kind, _Finder]]) -> tuple[str, list[Kind]]:
    if not _can_hold_any(text):
        return text, []
    view, positions = _plain_view(text)
    taken: list[tuple[int, int, Kind]] = []
    for kind, finder in finders:
        stretches = sorted(finder(view))
        last = 0
        for start, end in stretches:
            if start < last:
                continue  # two patterns found the same
            last = end
            taken.append((start, end, kind))
            view = view[:start] + _TAKEN * (end - start) + view[end:]
    taken.sort()
    pieces: list[str] = []
    at = 0
    for start, end, kind in taken:
        pieces += [text[at : positions[start]], MARKS[kind]]
        at = positions[end - 1] + 1
    return "".join([*pieces, text[at:]]), [kind for _, _, kind in taken]


def _can_hold_any(text: str) -> bool:
    """A quick no for most comments: without digits there is only what has an @ or a word for it."""
    if any(map(str.isdigit, text)):
        return True
    folded = text.casefold()
    return any(sign in folded for sign in ("@", "＠", "(at)", "[at]", "małp", "malp", " at "))


def _plain_view(text: str) -> tuple[str, list[int]]:
    """The text as finders read it, and the position in ``text`` of each of its characters.

    Digits of other scripts, wide letters, blanks and dashes of all kinds look plain in it, and
    invisible characters are gone.
    """
    if text.isascii():
        return text, list(range(len(text)))
    view: list[str] = []
    positions: list[int] = []
    for at, letter in enumerate(text):
        if letter in _INVISIBLE:
            continue
        view.append(_plain(letter))
        positions.append(at)
    return "".join(view), positions


def _plain(letter: str) -> str:
    if letter.isascii():
        return letter
    category = unicodedata.category(letter)
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category == "Zs":
        return " "
    if category == "Pd":
        return "-"
    folded = unicodedata.normalize("NFKC", letter)
    return folded if len(folded) == 1 else letter

"""Finds numbers that name a person or an account: IBAN, PESEL, NIP, telephone numbers.

Each finder gives stretches of the text as ``(start, end)``. A number counts only where its check
digits are right; prices, order numbers and years have none, or stand beside a word that says what
they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban
from stdnum.pl import nip, pesel

Stretch = tuple[int, int]

REGION = "PL"
"""Where a telephone number without a country code is taken to be from."""

_LEAST_PHONE_DIGITS = 7
_IBAN_LENGTHS = range(15, 35)
_IBAN_START = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?=[ -]?[A-Za-z0-9])")
_ACCOUNT = re.compile(r"(?<!\d)\d{2}(?:[ -]?\d{4}){6}(?![ -]?\d)")
_PESEL = re.compile(r"(?<![\d+])\d{6}[ -]?\d{5}(?!\d)")
_NIP_GROUPED = re.compile(
    r"(?<![\d-])(?:\d{3}-\d{3}-\d\d-\d\d|\d{3}-\d\d-\d\d-\d{3}|\d{3} \d{3} \d\d \d\d)(?![\d-])"
)
_NIP_NAMED = re.compile(
    r"(?<![^\W_])(?:(?:NIP|VAT)(?:[ -]?(?:UE|EU|ID|nr|numer|no))?\s?[.:#-]?\s{0,2}(?:PL ?)?|PL ?)"
    r"(\d(?:[ -]?\d){9})(?!\d)",
    re.IGNORECASE,
)

_THING = (
    r"(?:zam[oó]wie\w+|zlece\w+|przesy[lł]\w+|pacz[ekc]\w*|faktur\w*|reklamacj\w*|zg[lł]osze\w+|"
    r"umow\w+|list\w*|order|parcel|invoice|ticket|tracking|case)"
)
_NUMBER = r"(?:nr|numer\w*|no|number|id|#)"
_OF_A_THING = re.compile(
    rf"(?:\b{_NUMBER}\.?\s*{_THING}|\b{_THING}\s*{_NUMBER}|\b(?:zam[oó]wieni[eu]|order)|#)\s*"
    r"[.:=#]?\s*\Z",
    re.IGNORECASE,
)
_AMOUNT_AFTER = re.compile(
    r"[.,]?\d*\s?(?:z[lł]|pln|eur|euro|usd|gbp|[€$£%]|gr\b|tys|mln|mld|szt|wy[sś]wietl|ods[lł]on|"
    r"subskr|os[oó]b|ludzi|km|kg|views)",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(r"(?:[€$£]|\b(?:pln|eur|usd))\s?\Z", re.IGNORECASE)
_BEFORE_CHARS = 40


def ibans(text: str) -> Iterator[Stretch]:
    """Bank accounts with a country code, and Polish ones without."""
    for found in _IBAN_START.finditer(text):
        end = _end_of_iban(text, found.start())
        if end is not None:
            yield found.start(), end
    for found in _ACCOUNT.finditer(text):
        if iban.is_valid("PL" + found[0], check_country=False):
            yield found.span()


def _end_of_iban(text: str, start: int) -> int | None:
    """Where an IBAN ends that begins at ``start``: letters after it are no part of it."""
    compact = ""
    for at in range(start, min(len(text), start + 2 * _IBAN_LENGTHS.stop)):
        letter = text[at]
        if letter in " -":
            continue
        if not (letter.isascii() and letter.isalnum()):
            return None
        compact += letter
        follows = text[at + 1 : at + 2]
        if (
            len(compact) in _IBAN_LENGTHS
            and not follows.isalnum()
            and iban.is_valid(compact, check_country=False)
        ):
            return at + 1
        if len(compact) >= _IBAN_LENGTHS.stop:
            return None
    return None


def pesels(text: str) -> Iterator[Stretch]:
    """Polish personal numbers: 11 digits with a birth date and a check digit."""
    for found in _PESEL.finditer(text):
        if pesel.is_valid(found[0]) and not _is_of_a_thing(text, found.start()):
            yield found.span()


def nips(text: str) -> Iterator[Stretch]:
    """Polish tax numbers that say they are: by a word, by PL, or by their grouping.

    One in eleven numbers of ten digits passes the check, so the digits alone say nothing.
    """
    for found in _NIP_NAMED.finditer(text):
        if nip.is_valid(found[1]):
            yield found.span(1)
    for found in _NIP_GROUPED.finditer(text):
        if nip.is_valid(found[0]) and not _is_of_a_thing(text, found.start()):
            yield found.span()


def phones(text: str) -> Iterator[Stretch]:
    """Telephone numbers: Polish ones, and those of the world with their country code."""
    if sum(map(str.isdigit, text)) < _LEAST_PHONE_DIGITS:
        return
    for match in PhoneNumberMatcher(text, REGION, leniency=Leniency.VALID, max_tries=2**31):
        if phonenumbers.is_valid_number(match.number) and not (
            _is_of_a_thing(text, match.start)
            or _AMOUNT_BEFORE.search(text, max(0, match.start - _BEFORE_CHARS), match.start)
            or _AMOUNT_AFTER.match(text, match.end)
        ):
            yield match.start, match.end


def _is_of_a_thing(text: str, start: int) -> bool:
    """Whether the words before say that it is the number of an order, a parcel, an invoice."""
    return _OF_A_THING.search(text, max(0, start - _BEFORE_CHARS), start) is not None

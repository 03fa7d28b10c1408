"""Finds e-mail addresses, also the disguised ones, and postal addresses."""

from __future__ import annotations

import re
from collections.abc import Iterator

Stretch = tuple[int, int]

_LOCAL = r"[^\W_][\w.+%-]*"
_HOST = r"[^\W_][\w-]*(?:\.[\w-]+)*\.[^\W\d_]{2,}"
_TOP = r"(?:pl|com|eu|net|org|info|de|uk|cz|ua|io|me)"
_AT_WORD = r"(?:at|ma[lł]pa|ma[lł]pka)"
_DOT = r"(?:\.|\s?[(\[{]\s?(?:dot|kropka|\.)\s?[)\]}]\s?|\s(?:dot|kropka)\s)"
_EMAILS = (
    re.compile(rf"(?<![\w.+%-]){_LOCAL}@{_HOST}"),
    # jan @ example.pl: blanks on both sides, since "hej @example.pl" only mentions a profile.
    re.compile(rf"(?<![\w.+%-]){_LOCAL}\s@\s{_HOST}"),
    re.compile(
        rf"(?<![\w.+%-]){_LOCAL}\s?[(\[{{]\s?(?:{_AT_WORD}|@)\s?[)\]}}]\s?"
        rf"[^\W_][\w-]*(?:{_DOT}[\w-]+)*{_DOT}{_TOP}\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\w.+%-]){_LOCAL}\sma[lł]p(?:a|ka)\s[^\W_][\w-]*(?:{_DOT}[\w-]+)*{_DOT}{_TOP}\b",
        re.IGNORECASE,
    ),
)

_UPPER = "A-ZĄĆĘŁŃÓŚŹŻ"
_WORD = r"[^\W\d_][\w.'-]*"
_CAPITAL = rf"[{_UPPER}][\w.'-]*"
# Lines of an address may stand under each other.
_GAP = r"\s{1,2}"
# "3 Maja" and "11 Listopada" are names of streets.
_ORDINAL = rf"(?:\d{{1,2}}{_GAP})?"
_HOUSE = (
    r"\d{1,4}[A-Za-z]?(?![\w%€$]|[.,]\d{1,3}(?!\d|-))"
    r"(?:\s?/\s?\d{1,4}[A-Za-z]?\b)?"
    r"(?:\s?(?:[Mm]|[Ll]ok|LOK|[Mm]ieszk\w*)\b\.?\s?\d{1,4}\b)?"
)
_NOT_A_HOUSE = r"(?!\s?(?:z[lł]|pln|eur|usd|lat|min|godz|razy|km|kg|szt|proc|minut|gwiazd))"
_CODE_AND_TOWN = rf"\d{{2}}-\d{{3}}{_GAP}{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}}"
_BEFORE = rf"(?:(?<![\w-]){_CODE_AND_TOWN},?{_GAP})?"
_CODE = (
    rf"(?:(?:,\s{{0,2}}|{_GAP})\d{{2}}-\d{{3}}(?!\d)"
    rf"(?:{_GAP}{_CAPITAL}(?:[ -]{_CAPITAL}){{0,2}})?)"
)
_TOWN = rf"(?:,\s{_CAPITAL})"
_ADDRESSES = (
    # ul. may be followed by anything; the other words also mean other things.
    re.compile(
        rf"{_BEFORE}(?<![^\W_])[Uu][Ll](?:\.\s?|ica |icy |icę | )"
        rf"{_ORDINAL}(?:{_WORD}{_GAP}){{1,4}}?{_HOUSE}{_NOT_A_HOUSE}(?:{_CODE}|{_TOWN})?"
    ),
    re.compile(
        rf"{_BEFORE}(?<![^\W_])(?:[Aa]l\.\s?|[Aa]lej\w{{1,2}} |[Pp]l\.\s?|[Pp]lac\w{{0,2}} |"
        rf"[Oo]s\.\s?|[Oo]siedl\w{{1,2}} )"
        rf"{_ORDINAL}(?:{_CAPITAL}{_GAP}){{1,4}}?{_HOUSE}{_NOT_A_HOUSE}(?:{_CODE}|{_TOWN})?"
    ),
    # Without such a word a postal code has to stand behind or before it.
    re.compile(rf"(?<![\w-])(?:{_CAPITAL}{_GAP}){{1,3}}{_HOUSE}{_CODE}"),
    re.compile(
        rf"(?<![\w-]){_CODE_AND_TOWN},?{_GAP}(?:{_CAPITAL}{_GAP}){{1,3}}{_HOUSE}{_NOT_A_HOUSE}"
    ),
)


def emails(text: str) -> Iterator[Stretch]:
    """E-mail addresses, also written with (at), [małpa] or "kropka"."""
    for pattern in _EMAILS:
        for found in pattern.finditer(text):
            yield found.span()


def addresses(text: str) -> Iterator[Stretch]:
    """Streets with a house number, with postal code and town where they follow.

    Whether a person or a shop lives there cannot be told, so both are found.
    """
    if not any(map(str.isdigit, text)):
        return
    for pattern in _ADDRESSES:
        for found in pattern.finditer(text):
            yield found.span()

"""The desk in Polish and English: English stands in the templates, Polish in a catalogue.

The catalogue (``locale/pl.po``) is read as it is, so translating needs no build step.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from babel import Locale
from babel.dates import format_date, format_datetime, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from starlette.requests import Request

from sedno.serving.store.base import now

LANGUAGES: Final = ("pl", "en")
COOKIE: Final = "sedno_language"
_FOLDER = Path(__file__).parent / "locale"


def of_request(request: Request, chosen: str | None) -> str:
    """The language of a page: the person's, else the cookie's, else the browser's, else Polish.

    Args:
        request: Of the browser.
        chosen: What the person has set in their account.
    """
    for wanted in (request.cookies.get(COOKIE), chosen):
        if wanted in LANGUAGES:
            return str(wanted)
    for part in request.headers.get("accept-language", "").split(","):
        code = part.split(";")[0].strip().partition("-")[0].lower()
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English needs none."""
    path = _FOLDER / f"{language}.po"
    if not path.is_file():
        return NullTranslations()
    with path.open("rb") as lines:
        catalogue = read_po(lines, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


class Speaker:
    """Words, numbers and times of one language.

    Attributes:
        language: Its code.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self._locale = Locale.parse(language)
        self._catalogue = translations(language)

    def say(self, message: str, **values: object) -> str:
        """A message in the language, with values put in."""
        said = self._catalogue.gettext(message)
        return said % values if values else said

    def count(self, one: str, many: str, number: int, **values: object) -> str:
        """A message about a number of things."""
        said = self._catalogue.ngettext(one, many, number)
        return said % {"num": self.number(number), **values}

    def number(self, value: float) -> str:
        """A number as it is written there."""
        return str(format_decimal(value, locale=self._locale))

    def percent(self, share: float | None, digits: int = 0) -> str:
        """A share, or a dash where there is none."""
        if share is None:
            return "–"
        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        if self.language == "pl":
            return format_percent(share, pattern + " %", locale=self._locale)
        return format_percent(share, pattern + "%", locale=self._locale)

    def moment(self, at: datetime | None) -> str:
        """Date and time, in the time zone of the server."""
        if at is None:
            return "–"
        local = at.astimezone()
        return format_datetime(local, "d MMM y, HH:mm", tzinfo=local.tzinfo, locale=self._locale)

    def day(self, at: date) -> str:
        """A date without its year."""
        return format_date(at, "d MMM", locale=self._locale)

    def ago(self, at: datetime) -> str:
        """How long ago something was."""
        return format_timedelta(at - now(), add_direction=True, locale=self._locale)


@cache
def speaker(language: str) -> Speaker:
    """The speaker of a language."""
    return Speaker(language)

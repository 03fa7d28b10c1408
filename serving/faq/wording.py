"""The wording of an entry, checked before it is kept."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from sedno.serving.faq.errors import BadEntryError

QUESTION_CHARS: Final = 500
ANSWER_CHARS: Final = 10_000
PRODUCT_CHARS: Final = 256
MOST_PRODUCTS: Final = 50

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LANGUAGE_CHARS = 16
# Kept: the end of a line and the tab. All other control characters have no place in a text.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Wording:
    """What an entry says.

    Attributes:
        question: One line.
        answer: Plain text; an empty line parts paragraphs. May be empty until it is submitted.
        products: What it is about; none for all products.
    """

    question: str
    answer: str = ""
    products: tuple[str, ...] = ()

    @classmethod
    def of(cls, question: str, answer: str = "", products: tuple[str, ...] = ()) -> Wording:
        """Tidies a wording and checks it.

        Raises:
            BadEntryError: The question is blank, something is too long, or there are too many
                products.
        """
        question = " ".join(_clean(question).split())
        answer = "\n".join(line.rstrip() for line in _clean(answer).splitlines()).strip()
        named = tuple(dict.fromkeys(filter(None, (" ".join(_clean(p).split()) for p in products))))
        if not question:
            raise BadEntryError("question", "is blank; write at least one word")
        for field, value, most in (
            ("question", question, QUESTION_CHARS),
            ("answer", answer, ANSWER_CHARS),
            *(("products", product, PRODUCT_CHARS) for product in named),
        ):
            if len(value) > most:
                raise BadEntryError(
                    field, f"has {len(value):,} characters; shorten it to {most:,} or fewer"
                )
        if len(named) > MOST_PRODUCTS:
            raise BadEntryError(
                "products",
                f"are {len(named)}; give at most {MOST_PRODUCTS}, or none for all products",
            )
        return cls(question, answer, named)


def language_of(given: str) -> str:
    """A language, as BCP 47 has it.

    Raises:
        BadEntryError: It is none.
    """
    if len(given) > _LANGUAGE_CHARS or _LANGUAGE.fullmatch(given) is None:
        raise BadEntryError("language", f"{given[:40]!r} is none; write it like pl, en or pt-BR")
    return given


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))

"""Which column holds which field of a comment: told by name, or known by an alias."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sedno.datasets.io.errors import ColumnError


def _words(*lines: str) -> tuple[str, ...]:
    return tuple(" ".join(lines).split())


ALIASES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "id": _words(
            "id comment_id external_id id_komentarza identyfikator identyfikator_komentarza",
            "review_id message_id _id uuid guid nr numer lp",
        ),
        "text": _words(
            "text comment comment_text komentarz tekst treść treść_komentarza tekst_komentarza",
            "content body message wiadomość treść_wiadomości opinia treść_opinii tekst_opinii",
            "review review_text recenzja wypowiedź wpis textOriginal full_text",
        ),
        "author": _words(
            "author author_id author_name autor user user_id user_name użytkownik",
            "nazwa_użytkownika nick login from",
        ),
        "posted_at": _words(
            "posted_at created_at created_time published_at timestamp date datetime time",
            "comment_date data data_dodania data_publikacji data_komentarza data_utworzenia",
            "opublikowano dodano czas",
        ),
        "source": _words(
            "source platform channel origin page źródło platforma kanał strona portal serwis",
        ),
        "post_id": _words(
            "post_id thread_id parent_id video_id media_id article_id product_id id_posta",
            "id_postu id_wpisu id_wątku id_artykułu id_filmu id_produktu",
        ),
        "context": _words(
            "context post_text post_content post_message kontekst treść_posta treść_postu",
            "tekst_posta parent_text",
        ),
        "language": _words("language lang język język_komentarza locale"),
    }
)
"""Names a column may have, best first; case, diacritics, spaces and punctuation are ignored."""

_MANY: Final = 30


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns to take, where the caller knows better than the aliases.

    A name is looked up as it stands, then without regard to case, diacritics and spaces.
    In JSONL dots lead into objects: ``snippet.textOriginal``. In CSV without a header the
    columns are called ``1``, ``2``, and so on.
    """

    id: str | None = None
    text: str | None = None
    author: str | None = None
    posted_at: str | None = None
    source: str | None = None
    post_id: str | None = None
    context: str | None = None
    language: str | None = None

    def told(self) -> dict[str, str]:
        """The fields that are named, in the order of the comment's fields."""
        pairs = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: column for name, column in pairs if column is not None}

    def pick(self, names: Sequence[str]) -> dict[str, str]:
        """Field of the comment -> column, for an input with the columns ``names``.

        A field told by a name that is not there is missing from the answer.
        """
        told = self.told()
        picked = {
            field: found
            for field, column in told.items()
            if (found := _find(column, names)) is not None
        }
        free = [name for name in names if name not in picked.values()]
        by_fold: dict[str, str] = {}
        for name in free:
            by_fold.setdefault(fold(name), name)
        for field, aliases in _folded_aliases().items():
            if field in told:
                continue
            match = next((by_fold[alias] for alias in aliases if alias in by_fold), None)
            if match is not None:
                picked[field] = match
        return picked

    def check(self, names: Sequence[str], name: str, *, hint: str = "") -> dict[str, str]:
        """As :meth:`pick`, for an input whose columns are the same in every row.

        A single column is the text, whatever it is called.

        Args:
            names: The columns of the input.
            name: What to call the input in the error.
            hint: A further remedy.

        Raises:
            ColumnError: A named column is not there, or no column holds the text.
        """
        if len(names) == 1 and not self.told():
            return {"text": names[0]}
        picked = self.pick(names)
        missing = [f"{column!r} ({field})" for field, column in self.told().items()
                   if field not in picked]  # fmt: skip
        if missing:
            detail = f"there is no column {', '.join(missing)}; {listed(names)}"
            raise ColumnError(name, detail, tuple(names))
        if "text" not in picked:
            raise ColumnError(name, f"{NO_TEXT}; {listed(names)}{hint}", tuple(names))
        return picked


NO_TEXT: Final = (
    "no column holds the text of the comments; name it with --text-column NAME "
    "(Columns(text='NAME'))"
)


def listed(names: Sequence[str]) -> str:
    """The columns there are, for an error text."""
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"the columns are: {', '.join(map(repr, names[:_MANY]))}{more}"


def fold(name: str) -> str:
    """A name without case, diacritics, spaces and punctuation: ``Treść_Posta``: ``trescposta``."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l"))
    folded = "".join(char for char in plain if char.isalnum())
    return folded or name


def _find(column: str, names: Sequence[str]) -> str | None:
    if column in names:
        return column
    wanted = fold(column)
    return next((name for name in names if fold(name) == wanted), None)


@lru_cache(maxsize=1)
def _folded_aliases() -> dict[str, tuple[str, ...]]:
    return {field: tuple(map(fold, names)) for field, names in ALIASES.items()}

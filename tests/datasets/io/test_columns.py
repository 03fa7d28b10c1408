from __future__ import annotations

import pytest

from sedno.datasets.io.columns import ALIASES, Columns, fold
from sedno.datasets.io.errors import ColumnError


@pytest.mark.parametrize("name", ["Treść komentarza", "TRESC_KOMENTARZA", " tresc  komentarza "])
def test_fold(name: str) -> None:
    """Case, diacritics, spaces and punctuation do not matter in a name."""
    assert fold(name) == "tresckomentarza"


def test_fold_keeps_names_without_letters() -> None:
    """Names of signs alone stay distinct."""
    assert fold("#") != fold("%")


def test_polish_header() -> None:
    """A Polish header is understood."""
    names = ("Identyfikator", "Treść komentarza", "Użytkownik", "Data dodania", "Źródło",
             "ID wpisu", "Treść posta", "Język", "Polubienia")  # fmt: skip
    assert Columns().pick(names) == {
        "id": "Identyfikator", "text": "Treść komentarza", "author": "Użytkownik",
        "posted_at": "Data dodania", "source": "Źródło", "post_id": "ID wpisu",
        "context": "Treść posta", "language": "Język",
    }  # fmt: skip


def test_best_alias_wins() -> None:
    """Where several columns could be the text, the first of the aliases is taken."""
    assert Columns().pick(("message", "comment", "text"))["text"] == "text"
    assert Columns().pick(("message", "comment"))["text"] == "comment"


def test_every_alias_is_of_one_field() -> None:
    """No alias belongs to two fields."""
    folded = [fold(name) for names in ALIASES.values() for name in set(map(fold, names))]
    assert len(folded) == len(set(folded))


def test_told_column_wins() -> None:
    """A told name wins over the aliases, and is not used for another field."""
    picked = Columns(text="komentarz własny", id="text").pick(("text", "Komentarz Własny", "id"))
    assert picked == {"text": "Komentarz Własny", "id": "text"}


def test_exact_name_before_folded() -> None:
    """A told name that is there as it stands wins over one that only resembles it."""
    assert Columns(text="Tekst").pick(("tekst", "Tekst"))["text"] == "Tekst"


def test_no_text_lists_columns_and_option() -> None:
    """Without a text column the error lists the columns and names the option."""
    with pytest.raises(ColumnError, match=r"--text-column .*the columns are: 'a', 'ocena'") as info:
        Columns().check(("a", "ocena"), "in.csv")
    assert info.value.columns == ("a", "ocena")


def test_missing_told_column() -> None:
    """A told column that is not there is named, with the columns there are."""
    with pytest.raises(ColumnError, match=r"no column 'autorr' \(author\); .*: 'text'"):
        Columns(author="autorr").check(("text", "autor"), "in.csv")


def test_single_column_is_the_text() -> None:
    """A single column is the text, whatever it is called."""
    assert Columns().check(("Wypowiedzi klientów",), "x") == {"text": "Wypowiedzi klientów"}


def test_many_columns_are_cut() -> None:
    """The list of columns in an error has an end."""
    with pytest.raises(ColumnError, match="and 970 more"):
        Columns().check(tuple(f"c{n}" for n in range(1000)), "x")

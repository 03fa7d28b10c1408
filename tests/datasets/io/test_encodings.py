from __future__ import annotations

import pytest

from sedno.datasets.io.encodings import check_encoding, extends_ascii, guess, marked
from sedno.datasets.io.errors import InputError

SENTENCE = "Zażółć gęślą jaźń, świetny serial: będę oglądać źrebięta co sobotę\n"
GERMAN = "Schöne Grüße, das ist größer und süßer als ich dachte, für alle Hörer überall\n"
FRENCH = """Très belle soirée, merci à toute l'équipe pour ce spectacle.
Ça fait déjà trois fois que je le vois et je suis toujours émue à la fin.
Le son était mauvais, on n'entendait même pas les paroles du deuxième acte.
À quelle heure commence la prochaine représentation, s'il vous plaît ?
"""
CZECH = "Příliš žluťoučký kůň úpěl ďábelské ódy, děkuji vřele za všechno\n"
RUSSIAN = "Очень хороший фильм, смотрели всей семьёй и всем советуем\n"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1250", "iso8859-2"])
def test_polish(encoding: str) -> None:
    """One Polish sentence is enough to tell the three encodings Polish is written in."""
    assert guess(SENTENCE.encode(encoding)) == encoding


def test_shared_polish_letters() -> None:
    """Letters at the same place in both old encodings are read right whichever is chosen."""
    text = "łódź żółć"
    data = "łó żółć ęć ń".encode("iso8859-2")
    assert data.decode(guess(data)) == "łó żółć ęć ń"
    assert text.encode("cp1250").decode(guess(text.encode("cp1250"))) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(GERMAN, "cp1252"), (FRENCH, "cp1252"), (CZECH, "cp1250"), (RUSSIAN, "cp1251")],
)
def test_other_languages(text: str, encoding: str) -> None:
    """Other languages in their usual encodings decode to the letters that were written."""
    data = (text * 20).encode(encoding)
    assert data.decode(guess(data)) == text * 20


def test_few_bad_lines_do_not_outvote_utf8() -> None:
    """A UTF-8 file with a cut-off character stays UTF-8."""
    assert guess(b"\xc5\n" + SENTENCE.encode() * 5) == "utf-8"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"])
def test_marks(encoding: str) -> None:
    """A byte order mark, or the zeros of UTF-16 without one, names the encoding."""
    data = "id,text".encode(encoding)
    found, skip = marked(data[:4])
    assert found is not None
    assert data[skip:].decode(found) == "id,text"


def test_no_mark() -> None:
    """Plain bytes, short or empty, name no encoding."""
    assert [marked(head) for head in (b"", b"a", b"\0", b"text", b"\0\0\0\0")] == [(None, 0)] * 5


def test_names() -> None:
    """Encodings go by any name Python knows; others are refused with examples."""
    assert check_encoding("Windows-1250", "x") == "cp1250"
    for wrong in ("polish", "base64", "utf-8\0"):
        with pytest.raises(InputError, match="windows-1250"):
            check_encoding(wrong, "x")


def test_extends_ascii() -> None:
    """Encodings whose lines cannot be cut as bytes are known."""
    assert all(map(extends_ascii, ("utf-8", "cp1250", "shift_jis", "gb18030", "koi8-r")))
    assert not any(map(extends_ascii, ("utf-16", "utf-32-le", "cp037", "iso2022_jp", "utf-7")))

"""Accidents of typing and of transport that normalisation undoes."""

from __future__ import annotations

import unicodedata

import pytest

from sedno.datasets.normalize import normalize

SENTENCE = "Zażółć gęślą jaźń, świetny serial — „polecam”… 😍"


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252", "cp1250", "iso8859-2"])
def test_utf8_read_as_something_else(wrong: str) -> None:
    """A sentence of UTF-8 that was read in a single-byte encoding comes back whole."""
    # Python's codecs refuse the few bytes that browsers pass through as controls.
    garbled = "".join(
        bytes([byte]).decode(wrong, "replace").replace("\ufffd", chr(byte))
        for byte in SENTENCE.encode()
    )
    result = normalize(garbled)
    assert result.text == SENTENCE
    assert result.changes == {"mojibake"}


def test_mojibake_twice_over() -> None:
    """Text that was read wrongly twice is mended twice."""
    once = "łóżko już ćwiczę".encode().decode("latin-1")
    assert normalize(once.encode().decode("latin-1")).text == "łóżko już ćwiczę"


@pytest.mark.parametrize(
    ("garbled", "mended"),
    [
        ("Å‚Ã³dÅº", "łódź"),
        ("Ã³semka", "ósemka"),
        ("teĹĽ polecam", "też polecam"),
        ("byÅ\x82o super", "było super"),
        ("nie mo¿e byæ, ¶wietny pomys³", "nie może być, świetny pomysł"),
        ("siê nie uda³o", "się nie udało"),
        ("mo¿na powiedzieæ ¿e œwietne", "można powiedzieć że świetne"),
        ("that\x92s it", "that’s it"),
    ],
)
def test_polish_mojibake(garbled: str, mended: str) -> None:
    """Polish letters come back from the usual mix-ups of encodings, alone and together."""
    result = normalize(garbled)
    assert result.text == mended
    assert result.changes == {"mojibake"}


@pytest.mark.parametrize(
    "text",
    [
        "działka 500 m³ i 30 m²",
        "hola¿que tal?",
        "¿Por qué? ¡Señor!",
        "Bjørn og Ærø",
        "œuvre, bête, être",
        "ÄRGER ÜBER ÖSTERREICH",
        "±5 °C, ½ kg, 10 µg",
        "Łódź–Kraków",
    ],
)
def test_no_mojibake(text: str) -> None:
    """Signs that are meant are left alone."""
    assert normalize(text).text == text


@pytest.mark.parametrize("letter", "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ")
def test_polish_letters_are_composed(letter: str) -> None:
    """A letter and its mark become the one character that Polish is written with."""
    apart = unicodedata.normalize("NFD", f"a{letter}b")
    result = normalize(apart)
    assert result.text == f"a{letter}b"
    assert result.changes == ({"composed"} if apart != result.text else frozenset())


def test_hangul_and_offsets_of_composition() -> None:
    """Composition reaches over letters that are no marks, and keeps the way back."""
    result = normalize(unicodedata.normalize("NFD", "한국 ós"))
    assert result.text == "한국 ós"
    assert result.original_span(0, 2) == (0, 6)
    assert result.original_span(3, 4) == (7, 9)


@pytest.mark.parametrize(
    ("exported", "plain"),
    [
        ("Tom &amp; Jerry", "Tom & Jerry"),
        ("&quot;super&quot; &#39;hit&#39; &#x1F600;", "\"super\" 'hit' 😀"),
        ("&amp;amp;quot;x&amp;amp;quot;", '"x"'),
        ("raz<br />dwa<br>trzy", "raz\ndwa\ntrzy"),
        ("<b>super</b> <i>film</i>", "super film"),
        ('<a href="https://a.pl/b">tutaj</a>', "https://a.pl/b tutaj"),
        ('<a href="https://a.pl/b">https://a.pl/b</a>', "https://a.pl/b"),
        ("&lt;3 kocham", "<3 kocham"),
        ("raz&nbsp;dwa", "raz dwa"),
    ],
)
def test_html(exported: str, plain: str) -> None:
    """References and tags of an export become what they stood for."""
    result = normalize(exported)
    assert result.text == plain
    assert "html" in result.changes


@pytest.mark.parametrize(
    "text", ["AT&T; R&B; &copyright; x &unknown; y", "a < b i c > d", "<3 <3", "<kod>", "A&W"]
)
def test_no_html(text: str) -> None:
    """An ampersand or a bracket by itself is not markup, nor is an unknown name."""
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("loose", "tidy"),
    [
        ("  a  b ", "a b"),
        ("a\u00a0b\u3000c\u2003d", "a b c d"),
        ("a \r\n\r\n b", "a\nb"),
        ("a\tb", "a b"),
        ("\u2028a\u2029b", "a\nb"),
    ],
)
def test_white_space(loose: str, tidy: str) -> None:
    """One space between words, one break between lines, none around."""
    result = normalize(loose)
    assert result.text == tidy
    assert result.changes == {"whitespace"}


def test_controls_and_surrogates() -> None:
    """Controls go; half a surrogate pair shows as the replacement character."""
    result = normalize("a\x00b\x1bc\ud83d")
    assert result.text == "abc\ufffd"
    assert result.changes == {"control"}

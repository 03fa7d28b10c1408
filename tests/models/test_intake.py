from __future__ import annotations

from dataclasses import replace

import pytest

from sedno.datasets.comment import MAX_TEXT_CHARS, make_comment
from sedno.models.intake import Readable, Refused, take_in


def readable(item: object) -> Readable:
    """What is taken in, which must be readable."""
    taken = take_in(item, 3)
    assert isinstance(taken, Readable)
    return taken


@pytest.mark.parametrize(
    "text",
    [
        "Super!\r\nAle\r\n\r\nkiedy drugi sezon?",
        "Super!\x00 Ale\x00 kiedy\x1b drugi\r sezon?",
        "\x00\x01Super \ud83d\ude0d\r\n kiedy",
        "  Super&amp;\r\nkiedy k\u200biedy",
    ],
)
@pytest.mark.parametrize("as_comment", [False, True])
def test_words_are_found_in_the_text_as_it_was_given(text: str, *, as_comment: bool) -> None:
    """Line ends of two characters and dropped controls move no span."""
    taken = readable(make_comment({"text": text}, default_id=1) if as_comment else text)
    assert taken.text == text
    at = taken.normalized.text.index("kiedy")
    start, end, found = taken.original(at, at + len("kiedy"))
    assert text[start:end].rstrip("\x1b") == found.rstrip("\x1b") == "kiedy"


def test_halves_of_characters_do_not_leave_in_spans() -> None:
    """A lone surrogate counts as one character and is shown as U+FFFD."""
    taken = readable("a\ud83d!")
    assert taken.original(0, len(taken.normalized.text)) == (0, 3, "a\ufffd!")


def test_a_changed_comment_is_read_as_it_is_now() -> None:
    """What was kept of an earlier text does not come back."""
    comment = replace(make_comment({"text": "super\r\n"}, default_id=1), text="kiedy")
    assert readable(comment).normalized.text == readable(comment).text == "kiedy"


def test_a_stated_language_is_believed_and_an_unstated_one_found() -> None:
    """The id comes along; a plain text has its position as id."""
    stated = make_comment({"text": "Super", "id": "x", "language": "de"}, default_id=1)
    assert (readable(stated).id, readable(stated).language) == ("x", "de")
    plain = readable("Kiedy będzie drugi sezon tego serialu?")
    assert (plain.id, plain.language) == ("3", "pl")


@pytest.mark.parametrize(
    ("item", "code"),
    [
        (None, "empty_text"),
        (" \r\n", "empty_text"),
        ("<b></b>", "empty_text"),
        ("a" * (MAX_TEXT_CHARS + 1), "text_too_long"),
        (7, "wrong_type"),
        (b"super", "wrong_type"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(item: object, code: str) -> None:
    """No input raises; the reason begins with a word for programs."""
    taken = take_in(item, 3)
    assert isinstance(taken, Refused)
    assert taken.id == "3"
    assert taken.error.startswith(f"{code}: ")

from __future__ import annotations

import pytest

from sedno.models.topics.cutting import MAX_CHARS, MAX_UNITS, candidates


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kupiłam wczoraj, śliczny ❤️ a można go prać w pralce?", ["a można go prać w pralce?"]),
        ("Ile waży i czy można go prać?", ["Ile waży", "czy można go prać?"]),
        ("Super! Kiedy drugi sezon? Macie go w kinach?", None),
        ("kiedy wraca oliwkowy", ["kiedy wraca oliwkowy"]),
        ("Are you shipping to Spain and how much is it?", None),
    ],
)
def test_questions_are_cut_out_of_the_chatter(text: str, expected: list[str] | None) -> None:
    """What does not ask is left behind, and two questions are two units."""
    found = candidates(text)
    if expected is not None:
        assert found == expected
    else:
        assert len(found) == 2


def test_a_question_that_says_too_little_keeps_the_sentence_before_it() -> None:
    """Alone, "u was też?" would be compared with every other "u was też?"."""
    assert candidates("W moim starym rano kapało z sufitu. U was też?") == [
        "W moim starym rano kapało z sufitu. U was też?"
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kod LATO15 odrzuca w koszyku. Czemu nie działa?",
         "Kod LATO15 odrzuca w koszyku. Czemu nie działa?"),
        ("Zerwał mi się pasek napędowy... Co robię źle?",
         "Zerwał mi się pasek napędowy... Co robię źle?"),
        ("Śliczny kolor. Ile waży?", "Ile waży?"),
        ("Śliczny kolor. Czemu aplikacja nie działa?", "Czemu aplikacja nie działa?"),
    ],
)  # fmt: skip
def test_a_question_that_leans_on_the_sentence_before_keeps_it(text: str, expected: str) -> None:
    """Of "why does it not work?" nobody knows what; "how heavy?" stands by itself."""
    assert candidates(text) == [expected]


@pytest.mark.parametrize("text", ["", " ", "?", "!!!", "❤️❤️", "\n\n"])
def test_nothing_to_cut_gives_one_unit(text: str) -> None:
    """A comment always has exactly one unit at least."""
    assert len(candidates(text)) == 1


def test_a_long_comment_gives_few_short_units() -> None:
    """Ten thousand characters of questions neither hang nor flood."""
    found = candidates("Czy to działa na baterie słoneczne? Ile to kosztuje razem? " * 170)
    assert len(found) <= MAX_UNITS
    assert all(len(unit) <= MAX_CHARS for unit in candidates("słowo " * 2000 + "czy tak?"))

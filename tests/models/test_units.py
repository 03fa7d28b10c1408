from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sedno.models.units import MAX_SEGMENTS, Piece, segments, share_out, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Super serial, polecam!", ["Super", "serial", "polecam", "!"]),
        ("no i co??? nie-do-wiary", ["no", "i", "co", "???", "nie-do-wiary"]),
        ("@ania patrz #promocja www.x.pl/a?b=1", ["@ania", "patrz", "#promocja", "www.x.pl/a?b=1"]),
        ("ok 😍😍👍🏽 kocham <3 :)", ["ok", "😍😍👍🏽", "kocham", "<3", ":)"]),
        ("3,5 zł", ["3,5", "zł"]),
        ("...", ["..."]),
        ("", [""]),
    ],
)
def test_units_are_words_emoji_links_and_marks(text: str, expected: list[str]) -> None:
    """What a reader would point at is one unit; separating punctuation is none."""
    assert [text[piece.start : piece.end] for piece in units(text)] == expected


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("jest super serial", "super", "jest serial"),
        ("super serial", "super", "serial"),
        ("jest super", "super", "jest"),
        ("super", "super", ""),
        ("to, super, tak", "super", "to, , tak"),
        ("co?", "?", "co"),
    ],
)
def test_a_piece_is_cut_without_leaving_a_gap(text: str, word: str, expected: str) -> None:
    """No double or outer space stays behind that the model might react to."""
    at = text.index(word)

    assert Piece(at, at + len(word)).cut_from(text) == expected


@given(st.text(alphabet="ab ,.!?\n😍", max_size=400))
def test_units_lie_in_order_and_do_not_overlap(text: str) -> None:
    """Every unit is a stretch of the text behind the one before."""
    found = units(text)

    assert all(
        0 <= piece.start <= piece.end <= following.start
        for piece, following in itertools.pairwise(found)
    )
    assert found[-1].end <= len(text)


@given(st.text(alphabet="ab ,.!?\n", min_size=1, max_size=600))
def test_segments_hold_every_unit_once_and_are_bounded(text: str) -> None:
    """However a text is punctuated, its units fall into at most MAX_SEGMENTS runs."""
    pieces = units(text)

    runs = segments(text, pieces)

    assert [piece for run in runs for piece in run] == pieces
    assert len(runs) <= MAX_SEGMENTS


def test_segments_end_where_clauses_do() -> None:
    """A run does not reach over the end of a clause once it is long enough."""
    text = "raz dwa trzy, " * 20

    runs = segments(text, units(text))

    assert {text[run[0].start : run[-1].end] for run in runs} <= {
        "raz dwa trzy",
        "raz dwa trzy, raz dwa trzy",
    }


def test_sharing_out_keeps_the_bound_and_covers_the_run() -> None:
    """Neighbours are joined until there are few enough stretches."""
    run = [Piece(at, at + 1) for at in range(0, 20, 2)]

    assert share_out(run, 4) == [Piece(0, 5), Piece(6, 11), Piece(12, 17), Piece(18, 19)]
    assert share_out(run, 10) == run

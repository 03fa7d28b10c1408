from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sedno.datasets.stand_ins import with_stand_ins
from sedno.models.prediction import Span
from sedno.serving.desk.marks import Piece, of_masked, pieces


def span(text: str, start: int, end: int, weight: float) -> Span:
    """A stretch of a text."""
    return Span(start, end, text[start:end], weight)


def test_words_are_marked_by_what_they_say() -> None:
    """For, strongly for and against the label; the rest is left as it is."""
    text = "Fajny krem, ale drogi"
    spans = [span(text, 16, 21, 0.4), span(text, 0, 5, -0.2), span(text, 12, 15, 0.05)]
    assert pieces(text, spans) == [
        Piece("Fajny", "against"),
        Piece(" krem, "),
        Piece("ale", "for"),
        Piece(" "),
        Piece("drogi", "strongly-for"),
    ]


@given(
    st.lists(st.sampled_from(["dzwoń ", "[telefon]", "[e-mail]", " lub ", "[x]"]), max_size=8),
    st.integers(0, 120),
    st.integers(0, 40),
)
def test_marks_of_masked_data_are_marked_whole(parts: list[str], start: int, length: int) -> None:
    """The model read made-up data in their place; all other letters are where they were."""
    masked = "".join(parts)
    filled = with_stand_ins(masked)
    start, end = min(start, len(filled)), min(start + length, len(filled))
    (found,) = of_masked(masked, [span(filled, start, end, 0.4)])
    assert 0 <= found.start <= found.end <= len(masked)
    if start < end:
        assert filled[start:end] in with_stand_ins(found.text)
    for mark in ("[telefon]", "[e-mail]"):
        whole = found.text.count(mark)
        assert (found.text.count(mark[:-1]), found.text.count(mark[1:])) == (whole, whole)


@given(
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70), st.floats(-1, 1)), max_size=8),
)
def test_no_letter_is_lost(text: str, ends: list[tuple[int, int, float]]) -> None:
    """Joined the pieces are the text, whatever the spans are."""
    spans = [Span(start, end, text[start:end], weight) for start, end, weight in ends]
    assert "".join(piece.text for piece in pieces(text, spans)) == text

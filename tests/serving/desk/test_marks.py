from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sedno.models.prediction import Span
from sedno.serving.desk.marks import Piece, pieces


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
    st.text(max_size=60),
    st.lists(st.tuples(st.integers(-2, 70), st.integers(-2, 70), st.floats(-1, 1)), max_size=8),
)
def test_no_letter_is_lost(text: str, ends: list[tuple[int, int, float]]) -> None:
    """Joined the pieces are the text, whatever the spans are."""
    spans = [Span(start, end, text[start:end], weight) for start, end, weight in ends]
    assert "".join(piece.text for piece in pieces(text, spans)) == text

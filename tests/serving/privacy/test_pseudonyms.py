from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sedno.serving.privacy.pseudonyms import Pseudonyms, is_pseudonym

KEY, OTHER = b"k" * 32, b"o" * 32


@given(source=st.text(), author=st.text())
def test_the_same_author_has_the_same_pseudonym(source: str, author: str) -> None:
    """With the same key; with another one a different one. It never shows the name."""
    name = Pseudonyms(KEY).of(source, author)
    assert name == Pseudonyms(KEY).of(source, author)
    assert name != Pseudonyms(OTHER).of(source, author)
    assert is_pseudonym(name)


@given(a=st.text(max_size=4), b=st.text(max_size=4), cut=st.integers(0, 8))
def test_where_one_part_ends_matters(a: str, b: str, cut: int) -> None:
    """Source and author never run into each other."""
    joined = a + b
    other = (joined[:cut], joined[cut:])
    if other != (a, b):
        assert Pseudonyms(KEY).of(a, b) != Pseudonyms(KEY).of(*other)


def test_two_spellings_of_a_letter_are_one() -> None:
    """ó as one character or as two is the same author."""
    assert Pseudonyms(KEY).of("x", "Jo\u0301zef") == Pseudonyms(KEY).of("x", "J\u00f3zef")


def test_a_short_key_is_refused() -> None:
    """It would keep nothing secret."""
    with pytest.raises(ValueError, match="it needs 32 random ones"):
        Pseudonyms(b"short")


def test_the_id_of_a_key_tells_keys_apart() -> None:
    """And is no part of it."""
    assert Pseudonyms(KEY).key_id == Pseudonyms(KEY).key_id != Pseudonyms(OTHER).key_id
    assert KEY.hex()[:16] not in Pseudonyms(KEY).key_id

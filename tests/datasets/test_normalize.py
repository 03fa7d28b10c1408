"""What normalisation as a whole promises."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sedno.datasets.normalize import CHANGES, DISGUISES, Normalized, normalize

# Pieces that steps react to, so that generated texts reach every step and their mixtures.
PIECES = st.sampled_from(
    [
        *"aąeoikłżŻzw0134@&;#.-_*/ \t\n\r\u00a0?!<>",
        *"аеорсуиПт",
        *"ανρΩ",
        *"Ãł³¿êÅÄĂĹ‚",
        *"\u200b\u200c\u200d\u2060\ufeff\u00ad\ufe0e\ufe0f\u20e3\u202e\u0301\u0328\u0336\u0308",
        *"🄳🅰𝓪𝟗Ａ！ﬁᴀⓐ⒜",
        *"❤👍🏽🏴👩🇵🇱",
        *"\ud800\udc00\x00\x82\x9c",
        "&amp;",
        "&#38;",
        "&#x200b;",
        "<br>",
        '<a href="https://a.pl/x">',
        "d a r m o w e",
        "p.r.o.f.i.l",
        "d4rm0we k0dy",
        "może",
        "siê",
        "Å‚",
        "Ã³",
    ]
)
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=30).map("".join))


@given(TEXTS)
@example("&" + "amp;" * 200 + "lt;br&" + "amp;" * 20 + "gt;")
@example("＆ａｍｐ;ａｍｐ;#38;#x200b;")
@settings(max_examples=400, deadline=None)
def test_stable_and_total(text: str) -> None:
    """No string makes it raise, and a normalised text normalises to itself."""
    once = normalize(text)
    again = normalize(once.text)
    assert once.text == again.text
    assert not again.changes


@given(TEXTS)
@settings(max_examples=400, deadline=None)
def test_offsets(text: str) -> None:
    """Offsets ascend, one for each character and the end, and stay inside the original."""
    result = normalize(text)
    assert len(result.text) + 1 == len(result.offsets)
    assert len(text) == result.offsets[-1]
    assert all(before <= after for before, after in pairwise(result.offsets))
    assert result.offsets[0] >= 0


@given(TEXTS, st.data())
@settings(max_examples=200, deadline=None)
def test_original_span(text: str, data: st.DataObject) -> None:
    """A span that is not empty leads to one of the original that is not empty either."""
    result = normalize(text)
    size = len(result.text)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    first, last = result.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first < last) == (start < end)


@given(TEXTS)
@settings(max_examples=200, deadline=None)
def test_changes_tell_whether_text_changed(text: str) -> None:
    """Changes are named if and only if there are any, by names that CHANGES explains."""
    result = normalize(text)
    assert (result.text != text) == bool(result.changes)
    assert result.changes <= CHANGES.keys()


def test_disguises_are_changes() -> None:
    """Every disguise is a change that has an explanation."""
    assert CHANGES.keys() > DISGUISES


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Kiedy drugi sezon???",
        "super!!! POLECAM każdemu :)",
        "taaaaak, nieeee 😂😂😂",
        "❤️ 👩‍👩‍👧‍👦 👍🏽 🏳️‍🌈 🇵🇱 1️⃣ #️⃣ ❤️‍🔥 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "@kasia.nowak zobacz https://sklep.pl/a?b=1&c=2 #okazja #moda2024",
        "w 2 i 3 odcinku, a i o tym u nas z nim",
        "zażółć gęślą jaźń ZAŻÓŁĆ GĘŚLĄ JAŹŃ",
        "Дуже дякую, коли нова серія?",
        "Спасибо, очень красиво",
        "J.R.R. Tolkien, S.A., sp. z o.o., m.in. 10 km",
        "m³ i m² w cenie 5 zł; ¿Qué tal? ¡Hola!",
        "mp3 mp4 ps4 h2o b2b s01e04 3d f4f l4l 18+",
        "می‌خواهم",  # a Persian word that is spelt with a non-joiner
        "क्‍ष",  # a Hindi cluster that is spelt with a joiner
        "die schöne Äpfel, à la carte, être, señor, Łódź",
        "AT&T & spółka; a<b, 3 > 2",
        "你好，世界！これは３Dじゃない"[:6],
    ],
)
def test_keeps_what_carries_meaning(text: str) -> None:
    """Ordinary writing, emoji sequences and other alphabets come back untouched."""
    assert Normalized(text, range(len(text) + 1), frozenset()) == normalize(text)


def test_span_across_changes() -> None:
    """A word that was joined leads back to all of its letters in the original."""
    text = "zobacz d a r m o w e kody"
    result = normalize(text)
    at = result.text.index("darmowe")
    start, end = result.original_span(at, at + len("darmowe"))
    assert text[start:end].strip() == "d a r m o w e"


def test_span_outside_is_refused() -> None:
    """A span outside the text raises an error that names it."""
    with pytest.raises(IndexError, match=r"span: \(0, 9\) is outside"):
        normalize("abc").original_span(0, 9)


def test_several_disguises_at_once() -> None:
    """Disguises on top of one another are all undone, and named."""
    result = normalize("&lt;b&gt;d4rm\u200b0wе  ｋ0dy&lt;/b&gt; na pr0filu")
    assert result.text == "darmowe kody na profilu"
    assert result.changes == {
        "html",
        "zero_width",
        "homoglyph",
        "fullwidth",
        "leetspeak",
        "whitespace",
    }


def test_long_hostile_text_takes_bounded_time() -> None:
    """The longest accepted text of the worst pieces takes seconds at most, not minutes."""
    chance = random.Random(7)
    pieces = ["&amp;", "&#", ";", "a ", "а", "a", "\u200d", "Ã", "³", "<", "\u0301", "4", "@", " "]
    text = "".join(chance.choice(pieces) for _ in range(12_000))[:20_000]
    started = time.perf_counter()
    normalize(text)
    assert time.perf_counter() - started < 5

"""Disguises that normalisation takes off, and what only looks like one."""

from __future__ import annotations

import pytest

from sedno.datasets.normalize import normalize


@pytest.mark.parametrize(
    ("text", "plain", "change"),
    [
        ("dar\u200bmo\u2060we k\ufeffody", "darmowe kody", "zero_width"),
        ("pro\u00adfil", "profil", "zero_width"),
        ("k\u200do\u200cd", "kod", "zero_width"),
        ("ko\ufe0fd\U000e0041", "kod", "zero_width"),
        ("\u202ekod\u202c \u2066x\u2069", "kod x", "bidi"),
        ("d̶a̶r̶m̶o̶", "darmo", "combining_marks"),
        ("p\u0300\u0301\u0302\u0303rofil", "profil", "combining_marks"),
        ("ＫＯＤ ｄ５", "KOD d5", "fullwidth"),
        ("𝓭𝓪𝓻𝓶𝓸 𝐊𝐎𝐃 𝟗𝟗", "darmo KOD 99", "styled_letters"),
        ("ⓚⓞⓓ ᴋᴏᴅ ﬁlm", "kod kod film", "styled_letters"),
        ("🄺🄾🄳 🅺🅾🅳", "KOD KOD", "styled_letters"),
        ("zаrаbiаj w dоmu", "zarabiaj w domu", "homoglyph"),
        ("Росztа Роlskа", "Poczta Polska", "homoglyph"),
        ("ЕLОN rоzdаjе, ВТС", "ELON rozdaje, BTC", "homoglyph"),
        ("prοmοcja αkcji", "promocja akcji", "homoglyph"),
        ("Օbsługa", "Obsługa", "homoglyph"),
        ("прoмoкoд для вcex", "промокод для всех", "homoglyph"),
        ("пiдпишись", "підпишись", "homoglyph"),
    ],
)
def test_letters_in_disguise(text: str, plain: str, change: str) -> None:
    """Hidden characters go and borrowed letters come back, with the change named."""
    result = normalize(text)
    assert result.text == plain
    assert result.changes == {change}


@pytest.mark.parametrize(
    "text",
    [
        "Дякую, гарно",
        "он оса рот",  # Cyrillic lookalikes only, among Cyrillic words
        "POLSKA і Україна",
        "µm α β Δx 5 Ω",
        "IT-компанія",
        "🅰️ grupa krwi 🅱️",
        "x² i H₂O™",
        "2 × 3 = 6 №",
        "на 5+",
    ],
)
def test_other_alphabets_stay(text: str) -> None:
    """Words of one alphabet, units and emoji are no disguise."""
    assert normalize(text).text == text


@pytest.mark.parametrize(
    "emoji",
    [
        "👩‍👩‍👧‍👦",
        "👩🏽‍💻",
        "🏳️‍🌈",
        "🏴‍☠️",
        "❤️‍🔥",
        "❤️",
        "❤︎",
        "1️⃣",
        "#️⃣",
        "🇵🇱",
        "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "👍🏿",
        "ℹ️",
        "™️",
    ],
)
def test_emoji_sequences_stay(emoji: str) -> None:
    """Joiners, skin tones, styles, keycaps and flags are part of the emoji."""
    assert normalize(f"super {emoji}!").text == f"super {emoji}!"


@pytest.mark.parametrize("word", ["می‌خواهم", "क्‍ष", "ශ්‍රී", "نامه‌ای"])
def test_joiners_that_spelling_needs_stay(word: str) -> None:
    """Persian, Hindi and Sinhala are spelt with joiners."""
    assert normalize(word).text == word


@pytest.mark.parametrize(
    ("text", "joined"),
    [
        ("d a r m o w e", "darmowe"),
        ("D A R M O W E kody", "DARMOWE kody"),
        ("wejdź na p r o f i l", "wejdź na profil"),
        ("d a r m o w e  k o d y", "darmowe kody"),
        ("d  a  r  m  o  w  e", "darmowe"),
        ("p.r.o.f.i.l", "profil"),
        ("k-o-d", "kod"),
        ("R-E-W-E-L-A-C-J-A!!", "REWELACJA!!"),
        ("l*i*n*k", "link"),
        ("S•E•O", "SEO"),
        ("s k u p z domu", "skup z domu"),
        ("s k r ó t w sieci", "skrót w sieci"),
        ("п р о м о к о д", "промокод"),
        ("t r a d 1 n g", "trad1ng"),
    ],
)
def test_words_spelt_out(text: str, joined: str) -> None:
    """Letters set apart become a word; a preposition after it stays a word."""
    assert normalize(text).text == joined


@pytest.mark.parametrize(
    "text",
    [
        "w 2 i 3 odcinku",
        "a i o tym u nas z nim",
        "a w z i o u",
        "J. R. R. Tolkien",
        "J.R.R. Tolkien",
        "a b c d e",
        "odpowiedź A B C D",
        "rozmiary S M L X",
        "x x x x x",
        "o o o o",
        "np. m.in. S.A. i sp. z o.o.",
        "n.p.m. c.d.n. p.n.e.",
        "u.s.a.gov.pl www.a.b.c.pl",
        "a-b-c",
        "6 0 1 2 3 4 5",
        "T-o nie tak, e-mail",
    ],
)
def test_single_letters_that_are_meant(text: str) -> None:
    """Words of one letter, initials, lists, abbreviations and addresses stay apart."""
    assert normalize(text).text == text


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("d4rm0we k0dy na pr0filu", "darmowe kody na profilu"),
        ("W3jdź na d0mowy skl3p, 0rgan1zery", "Wejdź na domowy sklep, organizery"),
        ("P0ŻYCZK4 na d0wód i k@sa na k0ncie", "POŻYCZKA na dowód i kasa na koncie"),
        ("4OO zł i 5Ozł", "400 zł i 50zł"),
    ],
)
def test_leetspeak(text: str, plain: str) -> None:
    """Digits in the place of letters are read where two words show it is a disguise."""
    result = normalize(text)
    assert result.text == plain
    assert result.changes == {"leetspeak"}


@pytest.mark.parametrize(
    "text",
    [
        "pr0filu",
        "mp3 i mp4 na ps4pro",
        "s01e04 i s1e3",
        "b2b, c2c, h2o, k8s, 3D i unity3d",
        "jan4@wp.pl albo ola1b@o2.pl",
        "https://t.co/aB1cD3e4 https://a.pl/x1y3z",
        "@k4sia_x @m1lena",
        "WC1N3XX",
        "30zł 5m 18lat 4sztuki",
        "kod LATO2024, A1B2C3",
        "like4like sub4sub f4f",
        "iPhone4s i Windows10",
    ],
)
def test_digits_that_are_meant(text: str) -> None:
    """Models, episodes, codes, addresses and mentions keep their digits."""
    assert normalize(text).text == text

"""Rewrites texts the way people really type them, without changing what they say."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

_POLISH_L = str.maketrans({"ł": "l", "Ł": "L"})
_NEIGHBOURS = {
    "a": "sqz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht",
    "h": "gjy", "i": "uok", "j": "hku", "k": "jli", "l": "kop", "m": "nk", "n": "bmh",
    "o": "ipl", "p": "ol", "r": "etf", "s": "adw", "t": "ryg", "u": "yij", "w": "qes",
    "y": "tuh", "z": "xas",
}  # fmt: skip
_LEET = {"a": "@4", "e": "3", "i": "1!", "o": "0", "s": "$5", "t": "7"}
_HOMOGLYPHS = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")

SHORTEST_HIDDEN = 4
LEET_SHARE = 0.6

Rewrite = Callable[[str, random.Random], str]


def strip_diacritics(text: str, _: random.Random | None = None) -> str:
    """Writes ``zażółć`` as ``zazolc``; other marks (umlauts, accents) fall too."""
    decomposed = unicodedata.normalize("NFD", text.translate(_POLISH_L))
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", plain)


def typos(text: str, rng: random.Random, rate: float = 0.04) -> str:
    """Swaps, drops, doubles or mistypes letters at the given rate."""
    out: list[str] = []
    chars = list(text)
    at = 0
    while at < len(chars):
        char = chars[at]
        if char.isalpha() and rng.random() < rate:
            way = rng.choice(("swap", "double", "mistype", "drop"))
            if way == "swap" and at + 1 < len(chars) and chars[at + 1].isalpha():
                out += [chars[at + 1], char]
                at += 2
                continue
            if way == "double":
                out += [char, char]
            elif way == "mistype":
                out.append(rng.choice(_NEIGHBOURS.get(char.lower(), char)))
            # A swap at a word's end drops the letter, as does "drop".
        else:
            out.append(char)
        at += 1
    return "".join(out)


def lengthen(text: str, rng: random.Random) -> str:
    """Lengthens a vowel in one or two words: ``super`` to ``superrr``, ``no`` to ``nooo``."""
    words = text.split(" ")
    for _ in range(rng.randint(1, 2)):
        at = rng.randrange(len(words))
        word = words[at]
        letters = [i for i, char in enumerate(word) if char.isalpha()]
        if letters and not word.startswith(("http", "@", "#", "www")):
            spot = rng.choice([i for i in letters if word[i].lower() in "aeiouy"] or letters)
            words[at] = word[: spot + 1] + word[spot] * rng.randint(2, 5) + word[spot + 1 :]
    return " ".join(words)


def upper(text: str, _: random.Random) -> str:
    """ALL CAPITALS."""
    return text.upper()


def lower(text: str, _: random.Random) -> str:
    """No capitals at all."""
    return text.lower()


def drop_punctuation(text: str, _: random.Random) -> str:
    """Leaves out full stops, commas and question marks, as many people do."""
    return " ".join("".join(char for char in text if char not in ".,!?;:\"'").split())


def change_emoji(text: str, rng: random.Random) -> str:
    """Drops the text's emoji, or repeats the last one."""
    emoji = [char for char in text if unicodedata.category(char) == "So"]
    if not emoji:
        return text
    if rng.choice((True, False)):
        kept = "".join(c for c in text if c not in emoji and c != "\ufe0f").strip()
        return kept or text
    return text + emoji[-1] * rng.randint(1, 4)


def obfuscate(text: str, rng: random.Random) -> str:
    """Hides a few words as spammers do: leet, homoglyphs, spaced or zero-width letters."""
    words = text.split(" ")
    for _ in range(max(1, len(words) // 6)):
        at = rng.randrange(len(words))
        word = words[at]
        if len(word) < SHORTEST_HIDDEN:
            continue
        way = rng.choice(("leet", "homoglyphs", "spaced", "zero width"))
        if way == "leet":
            words[at] = "".join(
                rng.choice(_LEET[c]) if c in _LEET and rng.random() < LEET_SHARE else c
                for c in word
            )
        elif way == "homoglyphs":
            words[at] = word.translate(_HOMOGLYPHS)
        elif way == "spaced":
            words[at] = " ".join(word)
        else:
            words[at] = "\u200b".join(word)
    return " ".join(words)


_ORDINARY: tuple[tuple[Rewrite, float], ...] = (
    (strip_diacritics, 4.0),
    (typos, 3.0),
    (lower, 2.0),
    (drop_punctuation, 1.5),
    (change_emoji, 1.5),
    (lengthen, 1.0),
    (upper, 0.7),
)


def rewrite(text: str, rng: random.Random, *, spam: bool) -> str:
    """One or two rewritings chosen at random; the labels stay true.

    Args:
        text: The original.
        rng: Source of chance.
        spam: Also hide words the way spammers do. Honest texts get a little of it too,
            so that hidden letters alone do not mean spam.
    """
    out = text
    if rng.random() < (0.45 if spam else 0.03):
        out = obfuscate(out, rng)
    ways, weights = zip(*_ORDINARY, strict=True)
    # dict.fromkeys drops a repeated draw and keeps the order, which a set would not.
    for way in dict.fromkeys(rng.choices(ways, weights, k=rng.choice((1, 1, 2)))):
        out = way(out, rng)
    return out if out.strip() else text

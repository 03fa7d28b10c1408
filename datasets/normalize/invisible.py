"""Characters that do not show: controls, zero-width characters, soft hyphens, bidi marks."""

from __future__ import annotations

import re

from sedno.datasets.normalize.edits import Edit

_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")

# Arabic marks (U+061C, U+200E, U+200F), embeddings, overrides and isolates.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")

_ZERO_WIDTH = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]"
)
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_TEXT_STYLE, _EMOJI_STYLE, _KEYCAP = "\ufe0e", "\ufe0f", "\u20e3"
_INFORMATION_SIGN = "\u2139"  # the one emoji that counts as a letter
_BLACK_FLAG = "\U0001f3f4"

# Scripts whose spelling needs joiners: Arabic, Syriac, Indic, Tibetan, Myanmar, Khmer,
# Mongolian, and their supplements.
_JOINING = re.compile(
    "[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17ff\u1800-\u18af\ua8e0-\ua8ff"
    "\ua980-\uaadf\ufb50-\ufdff\ufe70-\ufefc]"
)
_TAG_FLAG = re.compile("\U0001f3f4[\U000e0030-\U000e007a]{2,}\U000e007f")


_NOTHING = re.compile(rf"(?:[\s\u2800]|{_CONTROL.pattern}|{_BIDI.pattern}|{_ZERO_WIDTH.pattern})*")


def shows_nothing(text: str) -> bool:
    """Whether a text has no visible character: blank, or made of invisible ones."""
    return _NOTHING.fullmatch(text) is not None


def controls(text: str) -> list[Edit]:
    """Drop control characters; a lone surrogate becomes U+FFFD."""
    return [
        Edit(m.start(), m.end(), "\ufffd" if m[0] >= "\ud800" else "")
        for m in _CONTROL.finditer(text)
    ]


def bidi_controls(text: str) -> list[Edit]:
    """Drop characters that reorder what is shown."""
    return [Edit(m.start(), m.end(), "") for m in _BIDI.finditer(text)]


def zero_width(text: str) -> list[Edit]:
    """Drop characters without width, save where an emoji or a script is spelt with them."""
    found = [m.start() for m in _ZERO_WIDTH.finditer(text)]
    if not found:
        return []
    flags = [m.span() for m in _TAG_FLAG.finditer(text)] if _BLACK_FLAG in text else []
    return [
        Edit(at, at + 1, "")
        for at in found
        if not _is_needed(text, at) and not any(start < at < end for start, end in flags)
    ]


def _is_needed(text: str, at: int) -> bool:
    mark = text[at]
    before = text[at - 1] if at else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    if mark == _ZWNJ:
        return bool(_JOINING.match(before) and _JOINING.match(after))
    if mark == _ZWJ:
        return bool(_JOINING.match(before)) or (_can_join(before) and _can_join(after))
    if mark in (_TEXT_STYLE, _EMOJI_STYLE):
        if before.isdigit() or before in ("#", "*"):
            return after == _KEYCAP
        return before == _INFORMATION_SIGN or _is_symbol(before)
    if "\ufe00" <= mark <= "\ufe0d" or mark >= "\U000e0100":
        return before >= "\u1000" and not _ZERO_WIDTH.match(before)
    return "\u180b" <= mark <= "\u180f" and "\u1800" <= before <= "\u18af"


def _is_symbol(char: str) -> bool:
    """Whether a character may stand with an emoji style: any that is seen and no letter."""
    return bool(char) and not char.isalnum() and char.isprintable() and not char.isspace()


def _can_join(char: str) -> bool:
    """Whether an emoji sequence may go on over a joiner here."""
    return char == _EMOJI_STYLE or (char >= "\u2190" and _is_symbol(char))

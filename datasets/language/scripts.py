"""Languages that their script or a letter of their own gives away."""

from __future__ import annotations

import re
from typing import Final

LATIN: Final = "latin"
CYRILLIC: Final = "cyrillic"

# Where a script serves several languages, the most common one is named here.
_SCRIPTS: Final = (
    (LATIN, re.compile("[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")),
    (CYRILLIC, re.compile("[\u0400-\u052f]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("hy", re.compile("[\u0531-\u058f]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("si", re.compile("[\u0d80-\u0dff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("ko", re.compile("[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("ja", re.compile("[\u3040-\u30ff\uff66-\uff9f]")),
    ("zh", re.compile("[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0002fa1f]")),
)

# Letters that one language of a script has, and those that the model or the default knows
# have not.
_LETTERS: Final = {
    "ar": (
        ("fa", re.compile("[\u067e\u0686\u0698\u06af\u06cc]")),
        ("ur", re.compile("[\u0679\u0688\u0691\u06ba\u06be\u06d2]")),
    ),
    CYRILLIC: (
        ("be", re.compile("ў")),
        ("uk", re.compile("[іїєґ]")),
        ("mk", re.compile("[ѓќѕ]")),
        ("sr", re.compile("[ђћјљњџ]")),
    ),
    LATIN: (
        ("vi", re.compile("[ơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")),
        ("tr", re.compile("[ğı]")),
        ("cs", re.compile("[řůě]")),
        ("ro", re.compile("[ățșţ]")),
        ("lt", re.compile("[ėįų]")),
        ("lv", re.compile("[ģķļņ]")),
    ),
}
# Belarusian shares і with Ukrainian, but has ы and э beside it and never и.
_BELARUSIAN = re.compile("[^иїєґ]*[ыэ][^иїєґ]*")
_SMALLEST_SHARE = 0.2
"""Of the words, these must hold the letter: one foreign name does not make a text foreign."""


def main_script(words: str) -> str:
    """Return the script that most letters are of.

    Returns:
        LATIN, CYRILLIC, or the code of the language that a script stands for; an empty string
        where no letter is of a known script.
    """
    if words.isascii():
        return LATIN
    counts = {name: len(letters.findall(words)) for name, letters in _SCRIPTS}
    # Japanese mixes kana with Chinese characters, which alone mean Chinese.
    if counts["ja"]:
        counts["ja"] += counts["zh"]
    name = max(counts, key=counts.__getitem__)
    return name if counts[name] else ""


def letter_language(words: str, script: str) -> str | None:
    """Return the language that letters of its own give away, where enough words hold them.

    Args:
        words: What ``telling_words`` returns.
        script: What :func:`main_script` says of them.
    """
    if words.isascii() or script not in _LETTERS:
        return None
    tokens = words.split()
    for code, letters in _LETTERS[script]:
        holding = sum(letters.search(token) is not None for token in tokens)
        if holding and holding >= _SMALLEST_SHARE * len(tokens):
            return "be" if code == "uk" and _BELARUSIAN.fullmatch(words) else code
    return None

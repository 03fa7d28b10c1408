"""What a comment costs the model, told from its length alone."""

from __future__ import annotations

BYTES_PER_TOKEN = 3.7
"""Of UTF-8, in Polish comments under the XLM-R vocabulary, disregarding rare long ones."""

FIXED_TOKENS = 5
"""Start, end and the prefix that every text gets."""

_MOST_BYTES_PER_TOKEN = 4


def estimate_tokens(text: str, *, most: int) -> int:
    """Tokens the model will read of ``text``, at least 1 and at most ``most``.

    Counting them exactly would take as long as tokenising, which the classifier does anyway.
    """
    looked_at = text[: most * _MOST_BYTES_PER_TOKEN].encode(errors="replace")
    return min(most, FIXED_TOKENS + int(len(looked_at) / BYTES_PER_TOKEN))

"""Codes that a comment's language may be stated by."""

from __future__ import annotations

LANGUAGE_CODES = frozenset(
    """
    aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da
    de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy
    hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg
    li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or
    os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw
    ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu
    """.split()  # noqa: SIM905 - a list of 184 strings would hide what it says
)
"""ISO 639-1, and ``sh`` (withdrawn, still found in data)."""

# Country codes and names that are often given for the language.
_MEANT = {
    "cz": "cs",
    "dk": "da",
    "gb": "en",
    "gr": "el",
    "in": "id",
    "iw": "he",
    "jp": "ja",
    "po": "pl",
    "ua": "uk",
    "us": "en",
    "deu": "de",
    "eng": "en",
    "ger": "de",
    "pol": "pl",
    "polish": "pl",
    "polski": "pl",
    "rus": "ru",
    "ukr": "uk",
}


def parse_language(stated: str) -> str | None:
    """Read a language tag as people state it.

    Args:
        stated: ``pl``, ``PL``, ``pl-PL`` or ``pl_PL``; ``und`` and a blank stand for unknown.

    Returns:
        The ISO 639-1 code, or ``None`` where the language is stated to be unknown.

    Raises:
        ValueError: The tag names no known language; the message says what may be meant.
    """
    code = stated.strip().lower().replace("_", "-").split("-", 1)[0]
    if code in ("", "und"):
        return None
    if code in LANGUAGE_CODES:
        return code
    hint = f"did you mean {_MEANT[code]!r}?" if code in _MEANT else "for example 'pl'"
    raise ValueError(
        f"{stated[:40]!r} is no ISO 639-1 language code; {hint} (leave it out to have the "
        "language detected)"
    )

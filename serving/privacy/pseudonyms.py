"""Pseudonyms of authors: who wrote what can be compared, not read.

A pseudonym is a keyed hash (HMAC-SHA-256) of source and author. Without the key nobody can tell
whose it is, not even by trying all names; with the key, the comments of an author who asks can be
found and erased.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata

KEY_BYTES = 32
"""Bytes of the key."""

_HASH_BYTES = 16
_LETTERS = 26


class Pseudonyms:
    """Gives authors their pseudonyms.

    Attributes:
        key_id: Tells keys apart without giving them away; kept beside the data.
    """

    def __init__(self, key: bytes) -> None:
        """Prepares.

        Args:
            key: The secret key, :data:`KEY_BYTES` long or longer.

        Raises:
            ValueError: The key is too short to keep anything secret.
        """
        if len(key) < KEY_BYTES:
            raise ValueError(
                f"the key of the pseudonyms has {len(key)} bytes; it needs {KEY_BYTES} random ones"
            )
        self._key = key
        self.key_id = self._hash(b"key id").hex()

    def of(self, source: str, author: str) -> str:
        """The pseudonym of an author: 26 letters and digits, the same each time.

        The same name at two sources gives two pseudonyms: nobody is followed across platforms.

        Args:
            source: Where the author writes.
            author: The author's identifier at that source.
        """
        parts = [unicodedata.normalize("NFC", part).encode() for part in (source, author)]
        # With lengths, so that ("ab", "c") and ("a", "bc") differ.
        joined = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        return base64.b32encode(self._hash(joined)).decode().rstrip("=").lower()

    def _hash(self, message: bytes) -> bytes:
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_HASH_BYTES]


def is_pseudonym(value: str) -> bool:
    """Whether a value has the form of a pseudonym."""
    letters = frozenset("abcdefghijklmnopqrstuvwxyz234567")
    return len(value) == _LETTERS and letters.issuperset(value)

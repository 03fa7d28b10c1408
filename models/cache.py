"""A bounded memory of texts answered before."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from hashlib import blake2b
from typing import Generic, TypeVar

Value = TypeVar("Value")


class LruCache(Generic[Value]):
    """Keeps the values of the most recently used texts; safe to use from many threads.

    Texts themselves are not kept, only a 128-bit digest of each.
    """

    def __init__(self, size: int) -> None:
        """Makes an empty cache of at most ``size`` texts; 0 keeps nothing."""
        self._size = size
        self._values: OrderedDict[bytes, Value] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._values)

    def get(self, texts: Sequence[str]) -> list[Value | None]:
        """The value of each text, ``None`` where it is not known."""
        if not self._size:
            return [None] * len(texts)
        keys = [_digest(text) for text in texts]
        with self._lock:
            values = [self._values.get(key) for key in keys]
            for key, value in zip(keys, values, strict=True):
                if value is not None:
                    self._values.move_to_end(key)
        return values

    def put(self, texts: Sequence[str], values: Sequence[Value]) -> None:
        """Keeps the value of each text and lets go of those longest unused."""
        if not self._size:
            return
        keys = [_digest(text) for text in texts]
        with self._lock:
            for key, value in zip(keys, values, strict=True):
                self._values[key] = value
                self._values.move_to_end(key)
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            self._values.clear()


def _digest(text: str) -> bytes:
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()

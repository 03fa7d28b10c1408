"""From normalised texts to the token ids that the encoder reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from sedno.models.artifact import ArtifactError

HEAD_SHARE = 0.75
"""Share of the tokens kept of a text that is too long which come from its beginning."""

_CHUNK_CHARS = 100_000


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one text.

    Attributes:
        ids: Shape ``(tokens,)``, int64, with the tokens that frame the text.
        truncated: Whether tokens between the beginning and the end were left out.
    """

    ids: NDArray[np.int64]
    truncated: bool


class TextEncoder:
    """Turns texts into token ids; safe to use from many threads at once.

    The library's own environment variable ``TOKENIZERS_PARALLELISM`` decides whether it
    uses several threads; tokenising takes a few hundredths of the time of a prediction.
    """

    def __init__(self, path: Path, *, prefix: str, max_tokens: int) -> None:
        """Loads a tokenizer.

        Args:
            path: In the format of the ``tokenizers`` library.
            prefix: Put before every text.
            max_tokens: Most tokens of a text, framing tokens included.

        Raises:
            ArtifactError: The file cannot be read as a tokenizer.
        """
        try:
            self._tokenizer: Tokenizer = Tokenizer.from_file(str(path))
        except Exception as error:  # the library raises plain Exception
            raise ArtifactError(path, f"cannot be read as a tokenizer ({error})") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._prefix = prefix
        self._head = round(max_tokens * HEAD_SHARE)
        self._tail = max_tokens - self._head
        self._max_tokens = max_tokens

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """Token ids of each text, in order.

        Of a text that is too long the first three quarters of the tokens it may have are
        taken from its beginning and the last quarter from its end: comments put their
        point first or last.
        """
        out: list[Tokens] = []
        for chunk in _chunks(texts):
            framed = [self._prefix + text for text in chunk]
            out.extend(self._cut(code.ids) for code in self._tokenizer.encode_batch_fast(framed))
        return out

    def _cut(self, ids: list[int]) -> Tokens:
        if len(ids) <= self._max_tokens:
            return Tokens(np.array(ids, dtype=np.int64), truncated=False)
        return Tokens(
            np.array(ids[: self._head] + ids[-self._tail :], dtype=np.int64), truncated=True
        )


def _chunks(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Runs of texts with a bound on their characters.

    The library's records take a hundred times the room of the ids that are kept, so they
    must not be held for all texts at once.
    """
    start, chars = 0, 0
    for at, text in enumerate(texts):
        if at > start and chars + len(text) > _CHUNK_CHARS:
            yield texts[start:at]
            start, chars = at, 0
        chars += len(text)
    if start < len(texts):
        yield texts[start:]

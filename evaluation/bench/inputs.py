"""Comments to measure with: gold where it is at hand, else the bundled sample."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from sedno.datasets.corpora.registry import load
from sedno.datasets.corpora.rows import ROOT_VARIABLE
from sedno.datasets.sample import load_sample

REPEATED_SHARE = 0.15
"""Share of rows that repeat a common short comment. On real pages 7 % (22,159 comments under
two series) to 11 % (five music videos) are exact repeats, and the share grows with the stream."""

_COMMON = 500
_COMMON_CHARS = 40


@dataclass(frozen=True, slots=True)
class Inputs:
    """Comments and where they come from; texts are distinct."""

    texts: tuple[str, ...]
    origin: str


def read_inputs(data: str | os.PathLike[str] | None = None) -> Inputs:
    """Gold comments under ``data`` or ``SEDNO_DATA``, else the bundled sample.

    Raises:
        CorpusError: A folder of corpora is named and gold cannot be read from it.
    """
    root = data if data is not None else os.environ.get(ROOT_VARIABLE)
    if root:
        texts = [example.text for example in load("gold_pl", root)]
        return Inputs(tuple(dict.fromkeys(texts)), f"{len(texts)} comments of gold dev and train")
    texts = [str(comment["text"]) for comment in load_sample()]
    return Inputs(tuple(dict.fromkeys(texts)), f"{len(texts)} comments of the bundled sample")


def distinct(texts: Sequence[str], count: int, *, seed: int = 0) -> list[str]:
    """``count`` distinct comments with the lengths of ``texts``, in random order.

    The given ones come first; past them, words of two comments are mixed.

    Raises:
        ValueError: There is no text to begin with.
    """
    if not texts:
        raise ValueError("texts: at least one comment is needed")
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    chosen = dict.fromkeys(rng.sample(list(texts), min(count, len(texts))))
    while len(chosen) < count:
        chosen[mixed(texts, rng)] = None
    return list(chosen)


def mixed(texts: Sequence[str], rng: random.Random) -> str:
    """A comment as long as one of ``texts``, half of whose words are another one's."""
    words = rng.choice(texts).split()
    other = rng.choice(texts).split() or [""]
    return " ".join(
        rng.choice(other) if rng.getrandbits(1) else word
        for word in (*words, str(rng.randrange(10**6)))
    )


def stream(
    texts: Sequence[str], rows: int, *, most_words: int | None = None, seed: int = 0
) -> Iterator[str]:
    """``rows`` comments as they come in: most of them new, common short ones repeating.

    How often each common one repeats follows Zipf's law.

    Args:
        texts: Where the words come from.
        rows: How many comments.
        most_words: Cuts the new ones; ``None`` leaves them as long as ``texts`` are.
        seed: Equal seeds give equal comments.
    """
    rng = random.Random(seed)  # noqa: S311 - nothing secret
    short = [text for text in texts if len(text) <= _COMMON_CHARS] or list(texts)
    common = rng.sample(short, min(_COMMON, len(short)))
    weights = list(accumulate(1.0 / (rank + 1) for rank in range(len(common))))
    for _ in range(rows):
        if rng.random() < REPEATED_SHARE:
            yield rng.choices(common, cum_weights=weights)[0]
        else:
            words = mixed(texts, rng).split()
            # The number at the end makes it a text that was not there before.
            yield " ".join(words if most_words is None else [*words[:-1][:most_words], words[-1]])


def as_sent(texts: Iterable[str], *, first: int, prefix: str) -> list[dict[str, Any]]:
    """Comments as a pipeline sends them: with author, post and time.

    Args:
        texts: In the order of time.
        first: Number of the first one; ids go on from there.
        prefix: Before the number in an id.
    """
    return [
        {
            "id": f"{prefix}-{number}",
            "source": "bench",
            "text": text,
            "author": f"autor {number % 997}",
            "post_id": f"post {number // 200}",
            "posted_at": 1_700_000_000 + 61 * number,
        }
        for number, text in enumerate(texts, first)
    ]


def write_jsonl(path: Path, texts: Iterator[str] | Sequence[str]) -> int:
    """Writes comments with running ids as JSONL; returns how many."""
    count = 0
    with path.open("w", encoding="utf-8") as file:
        for count, text in enumerate(texts, 1):
            file.write(json.dumps({"id": f"b-{count}", "text": text}, ensure_ascii=False) + "\n")
    return count

"""A linear model over hashed n-grams, whose scores are added to the encoder's logits.

The encoder knows what a sentence means, and has seen each word a few times at most; a linear
model knows nothing but which words and endings go with a label, and remembers all of them. They
err on different comments, so their sum errs less (the wide part beside the deep one of Cheng et
al. 2016, arXiv 1606.07792). Here the two are trained apart, since the encoder's answers to its
own training texts are too good to learn from, and how much each counts is fitted on held-back
comments.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from sedno.models.lexical.features import KINDS, Counted, count_features
from sedno.models.taxonomy import Task

_CHARACTERS: Final = 200_000
"""Texts are counted so many characters at a time, which bounds the memory."""


class LexicalError(ValueError):
    """A file of word weights that cannot be used; names what is wrong with it."""


@dataclass(frozen=True, slots=True, eq=False)
class Lexical:
    """Weights of hashed n-grams.

    Attributes:
        rarity: ``(2**bits,)`` float16, what each bucket counts: the inverse document frequency.
        weights: ``(2**bits, labels)`` float16, what it says for every label of every task.
        labels: ``task/label`` of every column.
    """

    rarity: NDArray[np.float16]
    weights: NDArray[np.float16]
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        buckets = len(self.rarity)
        if buckets < 2 or buckets & (buckets - 1):  # noqa: PLR2004 - one bucket tells nothing apart
            raise LexicalError(f"{buckets} buckets; a power of two is needed")
        if self.weights.shape != (buckets, len(self.labels)):
            raise LexicalError(
                f"weights of shape {self.weights.shape} for {buckets} buckets and "
                f"{len(self.labels)} labels"
            )

    @property
    def bits(self) -> int:
        """There are ``2**bits`` buckets."""
        return len(self.rarity).bit_length() - 1

    def scores(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """What the words of each text say.

        Args:
            texts: Normalised texts; a text's scores depend on it alone.

        Returns:
            ``(texts, labels)``, to be added to logits.
        """
        out = np.zeros((len(texts), len(self.labels)), dtype=np.float32)
        for begin, some in _portions(texts):
            counted = count_features(some, self.bits)
            if not counted.bucket.size:
                continue
            value = tf_idf(counted, self.rarity)
            terms = self.weights[counted.bucket].astype(np.float64) * value[:, None]
            # Features of one text lie side by side.
            owner = counted.segment // KINDS
            firsts = np.flatnonzero(np.diff(owner, prepend=-1))
            out[begin + owner[firsts]] = np.add.reduceat(terms, firsts, axis=0)
        return out

    def save(self, path: Path) -> None:
        """Writes the file that :func:`read_lexical` reads."""
        with path.open("wb") as file:
            np.savez(file, rarity=self.rarity, weights=self.weights, labels=np.array(self.labels))


def columns_of(tasks: Sequence[Task]) -> tuple[str, ...]:
    """``task/label`` of every label, task by task."""
    return tuple(f"{task.name}/{label}" for task in tasks for label in task.labels)


def read_lexical(path: Path, tasks: Sequence[Task]) -> Lexical:
    """Reads a file of word weights.

    Args:
        path: The file.
        tasks: What its columns have to answer, in order.

    Raises:
        LexicalError: It is damaged, of another form, or answers something else.
        OSError: It cannot be read.
    """
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            found = Lexical(
                rarity=stored["rarity"].astype(np.float16),
                weights=stored["weights"].astype(np.float16),
                labels=tuple(str(label) for label in stored["labels"]),
            )
    except (ValueError, KeyError, EOFError, BadZipFile) as error:
        raise LexicalError(f"{path}: {error}; copy the whole artefact again") from error
    if found.labels != columns_of(tasks):
        raise LexicalError(f"{path}: answers {', '.join(found.labels)}; export the artefact again")
    return found


def tf_idf(counted: Counted, rarity: NDArray[np.floating]) -> NDArray[np.float64]:
    """Values ``(features,)``: the logarithm of the count, plus 1, times the rarity.

    Words and characters of a text have length 1 each, so that neither drowns the other.
    """
    value = (1.0 + np.log(counted.count)) * rarity[counted.bucket].astype(np.float64)
    length = np.sqrt(
        np.bincount(counted.segment, weights=value**2, minlength=counted.texts * KINDS)
    )
    scaled: NDArray[np.float64] = value / np.maximum(length[counted.segment], 1e-9)
    return scaled


def _portions(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    """Neighbouring texts of at most so many characters, or one longer one, and where they begin."""
    begin = size = 0
    for at, text in enumerate(texts):
        if size and size + len(text) > _CHARACTERS:
            yield begin, texts[begin:at]
            begin, size = at, 0
        size += len(text)
    if begin < len(texts):
        yield begin, texts[begin:]

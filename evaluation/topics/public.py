"""Public sets of questions with known intents."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.corpora.registry import load
from sedno.evaluation.topics.rivals import Way, ours, scored
from sedno.evaluation.topics.scores import agree

if TYPE_CHECKING:
    from sedno.models.classifier import Classifier

Tell = Callable[[str], None]
_SEEDS: Final = 5
_OUT_OF_SCOPE: Final = "oos"


@dataclass(frozen=True, slots=True)
class Questions:
    """A set of questions.

    Attributes:
        name: Its name in reports.
        texts: The questions.
        intents: The intent of each.
    """

    name: str
    texts: tuple[str, ...]
    intents: tuple[str, ...]


def sets(data: Path) -> Iterator[Questions]:
    """The test parts of Banking77 and of CLINC150 without what is out of scope."""
    for corpus in ("banking77", "clinc150"):
        examples = [
            example
            for example in load(corpus, data)
            if example.split == "test" and example.intent not in (None, _OUT_OF_SCOPE)
        ]
        yield Questions(
            f"{corpus} test",
            tuple(example.text for example in examples),
            tuple(str(example.intent) for example in examples),
        )


def measure(
    questions: Questions, classifier: Classifier, ways: Mapping[str, Way], tell: Tell
) -> dict[str, Any]:
    """Scores each way to find topics that is installed, on the same embeddings."""
    vectors = embed(questions.texts, classifier)
    return scored(ways, questions.texts, vectors, questions.intents, tell)


def stability(questions: Questions, classifier: Classifier) -> dict[str, Any]:
    """Whether one seed gives one answer, and how far five seeds agree (mean pairwise ARI)."""
    vectors = embed(questions.texts, classifier)
    runs = [ours(questions.texts, vectors, 0, seed=seed) for seed in range(_SEEDS)]
    again = ours(questions.texts, vectors, 0, seed=0)
    pairs = [agree(one, other).ari for one, other in combinations(runs, 2)]
    return {
        "same_seed_identical": again == runs[0],
        "seeds": _SEEDS,
        "mean_pairwise_ari": float(np.mean(pairs)),
        "lowest_pairwise_ari": float(np.min(pairs)),
    }


def embed(texts: Sequence[str], classifier: Classifier) -> NDArray[np.float32]:
    """The classifier's embeddings, ``(texts, dim)``."""
    answers = classifier.predict(list(texts), embeddings=True)
    return np.stack([answer.embedding for answer in answers if answer.embedding is not None])

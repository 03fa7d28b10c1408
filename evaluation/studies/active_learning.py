"""Does it pay to let people look at what the model doubts, instead of at any comments?

A simulated loop on the gold comments: a small model learns from a few labelled ones, chooses which
to have labelled next, and learns again. Three choices are compared: by unusual doubt, as
``sedno decisions choose`` does; by doubt, as the review desk's queue orders comments; and any.
They are judged after each round on gold dev and on a fifth of gold train that no loop learns from.

Source: uncertainty sampling, Lewis and Gale (1994), arXiv cmp-lg/9407020.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy import stats
from scipy.sparse import csr_matrix, hstack, spmatrix
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.pipeline import make_union
from sklearn.preprocessing import StandardScaler

from sedno.datasets.corpora.example import Example
from sedno.evaluation.bootstrap import LEVEL, Floats, Interval, Ints
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting
from sedno.models.doubt import descending, unusual_doubt
from sedno.models.taxonomy import TASKS

NAME: Final = "active_learning"
START: Final = 200
"""Comments that are labelled before the first choice, drawn at random."""
STEP: Final = 200
"""Comments chosen in each round."""
ROUNDS: Final = 6
LOOPS: Final = 6
"""Loops with other beginnings; the interval tells how much the beginning matters."""

_SET_ASIDE = 5
_SHARE_OF_EMBEDDING = 0.075

Rows = spmatrix | Floats
Choose = Callable[[Sequence[Floats], np.random.Generator], Ints]
"""From each task's probabilities ``(comments, labels)`` to the order in which to look at them."""


def run(setting: Setting) -> StudyResult:
    """Learning curves of each learner and choice, and by how much each is ahead of chance."""
    started = time.perf_counter()
    title = "What to review next: by the model's doubt, or any?"
    if setting.untouched is None:
        return StudyResult(NAME, title, "Not run: it needs the untouched encoder.", ())
    examples = list(setting.load("gold_pl"))
    whole = [e for e in examples if e.split == "train" and _whole(e)]
    dev = [e for e in examples if e.split == "dev"]
    known = whole + dev
    learners = _learners([e.text for e in known], setting.untouched([e.text for e in known]))
    curves: dict[tuple[str, str], list[list[float]]] = {}
    for number in range(LOOPS):
        order = np.random.default_rng(1_000 + number).permutation(len(whole))
        aside, pool = np.split(order, [len(whole) // _SET_ASIDE])
        test = np.concatenate([aside, np.arange(len(whole), len(known))])
        for learner, (rows, strength) in learners.items():
            for name, choose in CHOICES.items():
                rng = np.random.default_rng(number)
                loop = _Loop(rows, known, pool, test, strength)
                curves.setdefault((learner, name), []).append(loop.run(choose, rng))
        setting.progress(f"  loop {number + 1} of {LOOPS}")
    found = {key: np.array(values) for key, values in curves.items()}
    return StudyResult(
        name=NAME,
        title=title,
        protocol=(
            f"{LOOPS} loops over the {len(whole)} comments of gold train, a fifth of which is set "
            f"aside anew in each: {START} at random, then {STEP} a round. Unusual doubt: the sum "
            "over tasks of the entropy, each divided by its mean over the comments, so that a "
            "task that is always unsure does not decide alone; `sedno decisions choose` takes it. "
            "Doubt: the probability that a label is wrong, by which the desk's queue is ordered. "
            "Logistic regression learns anew after each round, on tf-idf of words and letters, on "
            "the untouched encoder's embedding, or on both. Figures: macro-F1 on gold dev and "
            "what was set aside, mean of the tasks, with the 95 % interval over the loops "
            "(Student's t)."
        ),
        panels=(
            Panel("ahead", "Ahead of chance, mean over the rounds", tuple(_ahead(found))),
            *(
                Panel(f"curve_{at}", f"Learning curves: {learner}", tuple(_curve(found, learner)))
                for at, learner in enumerate(learners)
            ),
        ),
        seconds=time.perf_counter() - started,
    )


def _whole(example: Example) -> bool:
    return all(task.name in example.labels for task in TASKS)


def _learners(texts: Sequence[str], vectors: Floats) -> dict[str, tuple[Rows, float]]:
    """Features of all texts and the inverse strength of regularisation, by learner.

    Features are made without labels, as they could be of all comments that wait.
    """
    words = make_union(
        TfidfVectorizer(
            analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3, max_features=60_000
        ),
        TfidfVectorizer(sublinear_tf=True, min_df=2),
    ).fit_transform(texts)
    scaled = StandardScaler().fit_transform(vectors)
    both = hstack([words, csr_matrix(scaled * _SHARE_OF_EMBEDDING)]).tocsr()
    return {
        "words and embedding": (both, 5.0),
        "words": (words.tocsr(), 20.0),
        "embedding": (scaled, 0.05),
    }


def _by_unusual_doubt(chances: Sequence[Floats], rng: np.random.Generator) -> Ints:
    del rng
    return descending(unusual_doubt(chances))


def _by_doubt(chances: Sequence[Floats], rng: np.random.Generator) -> Ints:
    del rng
    sure = np.prod([of.max(axis=1) for of in chances], axis=0)
    return descending(1.0 - sure)


def _any(chances: Sequence[Floats], rng: np.random.Generator) -> Ints:
    return np.asarray(rng.permutation(len(chances[0])), dtype=np.int64)


CHOICES: Final[dict[str, Choose]] = {
    "by unusual doubt": _by_unusual_doubt,
    "by doubt": _by_doubt,
    "at random": _any,
}


@dataclass(frozen=True, slots=True)
class _Loop:
    """A simulated loop.

    Attributes:
        rows: Features of all comments.
        examples: All comments.
        pool: Positions that may be labelled.
        test: Positions that judge.
        strength: Inverse strength of regularisation.
    """

    rows: Rows
    examples: Sequence[Example]
    pool: Ints
    test: Ints
    strength: float

    def run(self, choose: Choose, rng: np.random.Generator) -> list[float]:
        """Macro-F1 after each round."""
        rest = rng.permutation(self.pool)
        labelled, rest = rest[:START], rest[START:]
        curve: list[float] = []
        for number in range(ROUNDS + 1):
            models = self._learn(labelled)
            curve.append(self._judge(models))
            if number == ROUNDS or not rest.size:
                break
            chances = [model.predict_proba(self.rows[rest]) for model in models.values()]
            order = choose(chances, rng)
            labelled = np.concatenate([labelled, rest[order[:STEP]]])
            rest = rest[np.sort(order[STEP:])]
        return curve

    def _learn(self, labelled: Ints) -> dict[str, LogisticRegression]:
        models = {}
        for task in TASKS:
            labels = [self.examples[at].labels[task.name] for at in labelled]
            if len(set(labels)) > 1:
                model = LogisticRegression(C=self.strength, max_iter=100)
                with warnings.catch_warnings():
                    # A curve does not hang on the last digit of a coefficient.
                    warnings.simplefilter("ignore", ConvergenceWarning)
                    models[task.name] = model.fit(self.rows[labelled], labels)
        return models

    def _judge(self, models: dict[str, LogisticRegression]) -> float:
        figures = []
        for task in TASKS:
            known = [at for at in self.test if task.name in self.examples[at].labels]
            truth = [self.examples[at].labels[task.name] for at in known]
            if len(set(truth)) < 2:  # noqa: PLR2004 - one label alone judges nothing
                continue
            model = models.get(task.name)
            said = (
                [task.labels[-1]] * len(truth) if model is None else model.predict(self.rows[known])
            )
            figures.append(f1_score(truth, said, average="macro", zero_division=0.0))
        return float(np.mean(figures))


def _ahead(found: dict[tuple[str, str], Floats]) -> Iterator[Row]:
    for learner, name in found:
        if name != "at random":
            ahead = found[learner, name][:, 1:] - found[learner, "at random"][:, 1:]
            yield Row(f"{learner}, {name}", {"macro_f1": _mean(ahead.mean(axis=1))})


def _curve(found: dict[tuple[str, str], Floats], learner: str) -> Iterator[Row]:
    of = {name: values for (one, name), values in found.items() if one == learner}
    for at in range(next(iter(of.values())).shape[1]):
        yield Row(
            f"{START + at * STEP} labelled",
            {name: _mean(values[:, at]) for name, values in of.items()},
        )


def _mean(values: Floats) -> Interval:
    """Mean over the loops with Student's interval."""
    mean, count = float(values.mean()), len(values)
    half = float(
        stats.t.ppf((1 + LEVEL) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count)
        if count > 1
        else float("nan")
    )
    return Interval(mean, mean - half, mean + half)

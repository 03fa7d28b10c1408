"""Does it pay to let people look at what the model doubts, instead of at any comments?

A simulated loop on the gold comments: a small model learns from a few labelled ones, chooses which
to have labelled next, and learns again. Chosen by doubt, as the review desk's queue orders them,
against chosen at random; both are judged on gold dev after each round.

Source: uncertainty sampling, Lewis and Gale (1994), arXiv cmp-lg/9407020.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score
from sklearn.preprocessing import StandardScaler

from sedno.datasets.corpora.example import Example
from sedno.evaluation.bootstrap import LEVEL, Floats, Interval, Ints
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting
from sedno.models.taxonomy import TASKS

NAME: Final = "active_learning"
START: Final = 200
"""Comments that are labelled before the first choice, drawn at random."""
STEP: Final = 200
"""Comments chosen in each round."""
ROUNDS: Final = 9
LOOPS: Final = 8
"""Loops with other beginnings; the interval tells how much the beginning matters."""

_STRENGTH = 0.05

Choose = Callable[[Floats, np.random.Generator], Ints]
"""From the doubt about each comment of the pool to the order in which to look at them."""


def run(setting: Setting) -> StudyResult:
    """Learning curves by doubt and at random, and by how much doubt is ahead."""
    started = time.perf_counter()
    title = "What to review next: by the model's doubt, or any?"
    if setting.untouched is None:
        return StudyResult(NAME, title, "Not run: it needs the untouched encoder.", ())
    examples = list(setting.load("gold_pl"))
    pool = [e for e in examples if e.split == "train" and _whole(e)]
    dev = [e for e in examples if e.split == "dev"]
    scaler = StandardScaler()
    features = scaler.fit_transform(setting.untouched([e.text for e in pool]))
    test = scaler.transform(setting.untouched([e.text for e in dev]))
    curves: dict[str, list[list[float]]] = {"by doubt": [], "at random": []}
    for number in range(LOOPS):
        for name, choose in (("by doubt", _most_doubted), ("at random", _any)):
            rng = np.random.default_rng(number)
            curves[name].append(_loop(features, pool, test, dev, choose, rng))
        setting.progress(f"  loop {number + 1} of {LOOPS}")
    doubt, chance = (np.array(curves[name]) for name in ("by doubt", "at random"))
    rows = tuple(
        Row(
            f"{START + at * STEP} labelled",
            {
                "by doubt": _mean(doubt[:, at]),
                "at random": _mean(chance[:, at]),
                "doubt is ahead by": _mean(doubt[:, at] - chance[:, at]),
            },
        )
        for at in range(doubt.shape[1])
    )
    ahead = _mean((doubt[:, 1:] - chance[:, 1:]).mean(axis=1))
    return StudyResult(
        name=NAME,
        title=title,
        protocol=(
            f"{LOOPS} loops over {len(pool)} comments of gold train: {START} at random, then "
            f"{STEP} a round, those with the highest probability that a label is wrong (as the "
            "review desk orders its queue) or any. Logistic regression on the untouched "
            "encoder's embedding learns anew after each round. Figures: macro-F1 on gold dev, "
            "mean of the tasks on which it has more than one label, with the 95 % interval "
            "over the loops (Student's t)."
        ),
        panels=(
            Panel("curve", "Learning curves", rows),
            Panel(
                "ahead",
                "Mean over the rounds",
                (Row("doubt against random", {"macro_f1": ahead}),),
                signed=True,
            ),
        ),
        seconds=time.perf_counter() - started,
    )


def _whole(example: Example) -> bool:
    return all(task.name in example.labels for task in TASKS)


def _most_doubted(doubt: Floats, rng: np.random.Generator) -> Ints:
    del rng
    return np.asarray(np.argsort(-doubt, kind="stable"), dtype=np.int64)


def _any(doubt: Floats, rng: np.random.Generator) -> Ints:
    return np.asarray(rng.permutation(len(doubt)), dtype=np.int64)


def _loop(
    features: Floats,
    pool: Sequence[Example],
    test: Floats,
    dev: Sequence[Example],
    choose: Choose,
    rng: np.random.Generator,
) -> list[float]:
    """Macro-F1 on the test after each round."""
    labelled = rng.permutation(len(pool))[:START]
    curve: list[float] = []
    for number in range(ROUNDS + 1):
        models = _learn(features[labelled], [pool[at] for at in labelled])
        curve.append(_judge(models, test, dev))
        rest = np.setdiff1d(np.arange(len(pool)), labelled)
        if number == ROUNDS or not rest.size:
            break
        order = choose(_doubt(models, features[rest]), rng)
        labelled = np.concatenate([labelled, rest[order[:STEP]]])
    return curve


def _learn(features: Floats, examples: Sequence[Example]) -> dict[str, LogisticRegression]:
    models = {}
    for task in TASKS:
        labels = [example.labels[task.name] for example in examples]
        if len(set(labels)) > 1:
            model = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=300)
            with warnings.catch_warnings():
                # A curve does not hang on the last digit of a coefficient.
                warnings.simplefilter("ignore", ConvergenceWarning)
                models[task.name] = model.fit(features, labels)
    return models


def _doubt(models: dict[str, LogisticRegression], features: Floats) -> Floats:
    """Probability that at least one label is wrong, as the desk's queue takes it."""
    sure = np.ones(len(features))
    for model in models.values():
        sure *= model.predict_proba(features).max(axis=1)
    return 1.0 - sure


def _judge(models: dict[str, LogisticRegression], test: Floats, dev: Sequence[Example]) -> float:
    figures = []
    for task in TASKS:
        known = np.array([task.name in example.labels for example in dev], dtype=np.bool_)
        truth = [example.labels[task.name] for example in dev if task.name in example.labels]
        if len(set(truth)) < 2:  # noqa: PLR2004 - one label alone judges nothing
            continue
        model = models.get(task.name)
        said: NDArray[np.str_] | list[str] = (
            [task.labels[-1]] * len(truth) if model is None else model.predict(test[known])
        )
        figures.append(f1_score(truth, said, average="macro", zero_division=0.0))
    return float(np.mean(figures))


def _mean(values: Floats) -> Interval:
    """Mean over the loops with Student's interval."""
    mean, count = float(values.mean()), len(values)
    half = float(
        stats.t.ppf((1 + LEVEL) / 2, count - 1) * values.std(ddof=1) / np.sqrt(count)
        if count > 1
        else float("nan")
    )
    return Interval(mean, mean - half, mean + half)

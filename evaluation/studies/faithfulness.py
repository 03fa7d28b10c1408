"""Do the words that an explanation marks carry the answer?

Erasure (DeYoung et al. 2020, ERASER, arXiv 1911.03429, comprehensiveness): take the marked words
out and see how far the probability of the answer falls, beside the same number of random words.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from sedno.datasets.corpora.example import Example
from sedno.evaluation.bootstrap import Floats, Interval, Resamples, interval
from sedno.evaluation.judge import clusters_of
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.setting import Setting
from sedno.models.prediction import Answer
from sedno.models.taxonomy import TASKS

NAME: Final = "faithfulness"
COMMENTS: Final = 200
RANDOM_DRAWS: Final = 4

_LEAST_WORDS: Final = 4
_WORD = re.compile(r"\S+")


@dataclass(frozen=True, slots=True)
class _Erasure:
    """One answer put to the test: the text without its marked words, and without others."""

    comment: int
    task: str
    label: str
    confidence: float
    marked: str
    others: tuple[str, ...]


def run(setting: Setting) -> StudyResult:
    """Erases marked and random words of gold dev comments, task by task."""
    started = time.perf_counter()
    items = sample(tuple(e for e in setting.load("gold_pl") if e.split == "dev"))
    explained = setting.reader.predict([item.text for item in items], explain=True)
    trials = [
        trial
        for at, (item, prediction) in enumerate(zip(items, explained, strict=True))
        for task, answer in prediction.labels.items()
        if (trial := erase(at, item.text, task, answer)) is not None
    ]
    variants = list(dict.fromkeys(t for trial in trials for t in (trial.marked, *trial.others)))
    setting.progress(f"  {len(trials)} answers, {len(variants)} texts with words left out")
    read = dict(zip(variants, setting.reader.predict(variants), strict=True))

    def drop(trial: _Erasure, text: str) -> float:
        return trial.confidence - read[text].labels[trial.task].scores[trial.label]

    falls = np.array(
        [
            (drop(trial, trial.marked), float(np.mean([drop(trial, o) for o in trial.others])))
            for trial in trials
        ]
    ).reshape(-1, 2)
    clusters = clusters_of(items)
    rows = []
    for name in ("all tasks", *(task.name for task in TASKS)):
        at = [n for n, trial in enumerate(trials) if name in ("all tasks", trial.task)]
        if at:
            drawn = [clusters[trials[n].comment] for n in at]
            rows.append(_row(name, falls[at], drawn, setting))
    return StudyResult(
        name=NAME,
        title="Explanations: do marked words carry the answer?",
        protocol=(
            f"{len(items)} gold dev comments of at least {_LEAST_WORDS} words. For every answer "
            "the words marked in its favour are taken out together, and beside them as many "
            f"random words of the same comment, {RANDOM_DRAWS} times. Shown is by how much the "
            "probability of the answer falls. Answers for which no word, or every word, is marked "
            "are left out. Intervals resample comments."
        ),
        panels=(Panel("erasure", "Fall of the answer's probability", tuple(rows), signed=True),),
        seconds=time.perf_counter() - started,
    )


def sample(examples: Sequence[Example]) -> list[Example]:
    """At most :data:`COMMENTS` comments long enough to leave words out, by a fixed seed."""
    fit = [example for example in examples if len(_WORD.findall(example.text)) >= _LEAST_WORDS]
    chosen = random.Random(0).sample(fit, min(COMMENTS, len(fit)))  # noqa: S311 - a fixed sample
    return sorted(chosen, key=lambda example: example.id)


def erase(comment: int, text: str, task: str, answer: Answer) -> _Erasure | None:
    """The texts without marked and without random words; ``None`` where that cannot be done."""
    words = [match.span() for match in _WORD.finditer(text)]
    speaking = [(span.start, span.end) for span in answer.spans if span.weight > 0]
    marked = [
        at
        for at, (start, end) in enumerate(words)
        if any(start < last and first < end for first, last in speaking)
    ]
    if not 0 < len(marked) < len(words):
        return None
    chance = random.Random(f"{task}\n{text}")  # noqa: S311 - repeatable draws
    draws = [chance.sample(range(len(words)), len(marked)) for _ in range(RANDOM_DRAWS)]
    return _Erasure(
        comment,
        task,
        answer.label,
        answer.confidence,
        without(text, words, marked),
        tuple(without(text, words, draw) for draw in draws),
    )


def without(text: str, words: Sequence[tuple[int, int]], left_out: Sequence[int]) -> str:
    """The words of ``text`` that are not left out, in order."""
    gone = set(left_out)
    return " ".join(text[a:b] for at, (a, b) in enumerate(words) if at not in gone)


def _row(name: str, falls: Floats, clusters: Sequence[str], setting: Setting) -> Row:
    resamples = Resamples.draw(
        clusters, replicates=setting.rules.replicates, seed=setting.rules.seed
    )
    sizes = resamples.totals(np.ones((len(falls), 1)))

    def mean(values: Floats) -> Interval:
        draws = resamples.totals(values[:, None]) / sizes
        return interval(float(values.mean()), draws[:, 0])

    marked, others = falls[:, 0], falls[:, 1]
    figures = {"marked": mean(marked), "random": mean(others), "more": mean(marked - others)}
    return Row(name, figures, f"{len(falls)} answers")

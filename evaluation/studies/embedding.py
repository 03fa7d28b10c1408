"""Does the embedding put the same question beside itself?

The protocol of MTEB's clustering tasks (Muennighoff et al. 2023, arXiv 2210.07316): cluster the
embeddings with the true number of clusters and compare with the true intents. The untouched
encoder stands beside the artefact, and the differences are paired over the same items.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sedno.datasets.corpora.example import Example
from sedno.evaluation.bootstrap import Interval, interval
from sedno.evaluation.panels import Panel, Row, StudyResult
from sedno.evaluation.studies.clustering import (
    Cluster,
    Scores,
    agglomerative,
    k_means,
    score_clusterings,
)
from sedno.evaluation.studies.setting import Embed, Setting

NAME: Final = "embedding"

_OUT_OF_SCOPE = "oos"
_FIGURES: Final = ("v_measure", "ari")


@dataclass(frozen=True, slots=True)
class _Test:
    """One set of questions to cluster.

    Attributes:
        key: Name of its rows.
        examples: The questions.
        cluster: How they are clustered.
        how: What was done, for the report.
        seen: Whether training may have shown these very texts or intents.
    """

    key: str
    examples: tuple[Example, ...]
    cluster: Cluster
    how: str
    seen: str


def run(setting: Setting) -> StudyResult:
    """Clusters Banking77, held-out niches of ``questions_pl`` and CLINC."""
    started = time.perf_counter()
    systems: dict[str, Embed] = {"artefact": setting.embed}
    if setting.untouched is not None:
        systems["untouched"] = setting.untouched
    figures: list[Row] = []
    gains: list[Row] = []
    for test in _tests(setting):
        setting.progress(f"  {test.key}: {len(test.examples)} questions")
        scores = {name: _score(test, embed) for name, embed in systems.items()}
        note = f"{len(test.examples)} questions, {test.how}{test.seen}"
        figures += [
            Row(
                f"{test.key} {name}",
                {figure: found.figure(figure) for figure in _FIGURES},
                note,
                seen="(seen)" in test.seen,
            )
            for name, found in scores.items()
        ]
        if len(scores) > 1:
            gain = dict(_gains(scores["artefact"], scores["untouched"]))
            gains.append(Row(test.key, gain, note, seen="(seen)" in test.seen))
    panels = [Panel("clusters", "Agreement of clusters with intents", tuple(figures))]
    if gains:
        title = "The artefact against the untouched encoder (ari_ratio: how many times as high)"
        panels.append(Panel("gain", title, tuple(gains), signed=True))
    return StudyResult(
        name=NAME,
        title="Meaning: the embedding of the same pass, by clusters of questions",
        protocol=(
            "Embeddings are clustered with the true number of clusters, by k-means (mean of three "
            "starts) or by Ward's agglomerative clustering, and compared with the intents. "
            "V-measure equals NMI with the arithmetic mean. Intervals resample questions and "
            "leave the clusters as they are. Published for large instruction embeddings with "
            "k-means, for orientation: Banking77 NMI .824, CLINC .926 (Viswanathan et al. 2023)."
        ),
        panels=tuple(panels),
        seconds=time.perf_counter() - started,
    )


def _tests(setting: Setting) -> Iterator[_Test]:
    trained = setting.training.corpora
    banking = _of(setting, "banking77", "test")
    seen = " (seen): the recipe names its corpus" if "banking77" in trained else ""
    yield _Test("banking77", banking, k_means, f"k-means, k = {_intents(banking)}", seen)

    held = setting.training.held_kinds.get("questions_pl", frozenset())
    questions = [e for e in setting.load("questions_pl") if not held or e.kind in held]
    seen = "" if held or _not_trained(setting, "questions_pl") else " (seen): no niche is held out"
    yield _Test(
        "questions_pl",
        tuple(questions),
        agglomerative,
        f"{len({e.kind for e in questions})} niches, agglomerative, {_intents(questions)} clusters",
        seen,
    )
    clinc = tuple(e for e in _of(setting, "clinc150", "test") if e.intent != _OUT_OF_SCOPE)
    seen = "; for information: its intents are trained on" if "clinc150" in trained else ""
    yield _Test("clinc150", clinc, k_means, f"k-means, k = {_intents(clinc)}", seen)


def _not_trained(setting: Setting, corpus: str) -> bool:
    return setting.training.stated and corpus not in setting.training.corpora


def _of(setting: Setting, corpus: str, split: str) -> tuple[Example, ...]:
    return tuple(example for example in setting.load(corpus) if example.split == split)


def _intents(examples: Sequence[Example]) -> int:
    return len({example.intent for example in examples})


def _score(test: _Test, embed: Embed) -> Scores:
    truth = [str(example.intent) for example in test.examples]
    vectors = embed([example.text for example in test.examples])
    return score_clusterings(truth, test.cluster(vectors, len(set(truth))))


def _gains(own: Scores, untouched: Scores) -> Iterator[tuple[str, Interval]]:
    for figure in _FIGURES:
        change = own.draws(figure) - untouched.draws(figure)
        yield figure, interval(float(change[0]), change[1:])
    times = own.ari / untouched.ari.clip(min=1e-9)
    yield "ari_ratio", interval(float(times[0]), times[1:])

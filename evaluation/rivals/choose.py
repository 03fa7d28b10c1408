"""Which baselines stand beside the artefact on which benchmark."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from sedno.evaluation.baselines import ALL, Baseline, Tfidf
from sedno.evaluation.benchmarks import gold
from sedno.evaluation.benchmarks.benchmark import Benchmark
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.cached import Remembered
from sedno.evaluation.rivals.lexicon import NAME as LEXICON
from sedno.evaluation.rivals.lexicon import Lexicon
from sedno.evaluation.rivals.untouched import NAME as PROBE
from sedno.evaluation.rivals.untouched import LinearProbe

Embed = Callable[[Sequence[str]], Floats]

NAMES = (*(baseline.name for baseline in ALL), LEXICON, PROBE)
"""Every baseline that a floor may name."""


def rivals_of(benchmark: Benchmark, *, cache: Path, untouched: Embed | None) -> list[Baseline]:
    """The baselines of one benchmark, weakest first.

    The lexicon knows Polish alone. The probe is kept to gold, as embedding the training part of
    every corpus with the untouched encoder would take hours.

    Args:
        benchmark: The benchmark.
        cache: Where answers of the slow ones are kept.
        untouched: Embeds with the untouched encoder; ``None`` leaves the probe out.
    """
    rivals: list[Baseline] = [
        Remembered(baseline, cache) if isinstance(baseline, Tfidf) else baseline for baseline in ALL
    ]
    if benchmark.language == "pl":
        rivals.append(Lexicon())
    if untouched is not None and benchmark.name == gold.NAME:
        rivals.append(LinearProbe(untouched))
    return rivals

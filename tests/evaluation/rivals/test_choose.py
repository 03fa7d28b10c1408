from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sedno.evaluation.benchmarks import catalogue
from sedno.evaluation.bootstrap import Floats
from sedno.evaluation.rivals.choose import NAMES, rivals_of


def _never(texts: Sequence[str]) -> Floats:
    raise AssertionError(f"{len(texts)} texts were embedded although nothing was answered")


def test_the_lexicon_judges_polish_and_the_probe_gold_alone(
    data_root: Path, tmp_path: Path
) -> None:
    """Every name that a floor may use is in use, each where it makes sense."""
    load = catalogue.reader(data_root)
    names = {
        benchmark.name: [
            rival.name for rival in rivals_of(benchmark, cache=tmp_path, untouched=_never)
        ]
        for benchmark in catalogue.build(["gold_dev", "cbd", "umsab"], load)
    }
    assert names["gold_dev"] == list(NAMES)
    assert names["cbd"] == list(NAMES[:-1])
    assert names["umsab"] == list(NAMES[:-2])


def test_without_the_untouched_encoder_there_is_no_probe(data_root: Path, tmp_path: Path) -> None:
    """It takes minutes, so it can be left out."""
    (gold,) = catalogue.build(["gold_dev"], catalogue.reader(data_root))
    gold = replace(gold, language="de")
    found = [rival.name for rival in rivals_of(gold, cache=tmp_path, untouched=None)]
    assert found == list(NAMES[:-2])

"""Which test items an artefact may have learned from, read off its training recipes.

A recipe names corpora, their parts, and kinds held out. Training keeps every item of a test
part, of gold dev and of a held-out kind away, together with whatever gives it away (see
``sedno.training.data``). All else that the recipe admits may have been seen, as may items whose
text stands in another corpus that it admits. A recipe may take only a sample of a corpus, so
"may have been seen" bounds what was seen from above.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sedno.datasets.corpora.example import Example
from sedno.datasets.corpora.held_kinds import held_out
from sedno.datasets.corpora.registry import CORPORA
from sedno.datasets.corpora.rows import FILE_NAME
from sedno.datasets.dedup import HeldOut
from sedno.evaluation.benchmarks.benchmark import Benchmark, Loader
from sedno.models.artifact import Layout, hash_file

DATA_FILE = "data.json"


@dataclass(frozen=True, slots=True)
class Source:
    """One corpus of a recipe: which of its examples are admitted.

    Attributes:
        corpus: Registry name, or a file.
        splits: Parts taken, all where empty.
        where: Field -> values admitted.
    """

    corpus: str
    splits: frozenset[str]
    where: Mapping[str, frozenset[str]]

    def admits(self, example: Example) -> bool:
        """Whether the example may have been learned from through this source."""
        if example.corpus != self.corpus or (self.splits and example.split not in self.splits):
            return False
        facts = {
            "source": example.source,
            "kind": example.kind,
            "language": example.language,
            **example.meta,
        }
        return all(str(facts.get(name)) in values for name, values in self.where.items())


@dataclass(frozen=True, slots=True)
class Training:
    """What an artefact was trained on, as far as its recipe says.

    Attributes:
        sources: The recipe's sources; empty where the artefact has no recipe.
        held_kinds: Corpus -> kinds kept for testing.
        stated: Whether there was a recipe to read.
    """

    sources: tuple[Source, ...] = ()
    held_kinds: Mapping[str, frozenset[str]] = field(default_factory=dict)
    stated: bool = False

    @property
    def corpora(self) -> tuple[str, ...]:
        """Registry names of the corpora, in the recipe's order."""
        named = dict.fromkeys(source.corpus for source in self.sources)
        return tuple(name for name in named if name in CORPORA)

    @property
    def files(self) -> tuple[str, ...]:
        """Sources that are files outside the registry; they cannot be checked here."""
        named = dict.fromkeys(source.corpus for source in self.sources)
        return tuple(Path(name).name for name in named if name not in CORPORA)

    def protected(self, example: Example) -> bool:
        """Whether training promises to keep the example and its likes away."""
        if example.kind in self.held_kinds.get(example.corpus, frozenset()):
            return True
        return example.split == ("dev" if example.corpus == "gold_pl" else "test")

    def admits(self, example: Example) -> bool:
        """Whether the recipe lets the example itself into training."""
        return not self.protected(example) and any(s.admits(example) for s in self.sources)


def read_training(folder: Path) -> Training:
    """Reads the recipes of the artefact in ``folder``; nothing is known where it has none."""
    recipes = [tomllib.loads(path.read_text(encoding="utf-8")) for path in Layout(folder).recipes]
    return training_of(*recipes) if recipes else Training()


def other_data(folder: Path, training: Training, root: Path) -> tuple[str, ...]:
    """Corpora under ``root`` whose files are not those the artefact says it was trained from.

    Splits are part of the files, so a recipe's promises hold for equal files only. Corpora that
    the artefact has no hash of are not named.
    """
    path = folder / DATA_FILE
    if not path.is_file():
        return ()
    hashes = json.loads(path.read_text(encoding="utf-8")).get("sha256", {})
    return tuple(
        name
        for name in training.corpora
        if name in hashes
        and (root / name / FILE_NAME).is_file()
        and hash_file(root / name / FILE_NAME) != hashes[name]
    )


def training_of(*recipes: Mapping[str, Any]) -> Training:
    """What recipes, as parsed TOML and the first one first, admit into training."""
    tables = [
        table
        for recipe in recipes
        for stage in recipe.get("stages", ())
        for table in stage.get("data", ())
    ]
    sources = tuple(
        Source(
            table["corpus"],
            frozenset(table.get("splits", ())),
            {name: frozenset(values) for name, values in table.get("where", {}).items()},
        )
        for table in tables
    )
    return Training(sources, held_out(recipes), stated=True)


class Admitted:
    """What a recipe admits into training, indexed by text, each corpus once for all benchmarks.

    Args:
        training: What the artefact was trained on.
        load: Gives a corpus' examples.
    """

    def __init__(self, training: Training, load: Loader) -> None:
        self.training = training
        self._load = load
        self._indexes: dict[str, HeldOut] = {}

    def index(self, corpus: str) -> HeldOut:
        """The admitted examples of one corpus."""
        if corpus not in self._indexes:
            examples = (e for e in self._load(corpus) if self.training.admits(e))
            self._indexes[corpus] = HeldOut(examples, groups=False)
        return self._indexes[corpus]


def seen_items(benchmark: Benchmark, admitted: Admitted) -> frozenset[str]:
    """Ids of the test items that the artefact may have learned from."""
    training = admitted.training
    open_items = [item for item in benchmark.items if not training.protected(item)]
    seen = {item.id for item in open_items if training.admits(item)}
    rest = [item for item in open_items if item.id not in seen]
    for name in training.corpora:
        if not rest:
            break
        if set(CORPORA[name].tasks).isdisjoint(benchmark.tasks):
            continue
        index = admitted.index(name)
        seen |= {item.id for item in rest if index.leak(item) is not None}
        rest = [item for item in rest if item.id not in seen]
    return frozenset(seen)


def seen_by_corpus(items: Sequence[Example], training: Training) -> tuple[str, ...]:
    """Corpora of ``items`` that the recipe names as training sources."""
    return tuple(
        name for name in dict.fromkeys(item.corpus for item in items) if name in training.corpora
    )

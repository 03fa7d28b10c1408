"""The graphs of a model, in float32 and in integers, side by side."""

from __future__ import annotations

import random
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sedno.models.artifact import Layout
from sedno.training.base.encoder import BaseEncoder
from sedno.training.batches import tokenize
from sedno.training.data import TrainingData
from sedno.training.export.activations import measure_ranges
from sedno.training.export.gate import Logits, run_graph
from sedno.training.export.graph import GRAPH_FILE, TABLE_FILE, write_graph
from sedno.training.export.norms import copy_graph
from sedno.training.network import Network
from sedno.training.recipe import Recipe
from sedno.training.start import Start

FLOAT = "float"
RANGE_TEXTS = 600


@dataclass(frozen=True, slots=True)
class Graphs:
    """What was written, and what it answers to the held-back comments.

    Attributes:
        folders: Form -> folder of the graph.
        outputs: Form -> its outputs.
        shipped: The form that goes into the artefact.
    """

    folders: dict[str, Path]
    outputs: dict[str, Logits]
    shipped: str

    @property
    def integers(self) -> tuple[str, ...]:
        """The forms in integers."""
        return tuple(name for name in self.folders if name != FLOAT)

    def ship(self, folder: Path) -> None:
        """Copies the graph that ships into ``folder``."""
        for file in (GRAPH_FILE, TABLE_FILE):
            shutil.copyfile(self.folders[self.shipped] / file, folder / file)


def write_graphs(
    recipe: Recipe,
    base: BaseEncoder,
    network: Network,
    data: TrainingData,
    rows: Sequence[list[int]],
    start: Start,
    scratch: Path,
) -> Graphs:
    """Writes every form of the network's graph and lets it answer.

    Without stages the integer graph of the model that the recipe starts from is copied, number
    by number: to write it anew from its own integers would round a second time. The float32
    graph then has the numbers that those integers stand for.

    Args:
        recipe: What was trained.
        base: The base encoder.
        network: In evaluation mode.
        data: What it was trained on.
        rows: Tokens of the held-back comments.
        start: What the run went on from.
        scratch: An empty folder.
    """
    written: tuple[str, ...]
    if recipe.stages:
        shipped = f"int{recipe.export.weight_bits}"
        written = (FLOAT, "int8", "int7")
    else:
        assert start.folder is not None  # noqa: S101 - the recipe was checked for it
        shipped = f"int{start.weight_bits}"
        written = (FLOAT,)
        (scratch / shipped).mkdir()
        copy_graph(start.folder, scratch / shipped)
    folders = {name: scratch / name for name in (*written, shipped)}
    ranges = (
        measure_ranges(network, _range_rows(recipe, base, data, rows)) if recipe.stages else None
    )
    for name in written:
        folders[name].mkdir()
        write_graph(
            network,
            base.words,
            folders[name],
            ranges=None if name == FLOAT else ranges,
            bits=8 if name == "int8" else 7,
            smoothing=recipe.export.smoothing,
        )
    outputs = {name: run_graph(folder, rows, base.pad_id) for name, folder in folders.items()}
    return Graphs(folders, outputs, shipped)


def domain_of(start: Start) -> Path | None:
    """The file of familiar texts of the model that a recipe starts from, if it has one."""
    if start.folder is None or not Layout(start.folder).domain.is_file():
        return None
    return Layout(start.folder).domain


def _range_rows(
    recipe: Recipe, base: BaseEncoder, data: TrainingData, rows: Sequence[list[int]]
) -> list[list[int]]:
    """Texts of every stage beside the held-back ones: all languages, short and long."""
    rng = random.Random(recipe.seed)
    texts = [sample.text for stage in data.stages for sample in stage]
    chosen = rng.sample(texts, min(RANGE_TEXTS, len(texts)))
    return tokenize(base.tokenizer, chosen, recipe.export.max_tokens) + list(rows)

"""Writes a trained network as an artefact folder."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sedno.datasets.corpora.example import Example
from sedno.models.artifact import Layout
from sedno.models.calibration import TaskCalibration
from sedno.models.cpu import has_vnni
from sedno.models.domain import fit_domain
from sedno.models.lexical.scorer import Lexical, read_lexical
from sedno.models.session import EMBEDDING
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import PREFIX, BaseEncoder
from sedno.training.batches import tokenize
from sedno.training.calibrate import fit_task
from sedno.training.data import TrainingData
from sedno.training.export.answers import Answerer, add_words
from sedno.training.export.card import render_card
from sedno.training.export.gate import Logits, TaskGap, check, compare, run_graph
from sedno.training.export.graphs import FLOAT, Graphs, domain_of, write_graphs
from sedno.training.export.held_back import held_back_metrics
from sedno.training.export.selftest import selftest_cases
from sedno.training.export.weak_spots import find_weak_spots
from sedno.training.lexical import as_read, fit_lexical, mix
from sedno.training.network import Network
from sedno.training.recipe import Recipe
from sedno.training.start import Start

FORMAT = 1
DOMAIN_TEXTS = 6_000


def export_artefact(
    recipe: Recipe,
    recipe_path: Path,
    base: BaseEncoder,
    network: Network,
    data: TrainingData,
    output: Path,
    *,
    start: Start | None = None,
) -> dict[str, dict[str, TaskGap]]:
    """Quantises, calibrates, checks and writes the artefact.

    Calibration is fitted on the integer graph's own answers to held-back examples, so that
    it corrects what quantisation shifts. The same examples serve the gate.

    Args:
        recipe: What was trained.
        recipe_path: Its file, which goes into the artefact.
        base: The base encoder.
        network: In evaluation mode.
        data: What it was trained on.
        output: The artefact's folder.
        start: What the run went on from; its record goes into the artefact's.

    Returns:
        Graph name (``int8``, ``int7``) -> task -> gap to float32.

    Raises:
        GateError: Quantisation loses too much; nothing is written to ``output``.
    """
    # Calibrated is what the service will read.
    texts = as_read([example.text for example in data.calibration])
    rows = tokenize(base.tokenizer, texts, recipe.export.max_tokens)
    labels = _label_numbers(data.calibration)
    begun = start or Start()
    with tempfile.TemporaryDirectory() as scratch:
        graphs = write_graphs(recipe, base, network, data, rows, begun, Path(scratch))
        lexical = _words(recipe, data, begun, graphs, texts, labels)
        outputs = {name: add_words(found, lexical, texts) for name, found in graphs.outputs.items()}
        shipped = outputs[graphs.shipped]
        calibration = _calibrate(shipped, labels)
        gaps = {
            name: compare(outputs[FLOAT], outputs[name], calibration, labels)
            for name in graphs.integers
        }
        for name, found in gaps.items():
            # Without VNNI, 8-bit weights saturate: what is measured here is then not what
            # other processors would answer. 7-bit weights are exact everywhere.
            if name == graphs.shipped or has_vnni():
                check(name, found)
        partial = output.with_name(f"{output.name}.partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        graphs.ship(partial)
    if lexical is not None:
        lexical.save(Layout(partial).lexical)
    _write_domain(partial, recipe, base, data, rows, begun)
    answer = Answerer(partial, base, recipe.export.max_tokens, lexical)
    cases = selftest_cases(answer, calibration)
    metrics = held_back_metrics(shipped, calibration, labels)
    metrics["quantisation"] = {
        name: {task: asdict(gap) for task, gap in found.items()} for name, found in gaps.items()
    }
    metrics["measured_with_vnni"] = has_vnni()
    metrics["weak_spots"] = find_weak_spots(answer, calibration)
    _write_rest(
        partial,
        recipe,
        recipe_path,
        base,
        data,
        calibration,
        metrics,
        cases,
        start=begun,
    )
    if output.is_dir():
        output.rmdir()
    partial.rename(output)
    return gaps


def _words(
    recipe: Recipe,
    data: TrainingData,
    start: Start,
    graphs: Graphs,
    texts: Sequence[str],
    labels: Mapping[str, NDArray[np.int64]],
) -> Lexical | None:
    """What words add: learned now, or taken over from the model that the recipe starts from."""
    if recipe.words is not None:
        found = fit_lexical(data.words, recipe.words)
    elif start.folder is not None and Layout(start.folder).lexical.is_file():
        found = read_lexical(Layout(start.folder).lexical, TASKS)
    else:
        return None
    return mix(found, graphs.outputs[graphs.shipped], texts, labels)


def _write_domain(
    folder: Path,
    recipe: Recipe,
    base: BaseEncoder,
    data: TrainingData,
    held_back: Sequence[list[int]],
    start: Start,
) -> None:
    """Writes the region of familiar texts, from the last stage's; it is what the model is for."""
    known = domain_of(start)
    if not recipe.stages:
        # The encoder is that of before, and so is what it is familiar with.
        if known is not None:
            shutil.copyfile(known, Layout(folder).domain)
        return
    rng = random.Random(recipe.seed)
    texts = [sample.text for sample in data.stages[-1]]
    chosen = rng.sample(texts, min(DOMAIN_TEXTS, len(texts)))
    rows = tokenize(base.tokenizer, chosen, recipe.export.max_tokens)
    fitted = fit_domain(
        run_graph(folder, rows, base.pad_id)[EMBEDDING],
        run_graph(folder, held_back, base.pad_id)[EMBEDDING],
    )
    fitted.save(Layout(folder).domain)


def _label_numbers(examples: Sequence[Example]) -> dict[str, NDArray[np.int64]]:
    return {
        task.name: np.array(
            [task.index(e.labels[task.name]) if task.name in e.labels else -1 for e in examples],
            dtype=np.int64,
        )
        for task in TASKS
    }


def _calibrate(
    logits: Logits, labels: Mapping[str, NDArray[np.int64]]
) -> dict[str, TaskCalibration]:
    fitted: dict[str, TaskCalibration] = {}
    for task in TASKS:
        known = labels[task.name] >= 0
        fitted[task.name] = fit_task(logits[task.name][known], labels[task.name][known])
    return fitted


def _write_rest(
    folder: Path,
    recipe: Recipe,
    recipe_path: Path,
    base: BaseEncoder,
    data: TrainingData,
    calibration: Mapping[str, TaskCalibration],
    metrics: dict[str, Any],
    cases: list[dict[str, Any]],
    *,
    start: Start,
) -> None:
    base.tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    _write_json(
        folder / "calibration.json", {name: asdict(fitted) for name, fitted in calibration.items()}
    )
    _write_json(folder / "metrics.json", metrics)
    for number, earlier in enumerate(start.recipes, 1):
        shutil.copyfile(earlier, folder / f"recipe-{number}.toml")
    shutil.copyfile(recipe_path, Layout(folder).recipe)
    sources = {
        "start": start.ref or None,
        "counts": start.counts | data.counts,
        "sha256": start.hashes | data.hashes,
        "left_out": data.dropped,
        "annotated": start.annotated | data.annotated,
    }
    _write_json(folder / "data.json", sources)
    (folder / "MODEL_CARD.md").write_text(
        render_card(recipe, base, data, metrics, start, words=Layout(folder).lexical.is_file()),
        encoding="utf-8",
    )
    files = {
        path.name: {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.iterdir())
    }
    _write_json(
        folder / "artifact.json",
        {
            "format": FORMAT,
            "name": recipe.name,
            "version": recipe.version,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "base": base.model_name,
            "prefix": PREFIX,
            "max_tokens": recipe.export.max_tokens,
            "pad_id": base.pad_id,
            "embedding_dim": int(base.model.config.hidden_size),
            "tasks": {task.name: list(task.labels) for task in TASKS},
            "languages": list(recipe.export.languages),
            "selftest": cases,
            "files": files,
        },
    )


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

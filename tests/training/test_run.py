from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from sedno.models.classifier import Classifier
from sedno.training import checkpoint, loop
from sedno.training.base.encoder import BaseEncoder, load_base
from sedno.training.network import Network
from sedno.training.run import train
from tests.training.conftest import recipe_text, stage_text


@pytest.fixture
def recipe(base_folder: Path, corpus_file: Path, tmp_path: Path) -> Path:
    """A small recipe beside its corpus."""
    (tmp_path / "own.jsonl").write_text(corpus_file.read_text(encoding="utf-8"), encoding="utf-8")
    path = tmp_path / "tiny.toml"
    first = stage_text("first", "distil_weight = 0.5\naugment = 0.2")
    second = stage_text("second", "average_last = 0.5", rate=1e-3) + "repeat_rare = 2\n"
    path.write_text(recipe_text(base_folder, 3, first, second))
    return path


@pytest.mark.usefixtures("wide_gate")
def test_from_recipe_to_answers(recipe: Path, tmp_path: Path) -> None:
    """A recipe becomes an artefact that the run-time classifier loads and answers with."""
    folder = train(recipe, data=tmp_path, output=tmp_path / "artefact")
    with Classifier(folder) as classifier:
        answers = classifier.predict(["kiedy drugi sezon ?", "zarabiaj darmowy kod napisz"])
    assert classifier.name == "tiny@3"
    assert [len(answer.labels) for answer in answers] == [5, 5]
    lines = (tmp_path / "artefact.run/log.jsonl").read_text(encoding="utf-8").splitlines()
    events = [json.loads(line) for line in lines]
    epochs = [event for event in events if event["event"] == "epoch"]
    assert len(epochs) == 4
    assert epochs[-1]["figures"]["question"] > 0.8


@pytest.mark.usefixtures("wide_gate")
def test_a_killed_run_goes_on_to_the_same_weights(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped in the middle of an epoch and resumed, training ends where it would have."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    train(recipe, data=tmp_path, output=tmp_path / "whole")

    saved = checkpoint.save
    count = 0

    def stop_after_some(*args: object, **kwargs: object) -> None:
        nonlocal count
        saved(*args, **kwargs)  # type: ignore[arg-type]
        count += 1
        if count == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr("sedno.training.loop.checkpoint.save", stop_after_some)
    with pytest.raises(KeyboardInterrupt):
        train(recipe, data=tmp_path, output=tmp_path / "parts")
    monkeypatch.setattr("sedno.training.loop.checkpoint.save", saved)
    train(recipe, data=tmp_path, output=tmp_path / "parts", resume=True)

    graphs = [(tmp_path / name / "encoder.onnx").read_bytes() for name in ("whole", "parts")]
    assert graphs[0] == graphs[1]


@pytest.mark.usefixtures("wide_gate")
def test_a_checkpoint_of_another_recipe_is_refused(
    recipe: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Going on with another recipe is refused, with the remedy."""
    monkeypatch.setattr(loop, "SAVE_SECONDS", 0.0)
    train(recipe, data=tmp_path, output=tmp_path / "one", work=tmp_path / "run")
    (tmp_path / "run" / "network.pt").unlink()
    recipe.write_text(recipe.read_text().replace("seed = 4", "seed = 5"))
    with pytest.raises(ValueError, match="another recipe or other data"):
        train(recipe, data=tmp_path, output=tmp_path / "two", work=tmp_path / "run", resume=True)


def test_an_output_with_something_in_it_is_refused(recipe: Path, tmp_path: Path) -> None:
    """Nothing is overwritten."""
    with pytest.raises(FileExistsError, match="is not empty"):
        train(recipe, data=tmp_path, output=tmp_path)


def test_before_training_the_embedding_is_the_encoders(base_folder: Path) -> None:
    """The adapter starts as the identity."""
    base: BaseEncoder = load_base(str(base_folder))
    network = Network(base.model).eval()
    ids = torch.tensor([[0, 5, 6, 2]])
    with torch.inference_mode():
        mean = base.model(ids).last_hidden_state.mean(1)
        vector = network(ids, torch.ones_like(ids)).embedding
    assert np.allclose(
        vector.numpy(), torch.nn.functional.normalize(mean, dim=-1).numpy(), atol=1e-6
    )

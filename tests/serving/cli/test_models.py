from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sedno.models.artifact import ArtifactError
from sedno.models.registry import Registry


def test_the_life_of_a_model(sedno: Callable[..., Any], toy: Path, tmp_path: Path) -> None:
    """Activated it is copied, answers where none is named, and can be let go of again."""
    before = sedno("models", "list")
    done = sedno("models", "activate", toy)
    assert done.code == 0, done.err
    assert f"toy@1 answers from now on ({tmp_path / 'models' / 'toy@1'})" in done.out
    (active,) = [entry for entry in json.loads(sedno("models", "list", "--json").out)
                 if entry["active"]]  # fmt: skip
    assert active["model"] == "toy@1"
    shown = sedno("models", "show").out
    assert "reads       up to 64 tokens of a comment" in shown
    assert "sentiment     negative, neutral, positive, mixed" in shown
    assert "macro-F1    held back     substance 0.900" in shown
    assert "no review   substance     from 0.9" in shown
    assert "50% of answers, at most 5% wrong" in shown
    assert sedno("explain", "Kiedy?", "--threads", 1).out.startswith("language: ")
    assert sedno("models", "deactivate").code == 0
    after = json.loads(sedno("models", "list", "--json").out)
    assert [entry["active"] for entry in after if entry["model"] == "toy@1"] == [False]
    assert ("toy@1" in before.out) is False


def test_going_back(sedno: Callable[..., Any], toy: Path) -> None:
    """Where nothing was active before, it says so."""
    done = sedno("models", "rollback")
    assert done.code == 1
    assert "nothing to go back to: no artefact has been activated" in done.err
    sedno("models", "activate", toy)
    sedno("models", "deactivate")
    assert sedno("models", "rollback").code == 1


def test_damage_is_found(sedno: Callable[..., Any], toy: Path, tmp_path: Path) -> None:
    """A whole model is called whole; one byte more or less is found and named."""
    whole = sedno("models", "verify", toy)
    assert whole.code == 0, whole.err
    assert whole.out.startswith("toy@1 is whole: ")
    broken = shutil.copytree(toy, tmp_path / "broken")
    data = bytearray((broken / "embeddings.bin").read_bytes())
    data[0] ^= 1
    (broken / "embeddings.bin").write_bytes(data)
    done = sedno("models", "verify", broken, "--json")
    assert done.code == 1
    told = json.loads(done.out)
    assert told["healthy"] is False
    assert any("embeddings.bin" in problem for problem in told["problems"])


def test_no_such_model(sedno: Callable[..., Any], tmp_path: Path) -> None:
    """A folder that is none, or a name that nobody has, is named."""
    assert "holds no artifact.json" in sedno("models", "show", f"{tmp_path}/").err
    assert "no artefact is called 'nobody'" in sedno("models", "show", "nobody").err


def test_the_shipped_model_is_whole(sedno: Callable[..., Any]) -> None:
    """The artefact in the package has a card and answers as it did where it was made."""
    try:
        Registry.default().resolve()
    except ArtifactError:
        pytest.skip("no artefact is built in yet")
    done = sedno("models", "verify")
    assert done.code == 0, done.out
    assert "sentences answered as when it was made" in done.out
    assert sedno("models", "show", "--card").out.startswith("#")

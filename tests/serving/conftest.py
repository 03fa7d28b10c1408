"""What all tests of serving share: the toy artefact of the tests of models/."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from sedno.models.classifier import Classifier

MODELS_CONFTEST = Path(__file__).parents[1] / "models" / "conftest.py"


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small whole artefact with a real tokenizer and a real graph."""
    spec = importlib.util.spec_from_file_location("toy_artifact", MODELS_CONFTEST)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    folder: Path = module._write_artifact(tmp_path_factory.mktemp("artefact") / "toy")
    return folder


@pytest.fixture(scope="session")
def answering(toy: Path) -> Iterator[Classifier]:
    """A classifier of the toy artefact, for tests that run whole jobs."""
    with Classifier(toy, threads=1) as classifier:
        yield classifier

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")

from sedno.evaluation.bench.torch_peer import BATCH_SIZES, TorchPeer

TEXTS = ["super garnek", "dlaczego balkon", "okropny ekran i lampa"] * 4


@pytest.fixture(scope="module")
def peer(toy_artifact: Path) -> TorchPeer:
    """Small pipelines with the artefact's tokenizer."""
    return TorchPeer(toy_artifact / "tokenizer.json", max_tokens=64, layers=1, width=32, threads=1)


def test_three_models_answer_every_comment(peer: TorchPeer) -> None:
    """Each model by itself, as three services would."""
    answers = peer.answer(TEXTS)
    assert len(answers) == 3
    assert all(len(model) == len(TEXTS) for model in answers)
    assert all(0.0 <= answer["score"] <= 1.0 for model in answers for answer in model)


def test_the_peer_runs_at_its_fastest_batch_size(peer: TorchPeer) -> None:
    """The comparison must not win by feeding the peer badly."""
    speeds = peer.choose_batch_size(TEXTS)
    assert set(speeds) == set(BATCH_SIZES)
    assert speeds[peer.batch_size] == max(speeds.values())

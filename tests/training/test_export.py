"""From a network to integer graphs, and the gate between."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertModel

from sedno.models.taxonomy import TASKS
from sedno.training.base.encoder import BaseEncoder, load_base
from sedno.training.batches import pad, tokenize
from sedno.training.export.activations import measure_ranges
from sedno.training.export.gate import GateError, TaskGap, check, run_graph
from sedno.training.export.graph import TABLE_FILE, write_graph
from sedno.training.export.weights import Range, quantize_linear
from sedno.training.network import Head, Network

TEXTS = [
    "super serial polecam",
    "kiedy drugi sezon ?",
    "bateria trzyma krótko i drogo",
    "zarabiaj darmowy kod napisz priv " * 4,
    "gdzie kupić",
]


@pytest.fixture(scope="module")
def base(base_folder: Path) -> BaseEncoder:
    """The small real encoder."""
    return load_base(str(base_folder))


@pytest.fixture(scope="module")
def network(base: BaseEncoder) -> Network:
    """An untrained network whose heads look at different places."""
    torch.manual_seed(2)
    built = Network(base.model)
    for head in built.heads.values():
        assert isinstance(head, Head)
        torch.nn.init.normal_(head.query, std=0.5)
    return built.eval()


@pytest.fixture(scope="module")
def rows(base: BaseEncoder) -> list[list[int]]:
    """Token ids of the texts."""
    return tokenize(base.tokenizer, TEXTS, 64)


def test_the_float_graph_equals_the_network(
    base: BaseEncoder, network: Network, rows: list[list[int]], tmp_path: Path
) -> None:
    """The graph computes what torch computes, padding and all."""
    write_graph(network, base.words, tmp_path, ranges=None)
    exported = run_graph(tmp_path, rows, base.pad_id)
    with torch.inference_mode():
        expected = network(*pad(rows, base.pad_id))
    for task in TASKS:
        assert np.allclose(exported[task.name], expected.logits[task.name].numpy(), atol=2e-4)
    assert np.allclose(exported["embedding"], expected.embedding.numpy(), atol=2e-4)


@pytest.mark.parametrize("bits", [7, 8])
def test_integer_graphs_stay_close(
    base: BaseEncoder, network: Network, rows: list[list[int]], tmp_path: Path, bits: int
) -> None:
    """Integer graphs keep the embedding's direction."""
    ranges = measure_ranges(network, rows)
    write_graph(network, base.words, tmp_path, ranges=ranges, bits=bits)
    with torch.inference_mode():
        expected = network(*pad(rows, base.pad_id)).embedding.numpy()
    cosine = (run_graph(tmp_path, rows, base.pad_id)["embedding"] * expected).sum(-1)
    assert cosine.min() > 0.995


def test_company_does_not_change_an_answer(
    base: BaseEncoder, network: Network, rows: list[list[int]], tmp_path: Path
) -> None:
    """A comment alone and among longer ones gets bit for bit the same integers."""
    ranges = measure_ranges(network, rows)
    write_graph(network, base.words, tmp_path, ranges=ranges)
    together = run_graph(tmp_path, rows, base.pad_id, batch=len(rows))
    alone = run_graph(tmp_path, rows, base.pad_id, batch=1)
    for task in TASKS:
        assert np.allclose(together[task.name], alone[task.name], atol=1e-6)


def test_the_table_is_the_same_file_for_every_model(
    base: BaseEncoder, network: Network, rows: list[list[int]], tmp_path: Path
) -> None:
    """Another network writes the same table, byte for byte."""
    for name, net in (("a", network), ("b", Network(load_base_copy(base)).eval())):
        (tmp_path / name).mkdir()
        write_graph(net, base.words, tmp_path / name, ranges=measure_ranges(net, rows))
    tables = [(tmp_path / name / TABLE_FILE).read_bytes() for name in ("a", "b")]
    assert tables[0] == tables[1]


def load_base_copy(base: BaseEncoder) -> BertModel:
    """The same encoder object; its heads are drawn anew by the caller."""
    return base.model


def test_seven_bit_weights_cannot_saturate() -> None:
    """Two products of uint8 and 7-bit values fit into 16 bits, the reach of AVX2's adder."""
    rng = np.random.default_rng(4)
    weight = rng.normal(size=(32, 16)).astype(np.float32)
    seen = Range(np.full(32, -3, np.float32), np.full(32, 3, np.float32))
    layer = quantize_linear(weight, np.zeros(16, np.float32), seen, bits=7, smoothing=0.75)
    assert np.abs(layer.weight).max() <= 63
    assert 2 * 255 * int(np.abs(layer.weight).max()) < 2**15


def test_a_single_comment_is_chance() -> None:
    """One comment lost on a rare label is no reason to refuse; eight of nine are."""
    assert TaskGap(0.012, 0.0, 100, worse=1, better=0).chance == 0.5
    fine = {task.name: TaskGap(0.0, 0.0, 100) for task in TASKS}
    check("int7", fine | {"authenticity": TaskGap(0.012, 0.0, 100, worse=2, better=1)})
    assert TaskGap(0.012, 0.0, 100, worse=8, better=1).chance < 0.05


def test_the_gate_names_what_is_lost() -> None:
    """A graph beyond the bounds is refused, with task and figure."""
    fine = {task.name: TaskGap(0.0, 0.0, 100) for task in TASKS}
    check("int7", fine)
    with pytest.raises(GateError, match=r"int7: sentiment loses 1\.20 points"):
        check("int7", fine | {"sentiment": TaskGap(0.012, 0.0, 100, worse=8, better=1)})
    with pytest.raises(GateError, match=r"0\.60 points of macro-F1 .* on the mean"):
        check("int7", {task.name: TaskGap(0.006, 0.0, 100) for task in TASKS})
    with pytest.raises(GateError, match=r"1\.20 % of decisions differ"):
        check("int8", {task.name: TaskGap(0.0, 0.012, 100) for task in TASKS})

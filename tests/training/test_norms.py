"""Graphs of earlier versions, which add and normalise in one operator."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from onnx import helper

from sedno.training.base.encoder import load_base
from sedno.training.batches import tokenize
from sedno.training.export.gate import run_graph
from sedno.training.export.graph import GRAPH_FILE, MICROSOFT, write_graph
from sedno.training.export.norms import copy_graph
from sedno.training.network import Network

FUSED = "SkipLayerNormalization"


def fuse(path: Path) -> int:
    """Puts every sum and its norm together, as earlier versions wrote them; how many."""
    model = onnx.load(path, load_external_data=False)
    sums = {node.output[0]: node for node in model.graph.node if node.op_type == "Add"}
    nodes: list[onnx.NodeProto] = []
    gone: set[str] = set()
    for node in model.graph.node:
        total = sums.get(node.input[0]) if node.op_type == "LayerNormalization" else None
        if total is None or not total.output[0].endswith(".sum"):
            nodes.append(node)
            continue
        gone.add(total.name)
        epsilon = next(a.f for a in node.attribute if a.name == "epsilon")
        nodes.append(
            helper.make_node(
                FUSED, [*total.input, *node.input[1:]], node.output, domain=MICROSOFT,
                epsilon=epsilon,
            )
        )  # fmt: skip
    del model.graph.node[:]
    model.graph.node.extend(node for node in nodes if node.name not in gone or not node.name)
    onnx.save(model, path)
    return len(gone)


@pytest.mark.parametrize("again", [False, True])
def test_a_copy_has_sums_and_norms_apart_and_says_the_same(
    base_folder: Path, tmp_path: Path, *, again: bool
) -> None:
    """Of an earlier graph, and of one that has them apart already."""
    base = load_base(str(base_folder))
    torch.manual_seed(4)
    network = Network(base.model).eval()
    rows = tokenize(base.tokenizer, ["super serial polecam", "kiedy drugi sezon ?"], 64)
    old, new = tmp_path / "old", tmp_path / "new"
    old.mkdir()
    new.mkdir()
    write_graph(network, base.words, old, ranges=None)
    if not again:
        assert fuse(old / GRAPH_FILE) >= 2
    copy_graph(old, new)
    before, after = (run_graph(folder, rows, base.pad_id) for folder in (old, new))
    for name, values in before.items():
        assert np.allclose(values, after[name], atol=1e-5), name
    kinds = {node.op_type for node in onnx.load(new / GRAPH_FILE).graph.node}
    assert FUSED not in kinds
    assert "LayerNormalization" in kinds
